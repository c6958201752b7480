/** Orders around which everything else breaks: gateway, CRM, database, workers. */
import pg from 'pg';
import { givenOwnOrder } from '../custom-terms.ts';
import { type SharedStack, sharedStack } from '../stack.ts';
import { untilActivityRuns, untilClosed, untilHistory, untilScheduled } from '../temporal.ts';
import {
  NO_WEBHOOKS,
  type OrderAndPayment,
  type Scene,
  SILENT,
  type Story,
  story,
} from './scene.ts';

const AT_ONCE = { prefer: 'wait=0' };
const EFFECT_TABLES = 'entitlements, invoices, credit_notes, postings, crm_updates';

export const ENDURING: Story[] = [
  story('gateway-silent-when-asked-to-pay', async (scene) => {
    const id = await scene.order();
    await scene.faults(SILENT);
    await scene.pay(id, AT_ONCE);
    await untilGivenUp(id, 2);
    await scene.pay(id, AT_ONCE);
    await scene.faults({});
    await scene.until(id, ({ payments }) => payments[0]?.id != null);
    return id;
  }),
  story('gateway-silent-when-asked-to-capture', async (scene) => {
    const id = await silentlyAsked(scene, (order) => scene.hear(order, 'payment.authorized'));
    await scene.settled(id, 'paid');
    return id;
  }),
  story('gateway-silent-when-asked-to-void', async (scene) => {
    const id = await silentlyAsked(scene, (order) => scene.cancel(order.id, AT_ONCE));
    await scene.settled(id, 'cancelled');
    return id;
  }),
  story('gateway-silent-when-asked-to-refund', async (scene) => {
    const { id } = await scene.paidOrder();
    await scene.faults(SILENT);
    await scene.refund(id, {}, AT_ONCE);
    await untilGivenUp(id);
    await scene.faults({});
    await scene.settled(id, 'refunded');
    return id;
  }),
  story('update-refused-by-the-crm', async (scene) => {
    const { crm } = await sharedStack();
    const { id, paymentId } = await scene.pending();
    crm.answerWith(id, 400);
    await scene.at(`/payments/${paymentId}/capture`);
    const { effects } = await scene.asked(id, 'effect_failed');
    crm.answerWith(id, null);
    const key = effects.find(({ status }) => status === 'failed')?.key ?? '';
    await scene.signal(id, 'retry', { id: 'retry-1', key });
    await scene.settled(id, 'paid');
    return id;
  }),
  story('update-not-taken-by-the-crm', async (scene) => {
    const { crm } = await sharedStack();
    const { id, paymentId } = await scene.pending();
    crm.answerWith(id, 503);
    await scene.at(`/payments/${paymentId}/capture`);
    await untilScheduled(id, 'updateCrm');
    crm.answerWith(id, null);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('database-busy-while-it-is-paid-and-refunded', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await whileBusy(EFFECT_TABLES, async () => {
      await scene.at(`/payments/${paymentId}/capture`);
      for (const activity of ['grantAccess', 'issueInvoice', 'postLedger'])
        await untilScheduled(id, activity);
    });
    await scene.settled(id, 'paid');
    await whileBusy(EFFECT_TABLES, async () => {
      await scene.at(`/payments/${paymentId}/refunds`);
      for (const activity of ['revokeAccess', 'issueCreditNote'])
        await untilScheduled(id, activity);
    });
    await scene.settled(id, 'refunded');
    return id;
  }),
  story('paid-by-another-installation-and-attached', async (scene) => {
    const id = await scene.order();
    const paymentId = await scene.stranger(id, {}, 'another installation');
    await whileBusy('parked_events', async () => {
      await scene.at(`/payments/${paymentId}/capture`);
      await untilScheduled(id, 'parkPayment');
    });
    await scene.until(id, ({ effects }) => effects[0]?.status === 'done');
    await scene.signal(id, 'attach', { id: 'attach-1', paymentId });
    await scene.settled(id, 'paid');
    return id;
  }),
  story('record-not-written-at-once', async (scene) => {
    const { id } = await scene.pending();
    await whileBusy('orders', async () => {
      await scene.signal(id, 'cancel', { id: 'cancel-1' });
      await untilScheduled(id, 'writeRecord');
    });
    await scene.settled(id, 'cancelled');
    return id;
  }),
  story('worker-killed-while-the-crm-is-told', async (scene) => {
    const { crm } = await sharedStack();
    const { id, paymentId } = await scene.pending();
    const stack = await sharedStack();
    crm.beforeAnswering(id, () => {
      for (const name of workersOf(stack)) stack.kill(name, 'SIGKILL');
    });
    await scene.at(`/payments/${paymentId}/capture`);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('workers-frozen-while-the-gateway-is-asked', async (scene) => {
    const { id, paymentId } = await scene.pending();
    const stack = await sharedStack();
    await scene.faults({ ...NO_WEBHOOKS, api: { hang: 1 } });
    await scene.cancel(id, AT_ONCE);
    await untilActivityRuns(id, 'voidPayment');
    for (const name of workersOf(stack)) stack.kill(name, 'SIGSTOP');
    await untilHistory(id, (events) =>
      events.some(({ activityTaskTimedOutEventAttributes: timedOut }) => timedOut),
    );
    for (const name of workersOf(stack)) stack.kill(name, 'SIGCONT');
    await scene.faults({});
    await scene.at(`/payments/${paymentId}/capture`);
    await scene.until(id, ({ state, reviews }) => state === 'paid' || reviews.length > 0);
    return id;
  }),
  {
    ...story('continued-as-new', async (scene) => {
      const id = await givenOwnOrder({ signalsPerRun: 2 });
      const { body } = await scene.pay(id);
      await scene.verify(id);
      await scene.at(`/payments/${body.id}/capture`);
      await scene.settled(id, 'paid');
      await scene.signal(id, 'refund', { id: 'refund-1', requestKey: 'key_1', amountMinor: 1000 });
      await scene.until(id, ({ amountRefunded }) => amountRefunded === 1000);
      await scene.settled(id, 'paid');
      // Its last run has begun, or there would be nothing in it to replay.
      await untilHistory(id, (events) =>
        events.some(({ workflowTaskCompletedEventAttributes: completed }) => completed),
      );
      return id;
    }),
    isEveryRunKept: true,
  },
  {
    ...story('continued-as-new-with-a-call-under-way', async (scene) => {
      const id = await givenOwnOrder({ signalsPerRun: 1 });
      await scene.faults(SILENT);
      for (const n of [1, 2]) await scene.signal(id, 'pay', { id: `pay-${n}` });
      await untilHistory(id, ([started]) =>
        Boolean(started?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId),
      );
      await scene.faults({});
      await scene.until(id, ({ payments }) => payments[0]?.id != null);
      return id;
    }),
    isEveryRunKept: true,
  },
  story('spoken-to-in-the-moment-of-its-close', async (scene) => {
    const id = await givenOwnOrder({ settlementWindowMs: 2_000 });
    await scene.cancel(id);
    await scene.settled(id, 'cancelled');
    await whileBusy('orders', async () => {
      await untilHistory(id, (events) =>
        Boolean(events.at(-1)?.workflowTaskStartedEventAttributes),
      );
      await scene.signal(id, 'cancel', { id: 'cancel-2' });
    });
    await untilClosed(id);
    return id;
  }),
  story('told-what-nobody-can-read', async (scene) => {
    const { id } = await scene.pending();
    await scene.signal(id, 'launch', { id: 'launch-1' });
    await scene.signal(id, 'webhook', { id: 'webhook-1', fact: { type: 'payment.teleported' } });
    await scene.until(id, ({ counters }) => counters.rejected === 2);
    return id;
  }),
];

/** The bank holds the money; then the gateway falls silent, and is asked for something. */
async function silentlyAsked(
  scene: Scene,
  ask: (order: OrderAndPayment) => Promise<unknown>,
): Promise<string> {
  const order = await scene.pending();
  await scene.faults(NO_WEBHOOKS);
  await scene.at(`/payments/${order.paymentId}/authorize`);
  await scene.faults(SILENT);
  await ask(order);
  await untilGivenUp(order.id);
  await scene.faults({});
  return order.id;
}

/** So many calls have failed as often as they are tried: that of the payment, then the question about it. */
function untilGivenUp(id: string, calls = 1): Promise<void> {
  return untilHistory(id, (events) => {
    const failed = events.filter(({ activityTaskFailedEventAttributes: failure }) => failure);
    return failed.length >= calls;
  });
}

function workersOf({ children }: SharedStack): string[] {
  return Object.keys(children).filter((name) => name.startsWith('worker'));
}

/** Nobody else can write into these tables meanwhile; reading goes on. */
async function whileBusy(tables: string, act: () => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: (await sharedStack()).databaseUrl });
  await client.connect();
  try {
    await client.query('begin');
    await client.query(`lock table ${tables} in exclusive mode`);
    await act();
  } finally {
    await client.end();
  }
}
