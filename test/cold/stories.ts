/**
 * `npm run test:cold`: every story again, with workers that keep no order in memory, so that each task
 * replays its order from the start. One story after the other: such a worker has room for one order.
 */
import assert from 'node:assert/strict';
import { openShop, type Shop } from '../support/shop.ts';
import { STORIES } from '../support/stories.ts';
import { runsOf } from '../support/temporal.ts';

/** What its story is about: an answer, a task or a worker that is late. */
const MAY_FAIL_TASKS = /frozen|killed|busy/;

describe('an order that nobody remembers', function () {
  this.timeout(180_000);
  let shop: Shop;

  before(async () => {
    assert.equal(process.env.WORKER_CACHED_ORDERS, '0', 'set WORKER_CACHED_ORDERS=0');
    shop = await openShop();
  });
  afterEach(() => shop.gateway('PUT', '/faults', {}));

  for (const { name, tell } of STORIES)
    it(`lives on: ${name}`, async () => {
      const runs = await runsOf(await tell(shop));
      const failed = runs.reduce((sum, { failedTasks }) => sum + failedTasks, 0);
      if (!MAY_FAIL_TASKS.test(name)) assert.equal(failed, 0);
    });
});
