import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { createStartMarks } from '../../src/api/temporal/start-marks.ts';
import { insertOrder, readOrder } from '../../src/store/orders/orders.ts';
import { writeRecord } from '../../src/store/orders/record.ts';
import { ledgerOf, newOrder } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

describe('the note that orders were started', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());

  const startedAt = async (id: string) => (await readOrder(database, id))?.startedAt ?? null;

  it('is written for all of them, a moment later', async () => {
    const orders = [newOrder(), newOrder(), newOrder()];
    for (const order of orders) await insertOrder(database, order);
    const marks = createStartMarks(database);
    for (const { id } of orders) marks.note(id);
    await pWaitFor(async () => {
      const found = await Promise.all(orders.map(({ id }) => startedAt(id)));
      return found.every((at) => at !== null);
    });
  });

  it('is in the record that an order writes itself, and stays', async () => {
    const order = newOrder();
    await insertOrder(database, order);
    const ledger = ledgerOf(order.id, { revision: 1 });
    await writeRecord(database, { ledger, records: [], known: 0 });
    const first = await startedAt(order.id);
    assert.ok(first);
    await writeRecord(database, { ledger: { ...ledger, revision: 2 }, records: [], known: 1 });
    assert.deepEqual(await startedAt(order.id), first);
  });
});
