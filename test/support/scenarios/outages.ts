/** Orders around which everything else breaks: gateway, CRM, database, workers. */

import pWaitFor from 'p-wait-for';
import pg from 'pg';
import { rowsOf } from '../books.ts';
import { givenOwnOrder } from '../custom-terms.ts';
import { AT_ONCE } from '../operator-client.ts';
import type { OpenPayment, Place } from '../place.ts';
import { type SharedStack, sharedStack } from '../stack.ts';
import { untilActivityRuns, untilClosed, untilHistory, untilScheduled } from '../temporal.ts';
import { type Scenarios, silence } from './scenario.ts';

const EFFECT_TABLES = 'entitlements, invoices, credit_notes, postings, crm_updates';

type Headers = Record<string, string>;

/** The calls that move money: an order that is ready for each, and what makes us call. */
export const MONEY_CALLS = {
  createPayment: {
    given: async (place: Place): Promise<OpenPayment> => ({
      id: await place.order(),
      paymentId: '',
    }),
    ask: (place: Place, { id }: OpenPayment, headers: Headers) => place.pay(id, headers),
  },
  capturePayment: {
    given: (place: Place) => place.pendingOrder(),
    /** The bank holds the money, and the webhook that says so has come: we capture. */
    async ask(place: Place, { id, paymentId }: OpenPayment) {
      await place.gateway.authorize(paymentId);
      await place.deliverEvent({ type: 'payment.authorized', orderId: id, paymentId });
    },
  },
  voidPayment: {
    given: (place: Place) => place.pendingOrder(),
    ask: (place: Place, { id }: OpenPayment, headers: Headers) => place.cancel(id, headers),
  },
  refundPayment: {
    given: (place: Place) => place.paidOrder(),
    ask: (place: Place, { id }: OpenPayment, headers: Headers) => place.refund(id, {}, headers),
  },
};

/** Its payment is captured while the CRM answers so. */
export async function paidWhileCrmAnswers(place: Place, status: number): Promise<OpenPayment> {
  const order = await place.pendingOrder();
  (await sharedStack()).crm.answerWith(order.id, status);
  await place.gateway.capture(order.paymentId);
  return order;
}

