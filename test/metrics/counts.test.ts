/** What the database is asked for the metrics of an API. */
import assert from 'node:assert/strict';
import { readCounts } from '../../src/store/counts.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { freshOrderId, newOrder } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

describe('orders past their deadline', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());

  it('are counted after a minute, and not those at rest', async () => {
    const given = async (ago: string, closed = false): Promise<void> => {
      const order = newOrder(freshOrderId());
      await insertOrder(database, order);
      const text =
        'update orders set next_deadline_at = now() - $2::interval, closed = $3 where id = $1';
      await database.pool.query(text, [order.id, ago, closed]);
    };
    await given('2 minutes');
    await given('30 seconds');
    await given('2 minutes', true);
    assert.equal((await readCounts(database)).ordersPastDeadline, 1);
  });
});
