/** The conformance suite of gateways, run by each of Payonce's own and by the example of a package of others. */
import assert from 'node:assert/strict';
import { execa } from 'execa';
import mollie, { openStandIn as openMollie } from '../../examples/gateway-mollie/index.ts';
import type { OpenStandIn } from '../../src/gateway-test/actor.ts';
import { NotRun, reasonToSkip } from '../../src/gateway-test/check.ts';
import { CHECKS } from '../../src/gateway-test/suite.ts';
import { openWorkbench, type Workbench } from '../../src/gateway-test/workbench.ts';
import { BUILT_IN } from '../../src/gateways/built-in.ts';
import type { GatewayPackage } from '../../src/gateways/gateway-package.ts';
import { STAND_INS } from '../support/stand-ins.ts';

const UNDER_TEST: [GatewayPackage, OpenStandIn | undefined][] = [
  ...BUILT_IN.map((built): [GatewayPackage, OpenStandIn | undefined] => [
    built,
    STAND_INS[built.name],
  ]),
  [mollie, openMollie],
];

for (const [given, openStandIn] of UNDER_TEST)
  describe(`the conformance of ${given.name}`, () => {
    let bench: Workbench;
    before(async () => {
      assert.ok(openStandIn, `${given.name} has a stand-in`);
      bench = await openWorkbench(given, openStandIn);
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

describe('payonce-gateway-test', () => {
  const run = (...names: string[]) =>
    execa('node', ['bin/payonce-gateway-test.js', ...names], { reject: false });

  it('passes with the example of a package, and says what it did not run and why', async () => {
    const { exitCode, stdout } = await run('./examples/gateway-mollie/index.ts');
    assert.equal(exitCode, 0, stdout);
    assert.match(
      stdout,
      /^not run {2}amounts: an amount in a currency with 3 digits.*\n {9}it takes no currency with 3 digits$/m,
    );
    assert.match(stdout, /^Mollie: \d+ passed, 0 failed, \d+ not run$/m);
  });

  it('fails with a gateway that repeats what it was asked once, and names what it got wrong', async () => {
    const { exitCode, stdout } = await run('./test/gateways/packages/files/forgetful.ts');
    assert.equal(exitCode, 1, stdout);
    assert.match(
      stdout,
      /^FAILED {3}payments: the same request under the same key opens one payment$/m,
    );
  });

  for (const [what, names, line] of [
    ['without a package', [], /^Usage: payonce-gateway-test PACKAGE/],
    ['with one that is not there', ['./nothing.js'], /^\.\/nothing\.js, which is not there:/],
    [
      'with one that has no stand-in',
      ['./test/gateways/packages/files/acme.js'],
      /exports no openStandIn: export the function that opens a stand-in$/,
    ],
  ] as const)
    it(`says in one line that it cannot run ${what}`, async () => {
      const { exitCode, stderr } = await run(...names);
      assert.equal(exitCode, 2);
      assert.match(stderr, line);
    });
});
