/** An order that was evicted is replayed from any of its workflow tasks: each saved history, cut after each of them. */
import assert from 'node:assert/strict';
import { workflowBundle } from '../../src/temporal/workflow-bundle.ts';
import { beQuiet, savedHistories } from '../support/observed/histories.ts';
import { prefixesOf, replayed } from '../support/observed/replays.ts';

describe('an order that was evicted', function () {
  this.timeout(600_000);

  it('goes on from any workflow task, whatever had become of it, T50 T51', async () => {
    beQuiet();
    const prefixes = savedHistories().flatMap(prefixesOf);
    const results = await replayed(await workflowBundle(), prefixes);
    assert.equal(results.size, prefixes.length);
    for (const [name, error] of results) assert.equal(error, undefined, `${name}: ${error}`);
  });
});
