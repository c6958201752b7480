/**
 * What a signed event of Razorpay means. A field that we need and that is missing makes the event one
 * for a person; nothing is guessed.
 */
import { z } from 'zod';
import { type EventMessage, type IgnoredReason, INSTALLATION_FIELD } from '../gateway.ts';
import { withTime } from '../occurred-at.ts';
import {
  disputeEvent,
  disputeStatusOf,
  MODE_NOTE,
  noteOf,
  ORDER_NOTE,
  orderEvent,
  paymentEvent,
  type RazorpayOrder,
  type RazorpayPayment,
  refundEvent,
  refundStatusOf,
  respondByOf,
} from './payloads.ts';

/** Razorpay retries for a day and replays by hand for seven: what is older was not sent by Razorpay. */
const MAX_AGE_MS = 8 * 24 * 60 * 60 * 1_000;

type WithoutId<T> = T extends unknown ? Omit<T, 'eventId'> : never;
export type Meaning = WithoutId<EventMessage>;

interface Reader {
  /** Epoch milliseconds. */
  now: number;
  mode: string;
  /** Our own account; absent where it is not configured, and then any account is taken for ours. */
  accountId?: string | undefined;
}

const STALE: Meaning = {
  kind: 'unprocessable',
  code: 'event_stale',
  reason: 'created_at is longer ago than Razorpay repeats anything',
};

const envelopeSchema = z.object({ event: z.string(), account_id: z.string().nullish() });
const timeSchema = z.object({ created_at: z.number().int().positive() });
/** What can be said of each event that we know; all others are none of ours. */
const READERS: Readonly<Record<string, (body: unknown, mode: string) => Meaning>> = {
  'payment.authorized': (body) =>
    reading(paymentEvent, body, ({ payload }) => paymentFact('authorized', payload.payment.entity)),
  'payment.captured': (body) =>
    reading(paymentEvent, body, ({ payload }) => paymentFact('captured', payload.payment.entity)),
  // A promise to pay on delivery. It may have been taken back since.
  'payment.pending': (body) =>
    reading(paymentEvent, body, ({ payload }) => ask(payload.payment.entity)),
  // One try failed: the customer may pay the same order again, and this one may yet succeed.
  'payment.failed': (body) =>
    reading(paymentEvent, body, ({ payload }) => ask(payload.payment.entity)),
  'order.paid': (body, mode) =>
    reading(orderEvent, body, ({ payload }) =>
      orderFact(payload.order.entity, payload.payment.entity, mode),
    ),
  'refund.created': readRefund,
  'refund.processed': readRefund,
  'refund.failed': readRefund,
  'payment.dispute.created': readDispute,
  'payment.dispute.won': readDispute,
  'payment.dispute.lost': readDispute,
  'payment.dispute.closed': readDispute,
  'payment.dispute.under_review': readDispute,
  'payment.dispute.action_required': readDispute,
};

export function readEvent(body: unknown, { now, mode, accountId }: Reader): Meaning {
  const envelope = envelopeSchema.safeParse(body);
  if (!envelope.success) return unprocessable('the body has no event');
  const { event, account_id: account } = envelope.data;
  if (accountId !== undefined && account != null && account !== accountId)
    return ignored('other_account');
  const read = Object.hasOwn(READERS, event) ? READERS[event] : undefined;
  if (read === undefined) return ignored('unknown_type');
  const time = timeSchema.safeParse(body);
  if (!time.success) return unprocessable('created_at is missing or wrong');
  if (now - time.data.created_at * 1_000 > MAX_AGE_MS) return STALE;
  return withTime(read(body, mode), time.data.created_at * 1_000);
}

function reading<T>(schema: z.ZodType<T>, body: unknown, meaning: (event: T) => Meaning): Meaning {
  const event = schema.safeParse(body);
  if (event.success) return meaning(event.data);
  const field = event.error.issues[0]?.path.join('.') || 'body';
  return unprocessable(`${field} is missing or wrong`);
}

type Owner = Pick<Extract<Meaning, { kind: 'fact' }>, 'orderId' | 'installationId'>;

function paymentFact(
  status: 'authorized' | 'captured',
  { id, order_id, amount, currency }: RazorpayPayment,
  owner: Owner = { orderId: null },
): Meaning {
  if (order_id === null) return ignored('not_ours');
  const money = { paymentId: order_id, amountMinor: amount, currency, mayIncludeFee: true };
  if (status === 'authorized')
    return { kind: 'fact', ...owner, fact: { type: 'payment.authorized', ...money } };
  return { kind: 'fact', ...owner, fact: { type: 'payment.captured', ...money, captureId: id } };
}

/** The one event that carries the order, and so says whose it is and in which mode it was made. */
function orderFact(order: RazorpayOrder, payment: RazorpayPayment, mode: string): Meaning {
  const orderId = noteOf(order, ORDER_NOTE);
  if (orderId === null) return ignored('not_ours');
  if (order.notes[MODE_NOTE] !== mode) return ignored('other_mode');
  const installationId = noteOf(order, INSTALLATION_FIELD);
  const owner = { orderId, ...(installationId !== null && { installationId }) };
  // Less than the order's amount is all that is due where Razorpay knows of an offer: it is asked.
  if (payment.amount < order.amount && payment.order_id !== null)
    return { kind: 'ask', ...owner, paymentId: payment.order_id };
  return paymentFact('captured', payment, owner);
}

function readRefund(body: unknown): Meaning {
  return reading(refundEvent, body, ({ payload }) => {
    const payment = payload.payment.entity;
    const { id, amount, currency, status } = payload.refund.entity;
    if (payment.order_id === null) return ignored('not_ours');
    // What was never captured was never ours: no money of the order goes back.
    if (!payment.captured) return ask(payment);
    const known = refundStatusOf(status);
    if (known === null) return ask(payment);
    const type = `refund.${known}` as const;
    const money = { paymentId: payment.order_id, amountMinor: amount, currency };
    return { kind: 'fact', orderId: null, fact: { type, refundId: id, ...money } };
  });
}

function readDispute(body: unknown): Meaning {
  return reading(disputeEvent, body, ({ payload }) => {
    const payment = payload.payment.entity;
    const { order_id } = payment;
    const dispute = payload.dispute.entity;
    if (order_id === null) return ignored('not_ours');
    const known = disputeStatusOf(dispute);
    if (known === null) return ask(payment);
    const type = `dispute.${known}` as const;
    const money = { paymentId: order_id, amountMinor: dispute.amount, currency: dispute.currency };
    const fact = { type, disputeId: dispute.id, ...money, ...respondByOf(dispute) };
    return { kind: 'fact', orderId: null, fact };
  });
}

/** No money moved; what is left of the order, Razorpay itself says. */
function ask({ order_id }: RazorpayPayment): Meaning {
  if (order_id === null) return ignored('not_ours');
  return { kind: 'ask', orderId: null, paymentId: order_id };
}

/** A payment without an order, or of an order that we did not make, is `not_ours`. */
function ignored(reason: IgnoredReason): Meaning {
  return { kind: 'ignored', reason };
}

function unprocessable(reason: string): Meaning {
  return { kind: 'unprocessable', code: 'event_unprocessable', reason };
}
