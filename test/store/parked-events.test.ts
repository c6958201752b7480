import assert from 'node:assert/strict';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { CursorError } from '../../src/store/page.ts';
import {
  decideParked,
  eraseParkedBody,
  findOrphans,
  listParked,
  markRedelivered,
  type NewParkedEvent,
  parkEvent,
  readParked,
} from '../../src/store/parked-events.ts';
import { newOrder } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

describe('parked events', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());

  const event = (changes: Partial<NewParkedEvent> = {}): NewParkedEvent => ({
    gateway: 'sandbox',
    reason: 'no such order',
    orderId: 'ord_1',
    eventId: 'evt_1',
    body: Buffer.from([0, 255, 10, 123]),
    ...changes,
  });

  it('are kept byte for byte', async () => {
    const id = await parkEvent(database, event());
    const parked = await readParked(database, id);
    assert(parked !== null);
    assert(parked.body.equals(event().body));
    assert.deepEqual([parked.status, parked.orderId, parked.deliveries], ['parked', 'ord_1', 1]);
  });

  it('are one row an event, with and without an id', async () => {
    for (const eventId of ['evt_1', null]) {
      const ids = await Promise.all(
        Array.from({ length: 10 }, () => parkEvent(database, event({ eventId }))),
      );
      assert.equal(new Set(ids).size, 1);
    }
    const { events } = await listParked(database, { limit: 10 });
    assert.deepEqual(
      events.map(({ deliveries }) => deliveries),
      [10, 10],
    );
  });

  it('of two gateways may have the same id', async () => {
    await parkEvent(database, event());
    await parkEvent(database, event({ gateway: 'stripe' }));
    assert.equal((await listParked(database, { limit: 10 })).events.length, 2);
  });

  it('are listed newest first, page by page, and by status', async () => {
    const ids: string[] = [];
    for (const eventId of ['a', 'b', 'c']) ids.push(await parkEvent(database, event({ eventId })));
    await markRedelivered(database, ids[1] ?? '');
    const first = await listParked(database, { limit: 2 });
    const second = await listParked(database, { limit: 2, cursor: first.nextCursor ?? '' });
    assert.deepEqual(
      [...first.events, ...second.events].map(({ eventId, status }) => [eventId, status]),
      [
        ['c', 'parked'],
        ['b', 'redelivered'],
        ['a', 'parked'],
      ],
    );
    assert.equal(second.nextCursor, null);
    await assert.rejects(
      listParked(database, { limit: 2, status: 'parked', cursor: first.nextCursor ?? '' }),
      /of another query/,
    );
    const open = await listParked(database, { limit: 5, status: 'parked' });
    assert.deepEqual(
      open.events.map(({ eventId }) => eventId),
      ['c', 'a'],
    );
  });

  it('are parked once more when they come again after a redelivery', async () => {
    const id = await parkEvent(database, event());
    await markRedelivered(database, id);
    assert.equal((await readParked(database, id))?.status, 'redelivered');
    assert.equal(await parkEvent(database, event({ reason: 'still none' })), id);
    const parked = await readParked(database, id);
    assert.deepEqual([parked?.status, parked?.reason], ['parked', 'still none']);
  });

  it('may be taken once their order is there, or where they name none, until they are too old', async () => {
    const reason = 'no such order';
    const orphans = async (youngerThanMs = 60_000, afterId: string | null = null) =>
      (await findOrphans(database, { reason, youngerThanMs, afterId, limit: 10 })).map(
        ({ eventId }) => eventId,
      );
    const first = await parkEvent(database, event());
    const nameless = await parkEvent(database, event({ orderId: null, eventId: 'evt_2' }));
    await parkEvent(database, event({ reason: 'unreadable', orderId: null, eventId: 'evt_3' }));
    assert.deepEqual(await orphans(), ['evt_2']);
    await insertOrder(database, newOrder('ord_1'));
    assert.deepEqual(await orphans(), ['evt_1', 'evt_2']);
    assert.deepEqual(await orphans(60_000, first), ['evt_2']);
    assert.deepEqual(await orphans(0), []);
    await markRedelivered(database, nameless);
    assert.deepEqual(await orphans(), ['evt_1']);
  });

  it('lose what was received where that is erased, once they are closed', async () => {
    const id = await parkEvent(database, event());
    await eraseParkedBody(database, id);
    assert((await readParked(database, id))?.body.equals(event().body), 'it may still be needed');
    await decideParked(database, id, { status: 'closed', decidedBy: 'olga', note: 'of staging' });
    await eraseParkedBody(database, id);
    await parkEvent(database, event());
    const parked = await readParked(database, id);
    assert.deepEqual([parked?.body.length, parked?.note], [0, 'of staging']);
  });

  it('are absent under what is no id, and a wrong cursor is refused', async () => {
    for (const id of ['', 'x', '-1', '1e3', '99999999999999999999'])
      assert.equal(await readParked(database, id), null);
    await assert.rejects(listParked(database, { limit: 1, cursor: 'x' }), CursorError);
  });
});