export const OUTAGES = {
  async 'gateway-silent-when-asked-to-pay'(place) {
    const { id } = await MONEY_CALLS.createPayment.given(place);
    await silence(place);
    await place.pay(id, AT_ONCE);
    await untilGivenUp(id, 2);
    await place.pay(id, AT_ONCE);
    await place.gateway.calm();
    await place.until(id, ({ payments }) => payments[0]?.id != null);
    return { id };
  },
  'gateway-silent-when-asked-to-capture': (place) =>
    askedInSilence(place, 'capturePayment', 'paid'),
  'gateway-silent-when-asked-to-void': (place) => askedInSilence(place, 'voidPayment', 'cancelled'),
  'gateway-silent-when-asked-to-refund': (place) =>
    askedInSilence(place, 'refundPayment', 'refunded'),
  async 'update-refused-by-the-crm'(place) {
    const { id } = await paidWhileCrmAnswers(place, 400);
    const { effects } = await place.inReview(id, 'effect_failed');
    (await sharedStack()).crm.answerWith(id, null);
    const key = effects.find(({ status }) => status === 'failed')?.key ?? '';
    await place.signal(id, 'retry', { id: 'retry-1', key });
    await place.settled(id, 'paid');
    return { id };
  },
  async 'update-not-taken-by-the-crm'(place) {
    const { id } = await paidWhileCrmAnswers(place, 503);
    await untilScheduled(id, 'updateCrm');
    (await sharedStack()).crm.answerWith(id, null);
    await place.settled(id, 'paid');
    return { id };
  },
  async 'database-busy-while-it-is-paid-and-refunded'(place) {
    const { id, paymentId } = await place.pendingOrder();
    await whileBusy(EFFECT_TABLES, async () => {
      await place.gateway.capture(paymentId);
      for (const activity of ['grantAccess', 'issueInvoice', 'postLedger'])
        await untilScheduled(id, activity);
    });
    await place.settled(id, 'paid');
    await whileBusy(EFFECT_TABLES, async () => {
      await place.gateway.refund(paymentId);
      for (const activity of ['revokeAccess', 'issueCreditNote'])
        await untilScheduled(id, activity);
    });
    await place.settled(id, 'refunded');
    return { id };
  },
  async 'paid-by-another-installation-and-attached'(place) {
    const id = await place.order();
    const maker = 'another installation';
    const paymentId = await place.gateway.strangePayment(id, { maker });
    await whileBusy('parked_events', async () => {
      await place.gateway.capture(paymentId);
      await untilScheduled(id, 'parkPayment');
    });
    await place.until(id, ({ effects }) => effects[0]?.status === 'done');
    await place.signal(id, 'attach', { id: 'attach-1', paymentId });
    await place.settled(id, 'paid');
    return { id };
  },
  async 'record-not-written-at-once'(place) {
    const { id } = await place.pendingOrder();
    await whileBusy('orders', async () => {
      await place.signal(id, 'cancel', { id: 'cancel-1' });
      await untilScheduled(id, 'writeRecord');
    });
    await place.settled(id, 'cancelled');
    return { id };
  },
  async 'worker-killed-while-the-crm-is-told'(place) {
    const order = await place.pendingOrder();
    const stack = await sharedStack();
    stack.crm.beforeAnswering(order.id, () => {
      for (const name of workersOf(stack)) stack.kill(name, 'SIGKILL');
    });
    await place.gateway.capture(order.paymentId);
    await place.settled(order.id, 'paid');
    return order;
  },
  async 'workers-frozen-while-the-gateway-is-asked'(place) {
    const { id, paymentId } = await place.pendingOrder();
    const stack = await sharedStack();
    await place.gateway.loseWebhooks();
    await place.gateway.disturb('hangs');
    await place.cancel(id, AT_ONCE);
    await untilActivityRuns(id, 'voidPayment');
    for (const name of workersOf(stack)) stack.kill(name, 'SIGSTOP');
    await untilHistory(id, (events) =>
      events.some(({ activityTaskTimedOutEventAttributes: timedOut }) => timedOut),
    );
    for (const name of workersOf(stack)) stack.kill(name, 'SIGCONT');
    await place.gateway.calm();
    await place.gateway.capture(paymentId);
    await place.until(id, ({ state, reviews }) => state === 'paid' || reviews.length > 0);
    return { id };
  },
  async 'task-lost-behind-its-effects'(place) {
    const order = await place.pendingOrder();
    await armWorkers('ledger.afterCommitBeforeReturn');
    await place.gateway.capture(order.paymentId);
    await pWaitFor(async () => (await rowsOf('postings', order.id)).length > 0);
    // The worker that does the task again receives both at once.
    await place.gateway.refund(order.paymentId);
    await place.settled(order.id, 'refunded');
    return order;
  },
  async 'task-lost-behind-its-record'(place) {
    const id = await place.order();
    await armWorkers('gateway.create.afterCallBeforeReturn');
    await place.pay(id);
    await place.until(id, ({ payments }) => payments[0]?.id != null);
    await place.cancel(id);
    await place.settled(id, 'cancelled');
    return { id };
  },
  async 'continued-as-new'(place) {
    const id = await givenOwnOrder({ signalsPerRun: 2 });
    const { body } = await place.pay(id);
    await place.verify(id);
    await place.gateway.capture(String(body.id));
    await place.settled(id, 'paid');
    await place.signal(id, 'refund', { id: 'refund-1', requestKey: 'key_1', amountMinor: 1000 });
    await place.until(id, ({ amountRefunded }) => amountRefunded === 1000);
    await place.settled(id, 'paid');
    // Its last run has begun, or there would be nothing in it to replay.
    await untilHistory(id, (events) =>
      events.some(({ workflowTaskCompletedEventAttributes: completed }) => completed),
    );
    return { id };
  },
  async 'continued-as-new-with-a-call-under-way'(place) {
    const id = await givenOwnOrder({ signalsPerRun: 1 });
    await silence(place);
    for (const n of [1, 2]) await place.signal(id, 'pay', { id: `pay-${n}` });
    await untilHistory(id, ([started]) =>
      Boolean(started?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId),
    );
    await place.gateway.calm();
    await place.until(id, ({ payments }) => payments[0]?.id != null);
    return { id };
  },
  async 'spoken-to-in-the-moment-of-its-close'(place) {
    const id = await givenOwnOrder({ settlementWindowMs: 2_000 });
    await place.cancel(id);
    await place.settled(id, 'cancelled');
    await whileBusy('orders', async () => {
      await untilHistory(id, (events) =>
        Boolean(events.at(-1)?.workflowTaskStartedEventAttributes),
      );
      await place.signal(id, 'cancel', { id: 'cancel-2' });
    });
    await untilClosed(id);
    return { id };
  },
  async 'told-what-nobody-can-read'(place) {
    const { id } = await place.pendingOrder();
    await place.signal(id, 'launch', { id: 'launch-1' });
    await place.signal(id, 'webhook', { id: 'webhook-1', fact: { type: 'payment.teleported' } });
    await place.until(id, ({ counters }) => counters.rejected === 2);
    return { id };
  },
} satisfies Scenarios;

async function askedInSilence(
  place: Place,
  name: keyof typeof MONEY_CALLS,
  end: string,
): Promise<OpenPayment> {
  const { given, ask } = MONEY_CALLS[name];
  const order = await given(place);
  await silence(place);
  await ask(place, order, AT_ONCE);
  await untilGivenUp(order.id);
  await place.gateway.calm();
  await place.settled(order.id, end);
  return order;
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

/** Every worker dies at this place, once: after it has done something and before Temporal knows. */
async function armWorkers(failpoint: string): Promise<void> {
  const stack = await sharedStack();
  const env = { NODE_ENV: 'test', FAILPOINT: `${failpoint}:1` };
  await Promise.all(workersOf(stack).map((name) => stack.restart(name, env)));
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
