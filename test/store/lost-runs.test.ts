/** Runs that Temporal ended or lost: kept once, and shown with the order and in its timeline. */
import assert from 'node:assert/strict';
import { etagOf, representOrder } from '../../src/api/orders/represent-order.ts';
import { countDuplicates } from '../../src/store/orders/duplicate-deliveries.ts';
import { type LostRun, noteLostRun } from '../../src/store/orders/lost-runs.ts';
import { listEvents } from '../../src/store/orders/order-events.ts';
import { insertOrder, markStarted, readOrder } from '../../src/store/orders/orders.ts';
import { freshOrderId, newOrder } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const TERMINATED: LostRun = {
  runId: 'run-1',
  how: 'terminated',
  endedBy: 'temporal-cli:olga@host',
  reason: 'a mistake',
};
const TERMINATED_TEXT =
  'its run was terminated by temporal-cli:olga@host (a mistake); it went on from its record';

describe('a run that was ended while its order was open', () => {
  let database: TestDatabase;
  let id: string;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());
  beforeEach(async () => {
    id = freshOrderId();
    await insertOrder(database, newOrder(id));
  });

  const read = async () => {
    const order = await readOrder(database, id);
    assert.ok(order !== null);
    return order;
  };
  const timeline = async (limit = 10) => {
    const items = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listEvents(database, id, { limit, cursor });
      items.push(...page.items);
      if (page.nextCursor === null) return items;
      cursor = page.nextCursor;
    }
  };

  it('is shown with when, how, by whom and why', async () => {
    assert.equal(representOrder(await read()).lostRun, null);
    const before = etagOf(await read());
    await noteLostRun(database, id, TERMINATED);
    const { lostRun } = representOrder(await read());
    assert.deepEqual([lostRun?.how, lostRun?.reason], ['terminated', TERMINATED_TEXT]);
    assert.ok(Math.abs(Date.parse(lostRun?.at ?? '') - Date.now()) < 60_000);
    assert.notEqual(etagOf(await read()), before);
    const [event] = await timeline();
    assert.deepEqual(
      [event?.source, event?.type, event?.eventId, event?.outcome, event?.reason, event?.version],
      ['temporal', 'run.terminated', 'run-1', 'applied', TERMINATED_TEXT, 1],
    );
  });

  it('is one, however many processes notice it', async () => {
    await Promise.all([1, 2, 3].map(() => noteLostRun(database, id, TERMINATED)));
    await noteLostRun(database, id, { ...TERMINATED, how: 'missing' });
    assert.equal((await timeline()).length, 1);
  });

  it('is none of another order, and is not what somebody has decided', async () => {
    await noteLostRun(database, freshOrderId(), TERMINATED);
    assert.deepEqual(await timeline(), []);
    await noteLostRun(database, id, TERMINATED);
    const { items } = await listEvents(database, id, { limit: 10, decisions: true });
    assert.deepEqual(items, []);
  });

  it('is kept whatever Temporal was told, and nothing is said that is not known', async () => {
    const odd = `a\0b${'x'.repeat(2_000)}`;
    await noteLostRun(database, id, { ...TERMINATED, reason: odd, endedBy: '' });
    const { reason = '' } = (await timeline())[0] ?? {};
    assert.match(reason, /^its run was terminated \(a bx+\); it went on/);
    assert.ok(reason.length < 600);
    await markStarted(database, [id]);
    await noteLostRun(database, id, {
      ...{ runId: 'run-2', how: 'missing', endedBy: null, reason: null },
    });
    assert.equal(
      representOrder(await read()).lostRun?.reason,
      'Temporal had no run of it; it went on from its record',
    );
  });

  it('stands among events and repeats of the same time, each once, whatever the size of a page', async () => {
    const event = `
      insert into order_events (order_id, seq, at, source, type, event_id, outcome, reason, version)
      select $1, seq, $2, 'webhook', 'payment.pending', 'evt-' || seq, 'stale', 'late', 1
      from generate_series(1, 3) as seq`;
    const at = '2026-02-01T00:00:00.000Z';
    await database.pool.query(event, [id, at]);
    for (const eventId of ['a', 'b'])
      await countDuplicates(database, [
        { orderId: id, eventId, type: 'payment.pending', count: 1 },
      ]);
    for (const runId of ['run-1', 'run-2'])
      await noteLostRun(database, id, { ...TERMINATED, runId });
    await database.pool.query('update duplicate_deliveries set last_at = $2 where order_id = $1', [
      ...[id, at],
    ]);
    await database.pool.query('update lost_runs set noticed_at = $2 where order_id = $1', [id, at]);
    const all = ['evt-1', 'evt-2', 'evt-3', 'a', 'b', 'run-1', 'run-2'];
    for (const limit of [1, 2, 3, 4, 10])
      assert.deepEqual(
        (await timeline(limit)).map(({ eventId }) => eventId),
        all,
        `pages of ${limit}`,
      );
  });
});
