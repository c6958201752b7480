import assert from 'node:assert/strict';
import {
  findUnstarted,
  insertOrder,
  markStarted,
  readOrder,
} from '../../src/store/orders/orders.ts';
import { loadRecord } from '../../src/store/orders/record.ts';
import { linesOf } from '../support/e-invoices.ts';
import { freshOrderId, newOrder } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

describe('an order row', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());

  it('is new for exactly one of fifty inserts at once', async () => {
    const order = newOrder();
    const inserted = await Promise.all(
      Array.from({ length: 50 }, () => insertOrder(database, order)),
    );
    assert.equal(inserted.filter(Boolean).length, 1);
  });

  it('is read back as it was given', async () => {
    const order = newOrder(freshOrderId(), { metadata: { zebra: '1', ant: '2' } });
    const inserted = await insertOrder(database, order);
    const stored = await readOrder(database, order.id);
    assert.deepEqual(inserted, stored);
    assert.deepEqual(await loadRecord(database, order.id), order.ledger);
    assert.deepEqual(stored, {
      id: order.id,
      fingerprint: 'f1',
      email: 'ada@example.com',
      description: 'Two tickets',
      metadata: { zebra: '1', ant: '2' },
      correctedAt: null,
      erasedAt: null,
      people: {},
      lines: null,
      view: order.view,
      revision: 0,
      createdAt: new Date('2026-01-26T10:00:00Z'),
      startedAt: null,
      closed: false,
      duplicates: 0,
      failing: [],
      lostRun: null,
    });
    assert.deepEqual(Object.keys(stored?.metadata ?? {}), ['zebra', 'ant']);
  });

  it('has its lines as they were priced, and nothing at all where it has none', async () => {
    const lines = linesOf();
    const [plain, listed] = [newOrder(), newOrder(freshOrderId(), { lines })];
    for (const order of [plain, listed]) await insertOrder(database, order);
    assert.deepEqual((await readOrder(database, listed.id))?.lines, lines);
    const query = 'select lines::text as text from orders where id = $1';
    const { rows } = await database.pool.query<{ text: string | null }>(query, [plain.id]);
    assert.deepEqual(rows, [{ text: null }]);
  });

  it('stays as it is when the same id comes with other content', async () => {
    const order = newOrder();
    await insertOrder(database, order);
    assert.equal(await insertOrder(database, { ...order, fingerprint: 'f2' }), null);
    assert.equal((await readOrder(database, order.id))?.fingerprint, 'f1');
  });

  it('is absent under an id that nobody used', async () => {
    assert.equal(await readOrder(database, freshOrderId()), null);
  });

  it('is refused with an amount below 0', async () => {
    await assert.rejects(
      insertOrder(database, newOrder(freshOrderId(), { amount: -1 })),
      (error: Error & { cause?: { constraint?: string } }) =>
        error.cause?.constraint === 'orders_amount_in_range',
    );
  });

  it('is found as not started until it is marked, and not before its time', async () => {
    const order = newOrder();
    await insertOrder(database, order);
    const isFound = async (olderThanMs: number) =>
      (await findUnstarted(database, { olderThanMs, limit: 1000 })).some(
        ({ id }) => id === order.id,
      );
    assert.equal(await isFound(0), true);
    assert.equal(await isFound(100 * 365 * 86_400_000), false);
    await markStarted(database, [order.id]);
    assert.equal(await isFound(0), false);
    const { startedAt } = (await readOrder(database, order.id)) ?? {};
    await markStarted(database, [order.id]);
    assert.deepEqual((await readOrder(database, order.id))?.startedAt, startedAt);
  });
});
