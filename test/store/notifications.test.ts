import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { CHANGE_CHANNEL } from '../../src/store/change-channel.ts';
import { forgetFailedTries, noteFailedTry } from '../../src/store/effects/failing-effects.ts';
import { type ChangeFeed, listenForChanges } from '../../src/store/notifications.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { writeRecord } from '../../src/store/orders/record.ts';
import {
  decideParked,
  markRedelivered,
  parkEvent,
  unattachParked,
} from '../../src/store/parked-events.ts';
import { newOrder, paidLedger, recordOf } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

/** Long enough for a loaded machine; no passing test waits for it. */
const PATIENCE_MS = 20_000;
const GLANCE_MS = 500;

describe('a feed of changes', () => {
  let database: TestDatabase;
  let feed: ChangeFeed;
  beforeEach(async () => {
    database = await freshDatabase();
    feed = await listenForChanges(database.url);
    await untilListening();
  });
  afterEach(async () => {
    await feed.close();
    await database.close();
  });

  async function givenOrder(): Promise<string> {
    const order = newOrder();
    await insertOrder(database, order);
    return order.id;
  }

  /** On a busy machine the first try to connect may be too late, and the next one wakes everybody. */
  async function untilListening(): Promise<void> {
    const isHeard = async () => {
      const probe = feed.next('probe', GLANCE_MS);
      await database.pool.query('select pg_notify($1, $2)', [CHANGE_CHANNEL, 'probe']);
      return probe;
    };
    await pWaitFor(isHeard);
  }

  async function listeners(): Promise<number[]> {
    const { rows } = await database.pool.query<{ pid: number }>(
      `select pid from pg_stat_activity
       where application_name = 'payonce-listener' and datname = current_database()
         and state = 'idle' and query <> ''`,
    );
    return rows.map(({ pid }) => pid);
  }

  it('tells everybody who waits for the order that is written', async () => {
    const [id, other] = [await givenOrder(), await givenOrder()];
    const waiting = [feed.next(id, PATIENCE_MS), feed.next(id, PATIENCE_MS)];
    const elsewhere = new AbortController();
    const unrelated = feed.next(other, PATIENCE_MS, elsewhere.signal);
    await writeRecord(database, recordOf(paidLedger(id)));
    assert.deepEqual(await Promise.all(waiting), [true, true]);
    elsewhere.abort();
    assert.equal(await unrelated, false);
  });

  it('tells whoever watches that a list has changed, apart from any order', async () => {
    const told: (string | null)[] = [];
    const unwatch = feed.watch((change) => told.push(change));
    const isToldAfter = async (change: () => Promise<unknown>): Promise<void> => {
      told.length = 0;
      await change();
      await pWaitFor(() => told.includes(''), { timeout: PATIENCE_MS });
    };
    let id = '';
    const event = { gateway: 'sandbox', reason: 'event_orphaned', orderId: null, eventId: 'evt_1' };
    await isToldAfter(async () => {
      id = await parkEvent(database, { ...event, body: Buffer.from('{}') });
    });
    const decision = { decidedBy: 'anna', note: 'ours' };
    await isToldAfter(() => decideParked(database, id, { ...decision, status: 'attached' }));
    await isToldAfter(() => unattachParked(database, { id, orderId: null }));
    await isToldAfter(() => markRedelivered(database, id, decision));
    const orderId = await givenOrder();
    const failed = {
      key: 'x',
      orderId,
      effect: 'update_crm',
      error: '503',
      nextTryAt: null,
    } as const;
    await isToldAfter(() => noteFailedTry(database, { ...failed, attempts: 1 }));
    await isToldAfter(() => noteFailedTry(database, { ...failed, attempts: 2 }));
    await isToldAfter(() => forgetFailedTries(database, 'x'));
    unwatch();
  });

  it('hears a change that is made right after it was asked', async () => {
    const id = await givenOrder();
    for (let revision = 3; revision < 23; revision += 1) {
      const next = feed.next(id, PATIENCE_MS);
      await writeRecord(database, recordOf(paidLedger(id, { revision })));
      assert.equal(await next, true);
    }
  });

  it('gives up after the wait, on an abort, and when it is closed', async () => {
    assert.equal(await feed.next('ord_1', 1), false);
    assert.equal(await feed.next('ord_1', PATIENCE_MS, AbortSignal.abort()), false);
    const last = feed.next('ord_1', PATIENCE_MS);
    await feed.close();
    assert.equal(await last, false);
  });

  it('wakes everybody once a lost connection is back, as a change may have gone unheard', async () => {
    const next = feed.next('ord_1', PATIENCE_MS);
    const [pid] = await listeners();
    await database.pool.query('select pg_terminate_backend($1)', [pid]);
    assert.equal(await next, true);
  });

  it('hears changes again after its connection was killed', async () => {
    const id = await givenOrder();
    const [killed] = await listeners();
    await database.pool.query('select pg_terminate_backend($1)', [killed]);
    await pWaitFor(async () => {
      const pids = await listeners();
      return pids.length === 1 && pids[0] !== killed;
    });
    const next = feed.next(id, PATIENCE_MS);
    await writeRecord(database, recordOf(paidLedger(id)));
    assert.equal(await next, true);
  });

  it('starts without a database, and says nothing', async () => {
    const lonely = await listenForChanges('postgres://nobody@127.0.0.1:1/none');
    assert.equal(await lonely.next('ord_1', 1), false);
    await lonely.close();
  });
});
