/** One order with a backlog of different signals: it is worked off, and no other order waits for it. */
import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { many } from '../support/many.ts';
import { openPatiently } from '../support/patient-database.ts';
import {
  CURRENCY,
  givenPendingOrder,
  readOrder,
  type Shop,
  shopOn,
  untilSettled,
} from '../support/shop.ts';
import { startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

const LIVE_CAPTURES = 2_000;
const WAITING_CAPTURES = 1_200;
const CANCELS = 2_200;
const BACKLOG_MS = 400_000;

describe('a backlog of different signals on one order', function () {
  this.timeout(600_000);
  let stack: Stack;
  let shop: Shop;
  let client: Client;
  let workerPid: number | undefined;

  before(async () => {
    const env = { SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };
    stack = await startTestStack({ workers: 1, apis: 1, env });
    shop = shopOn(stack);
    const connection = await Connection.connect({ address: stack.temporalAddress });
    client = new Client({ connection, namespace: stack.temporalNamespace });
    workerPid = stack.children.worker;
  });
  after(async () => {
    await client?.connection.close();
    await stopTestStack(stack);
  });

  /** Another order is paid from its first click on, and the worker is the one that it was. */
  async function assertOthersAreServed(): Promise<void> {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    assert.equal(stack.children.worker, workerPid, 'the worker has died');
  }

  /**
   * Another worker comes in place of the one that stood still. The SDK (1.24.0) may go on from a task that the server gave
   * up meanwhile, and end the next one in an order that no replay follows: docs/reliability.md.
   */
  async function replaceWorker(): Promise<void> {
    const before = workerPid;
    stack.kill('worker', 'SIGKILL');
    await pWaitFor(() => ![before, undefined].includes(stack.children.worker));
    workerPid = stack.children.worker;
  }

  async function outcomesOf(id: string, type: string): Promise<number> {
    const database = openPatiently(stack.databaseUrl);
    // A task that a busy machine loses after its record was written is done again: its signals are duplicates then.
    const text =
      'select count(distinct event_id)::int from order_events where order_id = $1 and type = $2';
    const { rows } = await database.pool.query<{ count: number }>(text, [id, type]);
    await database.close();
    return rows[0]?.count ?? 0;
  }

  /** The order is a large one by then, so that it is looked at seldom. */
  async function assertAllCaptured(id: string, count: number): Promise<void> {
    const isDone = async () => {
      const { amountPaid, effects } = await readOrder(shop, id);
      return amountPaid >= count && effects.every(({ status }) => status === 'done');
    };
    await pWaitFor(isDone, { interval: 1_000, timeout: BACKLOG_MS });
    const { amountPaid, effects } = await readOrder(shop, id);
    assert.equal(amountPaid, count);
    assert.equal(effects.filter(({ effect }) => effect === 'post_ledger').length, count);
  }

  it(`of ${LIVE_CAPTURES} partial captures at a live worker is worked off while other orders are served`, async () => {
    const { id, paymentId } = await givenPendingOrder(shop, { amount: 1_000_000 });
    const handle = client.workflow.getHandle(id);
    const sent = many(LIVE_CAPTURES, (number) => {
      const captureId = `cap_${number}`;
      const fact = { type: 'payment.captured', paymentId, captureId, amountMinor: 1 };
      return handle.signal('webhook', { id: captureId, fact: { ...fact, currency: CURRENCY } });
    });
    await assertOthersAreServed();
    await sent;
    await assertAllCaptured(id, LIVE_CAPTURES);
    await assertOthersAreServed();
  });

  it(`of ${WAITING_CAPTURES} signed captures that came while the worker stood still is worked off`, async () => {
    const { id, paymentId } = await givenPendingOrder(shop, { amount: 1_000_000 });
    stack.kill('worker', 'SIGSTOP');
    await many(WAITING_CAPTURES, async (number) => {
      const captureId = `cap_${number}`;
      const data = { orderId: id, paymentId, captureId, amount: 1 };
      const { status } = await deliverTo(shop, signedEvent('payment.captured', data, captureId));
      assert.equal(status, 200);
    });
    await replaceWorker();
    await assertOthersAreServed();
    await assertAllCaptured(id, WAITING_CAPTURES);
    assert.equal(stack.children.worker, workerPid);
  });

  it(`of ${CANCELS} cancel calls is worked off, and each call has its outcome`, async () => {
    const { id } = await givenPendingOrder(shop);
    stack.kill('worker', 'SIGSTOP');
    await many(CANCELS, async () => {
      const path = `/v1/orders/${id}/cancel`;
      const { status } = await shop.call('POST', path, {}, { prefer: 'wait=0' });
      assert.equal(status, 202);
    });
    await replaceWorker();
    await assertOthersAreServed();
    const isDone = async () => (await outcomesOf(id, 'cancel')) === CANCELS;
    await pWaitFor(isDone, { interval: 1_000, timeout: BACKLOG_MS });
    assert.equal((await readOrder(shop, id)).state, 'cancelled');
    assert.equal(stack.children.worker, workerPid);
  });
});
