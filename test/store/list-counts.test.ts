/** How many each list has: what the list itself would show, counted up to a bound. */
import assert from 'node:assert/strict';
import { readListCounts } from '../../src/store/counts.ts';
import { listStuckEffects } from '../../src/store/effects/stuck-effects.ts';
import { listDisputes } from '../../src/store/orders/disputes.ts';
import { listOrders } from '../../src/store/orders/find-orders.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { listParked, parkEvent } from '../../src/store/parked-events.ts';
import { listDifferences } from '../../src/store/settlements/differences.ts';
import { freshOrderId, newOrder } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const FAILED = JSON.stringify({
  effects: [
    { key: 'one', effect: 'update_crm', status: 'failed', attempts: 1, error: 'http_400' },
    { key: 'two', effect: 'issue_invoice', status: 'done', attempts: 1, error: null },
  ],
});

describe('the counts of the lists', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());
  beforeEach(() =>
    database.pool.query(
      'truncate orders, failing_effects, parked_events, order_disputes, settlement_differences cascade',
    ),
  );

  async function givenOrders(count: number): Promise<string[]> {
    const ids = Array.from({ length: count }, freshOrderId);
    for (const id of ids) await insertOrder(database, newOrder(id));
    return ids;
  }

  it('are all 0 where nothing is there', async () => {
    const none = { count: 0, hasMore: false };
    assert.deepEqual(await readListCounts(database), {
      ...{ orders: none, reviews: none, disputes: none, openDisputes: none },
      ...{ parkedEvents: none, stuckEffects: none, openDifferences: none },
    });
  });

  it('are as many as the lists have', async () => {
    const [inReview = '', disputed = ''] = await givenOrders(4);
    await database.pool.query(
      'update orders set needs_review = true, view = (view::jsonb || $2::jsonb)::json where id = $1',
      [inReview, FAILED],
    );
    for (const [id, status] of [
      ['dsp_1', 'opened'],
      ['dsp_2', 'inquiry'],
      ['dsp_3', 'lost'],
    ])
      await database.pool.query(
        `insert into order_disputes (order_id, dispute_id, payment_id, gateway, amount_minor, currency, status)
         values ($1, $2, 'pay_1', 'sandbox', 1, 'INR', $3)`,
        [disputed, id, status],
      );
    await database.pool.query(
      `insert into failing_effects (key, order_id, effect, attempts, error) values ('three', $1, 'update_crm', 2, 'http_503')`,
      [disputed],
    );
    for (const eventId of ['evt_1', 'evt_2'])
      await parkEvent(database, {
        ...{ gateway: 'sandbox', reason: 'event_orphaned', orderId: null, eventId },
        body: Buffer.from('{}'),
      });
    await database.pool.query(
      "update parked_events set status = 'closed' where event_id = 'evt_2'",
    );

    for (const [reference, state] of [
      ['pi_1', 'open'],
      ['pi_2', 'decided'],
    ])
      await database.pool.query(
        `insert into settlement_differences (kind, gateway, reference, month, currency, proposal, state)
         values ('foreign_payment', 'stripe', $1, '2026-01', 'INR', 'keep_foreign', $2)`,
        [reference, state],
      );

    const counts = await readListCounts(database);
    const page = { limit: 100 };
    const lists = {
      orders: (await listOrders(database, {}, page)).orders,
      reviews: (await listOrders(database, { needsReview: true }, page)).orders,
      disputes: (await listDisputes(database, page)).items,
      stuckEffects: (await listStuckEffects(database, page)).items,
      parkedEvents: (await listParked(database, { ...page, status: 'parked' })).events,
      openDifferences: (await listDifferences(database, { ...page, state: 'open' })).differences,
    };
    for (const [name, items] of Object.entries(lists))
      assert.deepEqual(
        counts[name as keyof typeof lists],
        { count: items.length, hasMore: false },
        name,
      );
    assert.deepEqual(
      [counts.orders.count, counts.reviews.count, counts.stuckEffects.count],
      [4, 1, 2],
    );
    assert.equal(counts.openDisputes.count, 2);
  });

  it('say of effects that there may be more where not all that waits was looked at', async () => {
    await givenOrders(3);
    await database.pool.query('update orders set needs_review = true');
    const { reviews, stuckEffects } = await readListCounts(database, 2);
    assert.deepEqual(reviews, { count: 2, hasMore: true });
    assert.deepEqual(stuckEffects, { count: 0, hasMore: true });
  });

  it('say that there are more where there are', async () => {
    await givenOrders(4);
    assert.deepEqual((await readListCounts(database, 4)).orders, { count: 4, hasMore: false });
    assert.deepEqual((await readListCounts(database, 3)).orders, { count: 3, hasMore: true });
  });
});
