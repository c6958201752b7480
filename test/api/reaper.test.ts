/** One round of the reaper on a real database, with a Temporal that is told which runs it has. */
import assert from 'node:assert/strict';
import { pino } from 'pino';
import type { OrderRuns, RunEnd } from '../../src/api/temporal/order-runs.ts';
import { createReaper } from '../../src/api/temporal/reaper.ts';
import { insertOrder, markStarted } from '../../src/store/orders/orders.ts';
import { freshOrderId, newOrder } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

/** The same order under other ids, in one statement. */
const COPY = `
  insert into orders
  select (jsonb_populate_record(orders, jsonb_build_object('id', copy, 'ledger',
    jsonb_set(ledger::jsonb, '{terms,orderId}', to_jsonb(copy))))).*
  from orders, unnest($2::text[]) as copy where id = $1`;
const TERMINATED: RunEnd = { how: 'terminated', endedBy: 'olga', reason: 'a mistake' };
const NO_SIGNAL = new AbortController().signal;

describe('the reaper, in one round,', () => {
  let database: TestDatabase;
  let running: Set<string>;
  let broken: Set<string>;
  let missing: number;
  let deliveredAgain: string[];

  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());
  beforeEach(async () => {
    await database.pool.query('truncate orders cascade');
    running = new Set();
    broken = new Set();
    missing = 0;
    deliveredAgain = [];
  });

  async function given(count: number): Promise<string[]> {
    const [id = '', ...copies] = Array.from({ length: count }, freshOrderId);
    await insertOrder(database, newOrder(id));
    // Wakes far in the future, so that only the scan can find it.
    await database.pool.query(
      "update orders set next_deadline_at = now() + interval '1 day' where id = $1",
      [id],
    );
    await database.pool.query(COPY, [id, copies]);
    return [id, ...copies];
  }

  async function lostRunsOf(orderId: string): Promise<unknown[]> {
    const text = 'select run_id, how, ended_by, reason from lost_runs where order_id = $1';
    return (await database.pool.query(text, [orderId])).rows;
  }

  function reaper(visible: Partial<OrderRuns> = {}) {
    return createReaper({
      database,
      log: pino({ enabled: false }),
      orders: {
        start: () => assert.fail('it begins from the record'),
        expect: () => assert.fail('no order is new'),
        signal: () => assert.fail('no payment is open'),
        deliverAgain: async (_orderId, { eventId = '' }) => {
          deliveredAgain.push(eventId);
        },
        isReachable: async () => true,
        replaceRun: () => assert.fail('a run that is there goes on'),
        restart: async ({ terms: { orderId } }) => {
          if (broken.has(orderId)) throw new Error('not this one');
          assert.ok(!running.has(orderId), 'it has a run');
          running.add(orderId);
        },
      },
      metrics: {
        requestAnswered: () => {},
        webhookAnswered: () => {},
        webhookIgnored: () => {},
        webhookTaken: () => {},
        webhookTimes: async () => [],
        webhookLags: async () => [],
        runsMissing: (count) => {
          missing = count;
        },
        runsPaused: () => {},
        runRestarted: () => {},
        ordersStuck: () => {},
        runMended: () => {},
        settlementDaysMissing: () => {},
        secretFilesRefused: () => {},
        page: null,
      },
      runs: {
        openAmong: async (ids) => new Set(ids.filter((id) => running.has(id))),
        lastRun: async (id) => (running.has(id) ? { runId: `run of ${id}`, isOpen: true } : null),
        endedByForce: async () => [],
        endOf: async () => TERMINATED,
        async *signalsOf() {},
        countOpen: async () => running.size,
        countPaused: async () => 0,
        ...visible,
      },
      stuckRuns: {
        list: async () => [],
        replayFailure: () => assert.fail('no run is stuck'),
        timesEnded: () => assert.fail('no run is stuck'),
        isStillStuck: () => assert.fail('no run is stuck'),
        reset: () => assert.fail('no run is stuck'),
        terminate: () => assert.fail('no run is stuck'),
      },
    });
  }

  it('begins a run for every open order of more than it looks at in quiet times', async () => {
    const ids = await given(2_600);
    await reaper()(NO_SIGNAL);
    assert.equal(running.size, ids.length);
    assert.equal(missing, 0);
  });

  it('begins none for an order that has one which visibility does not show yet', async () => {
    const [id = ''] = await given(1);
    running.add(id);
    await reaper({ openAmong: async () => new Set() })(NO_SIGNAL);
    assert.deepEqual([...running], [id]);
  });

  it('leaves orders at rest alone, and those that are just being started', async () => {
    await given(3);
    await database.pool.query('update orders set closed = true');
    const [young = ''] = await given(1);
    await database.pool.query('update orders set created_at = now() where id = $1', [young]);
    await reaper()(NO_SIGNAL);
    assert.equal(running.size, 0);
  });

  it('counts an order that cannot be started, which keeps no other waiting, and tries it again', async () => {
    const ids = await given(1_100);
    const [first = ''] = ids;
    broken.add(first);
    const round = reaper();
    await round(NO_SIGNAL);
    assert.equal(running.size, ids.length - 1);
    assert.equal(missing, 1);
    broken.clear();
    await round(NO_SIGNAL);
    assert.equal(running.size, ids.length);
    assert.equal(missing, 0);
  });

  it('hands over what an ended run never wrote down, oldest first, and reads its history no further', async () => {
    const [orderId = ''] = await given(1);
    const seen = Array.from({ length: 1_000 }, (_, i) => `known-${i}`);
    await database.pool.query(
      `update orders set ledger = (ledger::jsonb || jsonb_build_object('seen', $2::text[]))::json
       where id = $1`,
      [orderId, seen],
    );
    const newestFirst = ['new-2', 'new-1', ...seen];
    let read = 0;
    async function* signalsOf() {
      for (const eventId of newestFirst) {
        read += 1;
        yield { id: `run:${read}`, eventId, signalName: 'verify', input: null };
      }
    }
    const endedByForce = async () => [{ orderId, runId: 'run' }];
    await reaper({ endedByForce, signalsOf })(NO_SIGNAL);
    assert.deepEqual(deliveredAgain, ['new-1', 'new-2']);
    assert.ok(read <= 200, `${read} signals were read`);
  });

  it('keeps who ended a run and why, also where a signal has begun the next one before', async () => {
    const [first = '', second = ''] = await given(2);
    running.add(second);
    const ended = [first, second].map((orderId) => ({ orderId, runId: `ended of ${orderId}` }));
    const lastRun = async (id: string) => ({
      runId: `${running.has(id) ? 'run' : 'ended'} of ${id}`,
      isOpen: running.has(id),
    });
    const round = reaper({ endedByForce: async () => ended, lastRun });
    await round(NO_SIGNAL);
    await round(NO_SIGNAL);
    for (const { orderId, runId } of ended)
      assert.deepEqual(await lostRunsOf(orderId), [
        { run_id: runId, how: 'terminated', ended_by: 'olga', reason: 'a mistake' },
      ]);
  });

  it('keeps that Temporal had no run, under the run that was begun', async () => {
    const [id = '', neverStarted = ''] = await given(2);
    await markStarted(database, [id]);
    await reaper()(NO_SIGNAL);
    assert.deepEqual(await lostRunsOf(id), [
      { run_id: `run of ${id}`, how: 'missing', ended_by: null, reason: null },
    ]);
    assert.deepEqual(await lostRunsOf(neverStarted), []);
  });

  it('looks at an ended run again that could not be seen to, and no further back for the others', async () => {
    const [orderId = ''] = await given(1);
    const asked: number[] = [];
    let endOf = async (): Promise<RunEnd> => Promise.reject(new Error('Temporal is away'));
    const round = reaper({
      endedByForce: async (since) => {
        asked.push(since);
        return [{ orderId, runId: 'run' }];
      },
      endOf: () => endOf(),
    });
    await assert.rejects(round(NO_SIGNAL), /away/);
    await assert.rejects(round(NO_SIGNAL), /away/);
    endOf = async () => TERMINATED;
    await round(NO_SIGNAL);
    await round(NO_SIGNAL);
    const [first = 0, second, third, fourth = 0] = asked;
    assert.deepEqual([second, third], [first, first]);
    assert.ok(fourth > first);
  });

  it('finds orders although Temporal cannot count, and says what failed', async () => {
    const ids = await given(10);
    const cannot = async () => Promise.reject(new Error('too slow'));
    await assert.rejects(reaper({ countOpen: cannot })(NO_SIGNAL), /too slow/);
    assert.equal(running.size, ids.length);
  });
});
