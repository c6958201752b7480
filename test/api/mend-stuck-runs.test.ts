/** Which stuck runs are ended, with a Temporal that is told what their histories say, and a real database. */
import assert from 'node:assert/strict';
import proto from '@temporalio/proto';
import { pino } from 'pino';
import { createRunMender } from '../../src/api/temporal/mend-stuck-runs.ts';
import type { ReplayFailure } from '../../src/api/temporal/stuck-runs.ts';
import { withOrderLock } from '../../src/store/orders/order-lock.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const MINUTE_MS = 60_000;

function taskOf(eventId: number): ReplayFailure['lastTask'] {
  return proto.temporal.api.history.v1.HistoryEvent.fromObject({ eventId }).eventId;
}

describe('orders whose workflow task fails again and again', function () {
  this.timeout(60_000);
  let database: TestDatabase;
  let stuck: string[];
  let failure: ReplayFailure | null;
  let timesEnded: number;
  let isResetRefused: boolean;
  let cannotBeRead: string | null;
  let done: string[];
  let shown: readonly string[];

  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());
  beforeEach(() => {
    stuck = ['ord_1'];
    failure = failureOf({});
    timesEnded = 0;
    isResetRefused = false;
    cannotBeRead = null;
    done = [];
    shown = [];
  });

  function failureOf(more: Partial<ReplayFailure>): ReplayFailure {
    return {
      since: Date.now() - 2 * MINUTE_MS,
      isOfOneBuild: true,
      lastTask: taskOf(20),
      firstTask: taskOf(4),
      cancellation: null,
      ...more,
    };
  }

  function mender() {
    return createRunMender({
      database,
      log: pino({ enabled: false }),
      orders: {
        start: () => assert.fail('it has a run'),
        expect: () => {},
        restart: () => assert.fail('it has a run'),
        deliverAgain: () => assert.fail('a reset applies signals again'),
        replaceRun: () => assert.fail('its run goes on'),
        isReachable: async () => true,
        signal: async (orderId, name, { id }) => {
          done.push(`${name} ${orderId} ${id}`);
        },
      },
      metrics: {
        requestAnswered: () => {},
        webhookAnswered: () => {},
        webhookIgnored: () => {},
        webhookTaken: () => {},
        webhookTimes: async () => [],
        webhookLags: async () => [],
        runsMissing: () => {},
        runsPaused: () => {},
        runRestarted: () => {},
        ordersStuck: (orderIds) => {
          shown = orderIds;
        },
        runMended: () => {},
        settlementDaysMissing: () => {},
        secretFilesRefused: () => {},
        page: null,
      },
      stuckRuns: {
        list: async () => stuck.map((orderId) => ({ orderId, runId: `run of ${orderId}` })),
        replayFailure: async ({ orderId }) => {
          if (orderId === cannotBeRead) throw new Error('not this one');
          return failure;
        },
        timesEnded: async () => timesEnded,
        isStillStuck: async ({ orderId }) =>
          stuck.includes(orderId) && !done.some((line) => line.includes(orderId)),
        reset: async ({ orderId }, task) => {
          if (isResetRefused) throw new Error('the history is damaged');
          done.push(`reset ${orderId} to ${task}`);
        },
        terminate: async ({ orderId }) => {
          done.push(`terminate ${orderId}`);
        },
      },
    });
  }

  const TRIES = ['reset ord_1 to 20', 'reset ord_1 to 4', 'terminate ord_1'];
  for (const [tries, expected] of TRIES.entries())
    it(`has its run ended after ${tries} tries by: ${expected}`, async () => {
      timesEnded = tries;
      await mender()();
      assert.deepEqual(done, [expected]);
    });

  it('waits for a person after three tries in a day', async () => {
    timesEnded = TRIES.length;
    await mender()();
    assert.deepEqual(done, []);
    assert.deepEqual(shown, ['ord_1']);
  });

  it('has its run ended where the server refuses to reset it', async () => {
    isResetRefused = true;
    await mender()();
    assert.deepEqual(done, ['terminate ord_1']);
  });

  it('keeps a cancellation request, which a reset leaves out', async () => {
    failure = failureOf({ cancellation: { reason: 'test', originalRunId: 'first' } });
    await mender()();
    assert.deepEqual(done, ['cancel ord_1 temporal-cancel-first', 'reset ord_1 to 20']);
  });

  it('keeps no other waiting where it cannot be looked at', async () => {
    stuck = ['ord_0', 'ord_1'];
    cannotBeRead = 'ord_0';
    await mender()();
    assert.deepEqual(done, ['reset ord_1 to 20']);
  });

  it('is left alone in its first minute', async () => {
    failure = failureOf({ since: Date.now() - MINUTE_MS / 2 });
    await mender()();
    assert.deepEqual(done, []);
    assert.deepEqual(shown, ['ord_1']);
  });

  it('is left alone where another build fails than the one that wrote the history', async () => {
    failure = failureOf({ isOfOneBuild: false });
    await mender()();
    assert.deepEqual(done, []);
  });

  it('is left alone where its task fails for another reason', async () => {
    failure = null;
    await mender()();
    assert.deepEqual(done, []);
  });

  it('is left alone where more than ten are, as after a release', async () => {
    const orders = Array.from({ length: 11 }, (_, i) => `ord_${i}`);
    stuck = orders;
    const look = mender();
    await look();
    assert.deepEqual(done, []);
    assert.deepEqual(shown, orders);
    stuck = ['ord_1'];
    await look();
    assert.deepEqual(done, ['reset ord_1 to 20']);
  });

  it('is reset once by two processes at the same time', async () => {
    const looks = Array.from({ length: 2 }, mender);
    await Promise.all(looks.map((look) => look()));
    assert.deepEqual(done, ['reset ord_1 to 20']);
  });

  it('is reset by one process while another is at it', async () => {
    await withOrderLock(database, 'ord_1', async () => {
      await mender()();
      assert.deepEqual(done, []);
    });
    await mender()();
    assert.deepEqual(done, ['reset ord_1 to 20']);
  });
});
