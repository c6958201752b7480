import assert from 'node:assert/strict';
import { createDuplicateCounter } from '../../src/api/temporal/duplicate-counter.ts';
import { openDatabase } from '../../src/store/database.ts';
import { listDuplicates } from '../../src/store/orders/duplicate-deliveries.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const delivery = { orderId: 'ord_1', eventId: 'evt_1', type: 'payment.captured' };

let database: TestDatabase;
function inADatabaseOfItsOwn(): void {
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());
}

async function countsOf(orderId: string): Promise<Record<string, number>> {
  const counted = await listDuplicates(database, orderId, { limit: 1000 });
  return Object.fromEntries(counted.map(({ eventId, count }) => [eventId, count]));
}

describe('repeats that come all at once', () => {
  inADatabaseOfItsOwn();

  it('are counted exactly, over two processes and whatever the order', async () => {
    const counters = [createDuplicateCounter(database), createDuplicateCounter(database)];
    const events = Array.from({ length: 500 }, (_, i) => ({ ...delivery, eventId: `e${i % 7}` }));
    const upAndDown = [events, events.toReversed()];
    await Promise.all(
      counters.flatMap((counter, i) => upAndDown[i]?.map((event) => counter.count(event)) ?? []),
    );
    const counts = await countsOf('ord_1');
    assert.deepEqual(
      Object.keys(counts).toSorted((a, b) => a.localeCompare(b)),
      ['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6'],
    );
    assert.equal(
      Object.values(counts).reduce((sum, count) => sum + count),
      1000,
    );
  });

  it('take one connection, however many wait for a slow write', async () => {
    const counter = createDuplicateCounter(database);
    await counter.count(delivery);
    const other = openDatabase(database.url);
    const holder = await other.pool.connect();
    await holder.query('begin');
    await holder.query('select * from duplicate_deliveries for update');
    const waiting = Array.from({ length: 100 }, () => counter.count(delivery));
    await new Promise(setImmediate);
    assert.equal(database.pool.totalCount, 1);
    await holder.query('commit');
    holder.release();
    await Promise.all(waiting);
    await other.close();
    assert.deepEqual(await countsOf('ord_1'), { evt_1: 101 });
  });
});

describe('a repeat that cannot be counted', () => {
  inADatabaseOfItsOwn();

  it('says so, and does not stop the next from being counted', async () => {
    const counter = createDuplicateCounter(database);
    const unstorable = { ...delivery, orderId: '\0' };
    await assert.rejects(counter.count(unstorable));
    await counter.count(delivery);
    assert.deepEqual(await countsOf('ord_1'), { evt_1: 1 });
  });
});
