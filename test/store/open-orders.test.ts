import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { openLedger } from '../../src/domain/ledger.ts';
import {
  countOpenOrders,
  findPastDeadline,
  knownEvents,
  loadOpenLedger,
  SCAN_START,
  scanOpenOrders,
  stillOpen,
} from '../../src/store/orders/open-orders.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { writeRecord } from '../../src/store/orders/record.ts';
import { freshOrderId, newOrder, paidLedger, recordOf } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const HOUR_MS = 3_600_000;

describe('orders that are not at rest', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());
  beforeEach(() => database.pool.query('truncate orders cascade'));

  /** @param wakesInMs null for an order that nothing but an input wakes */
  async function given(wakesInMs: number | null, closed = false): Promise<string> {
    const order = newOrder(freshOrderId());
    await insertOrder(database, order);
    const { terms } = order.ledger;
    const poll = wakesInMs === null ? null : { index: 0, at: Date.now() + wakesInMs };
    const review = {
      id: 'rev_1',
      reason: 'overpaid' as const,
      status: 'open' as const,
      version: 1,
      openedAt: 0,
      causes: [],
      note: null,
    };
    // Cancelled and in review: neither an expiry nor a settlement wakes it.
    const ledger = { ...openLedger(terms), cancelled: true, reviews: [review], poll, closed };
    await writeRecord(database, recordOf({ ...ledger, revision: 1 }));
    return order.id;
  }

  const scan = async (after = SCAN_START, limit = 100, olderThanMs = 0) =>
    scanOpenOrders(database, { after, limit, olderThanMs });

  it('are scanned by their deadline in pages, those that nothing wakes last', async () => {
    const never = await given(null);
    const late = await given(-HOUR_MS);
    const later = await given(HOUR_MS);
    await given(HOUR_MS, true);
    const first = await scan(SCAN_START, 2);
    assert.deepEqual(
      first.map(({ id }) => id),
      [late, later],
    );
    assert.deepEqual(
      (await scan(first[1], 2)).map(({ id }) => id),
      [never],
    );
    assert.deepEqual(await scan((await scan()).at(-1)), []);
  });

  it('are found past their deadline, and counted, by the age they have', async () => {
    const late = await given(-HOUR_MS);
    await given(HOUR_MS);
    const found = await findPastDeadline(database, { byMs: 1_000, after: SCAN_START, limit: 9 });
    assert.deepEqual(
      found.map(({ id }) => id),
      [late],
    );
    assert.equal(await countOpenOrders(database, 0), 2);
    assert.equal(await countOpenOrders(database, Date.now()), 0);
    assert.deepEqual(await scan(SCAN_START, 9, Date.now()), []);
  });

  it('from before these columns are found as their next record would say', async () => {
    const ids = [await given(-HOUR_MS), await given(HOUR_MS, true)];
    const young = newOrder(freshOrderId());
    await insertOrder(database, young);
    const paid = newOrder(freshOrderId());
    await insertOrder(database, paid);
    await writeRecord(database, recordOf(paidLedger(paid.id, { revision: 1 })));
    const read = async () =>
      (
        await database.pool.query(
          `select id, case when not closed then next_deadline_at::text end as wakes, closed
           from orders where id = any($1) order by id`,
          [[...ids, young.id, paid.id]],
        )
      ).rows;
    const before = await read();
    await database.pool.query(
      'alter table orders drop column closed, drop column next_deadline_at',
    );
    const migration = path.resolve('src/store/migrations/0004_open_orders.sql');
    await database.pool.query(readFileSync(migration, 'utf8'));
    assert.deepEqual(await read(), before);
  });

  it('are not those that a worker of an earlier release has closed', async () => {
    const id = await given(null, true);
    await database.pool.query('update orders set closed = false where id = $1', [id]);
    assert.equal(await loadOpenLedger(database, id), null);
    assert.deepEqual(await stillOpen(database, [id]), []);
  });

  it('are told from those that are at rest', async () => {
    const [open, closed] = [await given(null), await given(null, true)];
    assert.deepEqual(await stillOpen(database, [open, closed, 'no-such-order']), [open]);
    assert.equal((await loadOpenLedger(database, open))?.terms.orderId, open);
    assert.equal(await loadOpenLedger(database, closed), null);
  });

  it('know an event by its outcome, and one without an outcome yet by its id', async () => {
    const order = newOrder(freshOrderId());
    await insertOrder(database, order);
    const ledger = { ...order.ledger, seen: ['waits'], revision: 1 };
    const record = recordOf(ledger);
    await writeRecord(database, record);
    await database.pool.query(
      `insert into order_events (order_id, seq, at, source, type, event_id, outcome, reason, version)
       values ($1, 1000, now(), 'client', 'cancel', 'ended', 'applied', '', 1)`,
      [order.id],
    );
    const known = await knownEvents(database, order.id, ['waits', 'ended', 'new']);
    assert.deepEqual(known, new Set(['ended', 'waits']));
    assert.deepEqual([...(await knownEvents(database, freshOrderId(), ['waits']))], []);
  });
});
