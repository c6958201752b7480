/** The conformance suite of gateways, run by each of Payonce's own. */
import assert from 'node:assert/strict';
import { NotRun, reasonToSkip } from '../../src/gateway-test/check.ts';
import { CHECKS } from '../../src/gateway-test/suite.ts';
import { openWorkbench, type Workbench } from '../../src/gateway-test/workbench.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import { STAND_INS } from '../support/stand-ins.ts';

for (const built of BUILT_IN)
  describe(`the conformance of ${built.name}`, () => {
    let bench: Workbench;
    before(async () => {
      const openStandIn = STAND_INS[built.name];
      assert.ok(openStandIn, `${built.name} has a stand-in`);
      bench = await openWorkbench(built, openStandIn);
    });
    after(() => bench.close());

    for (const check of CHECKS)
      it(`${check.group}: ${check.title}`, async () => {
        if (reasonToSkip(check, bench) !== null) return;
        await check.run(bench).catch((error: unknown) => {
          if (!(error instanceof NotRun)) throw error;
        });
      });
  });
