/**
 * `npm run test:cold`: every scenario again, with workers that keep no order in memory, so that each task
 * replays its order from the start. One scenario after the other: such a worker has room for one order.
 */
import assert from 'node:assert/strict';
import { SCENARIOS } from '../support/scenarios/index.ts';
import { runsOf } from '../support/temporal.ts';

/** What its scenario is about: an answer, a task or a worker that is late. */
const MAY_FAIL_TASKS = /frozen|killed|busy/;

describe('an order that nobody remembers', function () {
  this.timeout(180_000);

  before(() => {
    assert.equal(process.env.WORKER_CACHED_ORDERS, '0', 'set WORKER_CACHED_ORDERS=0');
  });

  for (const { name, tell } of SCENARIOS)
    it(`lives on: ${name}`, async () => {
      const runs = await runsOf(await tell());
      const failed = runs.reduce((sum, { failedTasks }) => sum + failedTasks, 0);
      if (!MAY_FAIL_TASKS.test(name)) assert.equal(failed, 0);
    });
});
