/**
 * Stripe's events in the domain's words: everything that moves money, and nothing else. An event whose
 * needed field is missing is for a person; none is ever filled in by a guess.
 */
import { z } from 'zod';
import type { Fact, PaymentFact } from '../../domain/facts/facts.ts';
import type { EventMessage } from '../gateway.ts';
import { fromStripeAmount } from './amounts.ts';
import {
  awaitsTransfer,
  chargeSchema,
  disputeSchema,
  disputeStatusOf,
  endOf,
  installationIdOf,
  orderIdOf,
  type PaymentIntent,
  paymentIntentSchema,
  refundSchema,
  refundStatusOf,
  respondByOf,
} from './payloads.ts';

export interface StripeEvent {
  eventId: string;
  type: string;
  /** The object as it was when the event happened. */
  object: unknown;
}

type Reader = (event: StripeEvent) => EventMessage;

/** A capture is what was received, which may be less than what was asked for. */
const capturedSchema = paymentIntentSchema.extend({ amount_received: z.number().int().positive() });

/** What is not listed says nothing that another event does not say in more words. */
const READERS: Readonly<Record<string, Reader>> = {
  'payment_intent.succeeded': (event) =>
    paymentMessage(event, capturedSchema, (intent) => ['captured', intent.amount_received]),
  'payment_intent.payment_failed': ofIntent(() => 'failed'),
  'payment_intent.processing': ofIntent(() => 'pending'),
  'payment_intent.requires_action': readAction,
  'payment_intent.amount_capturable_updated': ofIntent(() => 'authorized'),
  'payment_intent.canceled': ofIntent(endOf),
  'charge.refunded': readCharge,
  'charge.refund.updated': readRefund,
  'refund.created': readRefund,
  'refund.updated': readRefund,
  'refund.failed': readRefund,
  'charge.dispute.created': readDispute,
  'charge.dispute.updated': readDispute,
  'charge.dispute.closed': readDispute,
  'charge.dispute.funds_withdrawn': readDispute,
  'charge.dispute.funds_reinstated': readDispute,
};

/** What an endpoint has to be sent; `refund.updated` says the same as the older name. */
export const EVENT_TYPES: readonly string[] = Object.keys(READERS).filter(
  (type) => type !== 'charge.refund.updated',
);

export function messageOf(event: StripeEvent): EventMessage {
  const { eventId, type } = event;
  const read = Object.hasOwn(READERS, type) ? READERS[type] : undefined;
  if (read === undefined) return { kind: 'ignored', eventId, reason: 'unknown_type' };
  try {
    return read(event);
  } catch (error) {
    return unprocessable(eventId, reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof z.ZodError)
    return `data.object.${error.issues[0]?.path.join('.')} is missing or wrong`;
  if (error instanceof RangeError) return error.message;
  throw error;
}

type PaymentWord = 'captured' | 'failed' | 'pending' | 'authorized' | 'expired' | 'voided';

/** The whole amount of the payment, as one fact. */
function ofIntent(wordOf: (intent: PaymentIntent) => PaymentWord): Reader {
  return (event) =>
    paymentMessage(event, paymentIntentSchema, (intent) => [wordOf(intent), intent.amount]);
}

function paymentMessage(
  { eventId, object }: StripeEvent,
  schema: z.ZodType<PaymentIntent>,
  read: (intent: PaymentIntent) => [PaymentWord, number],
): EventMessage {
  const intent = schema.parse(object);
  const [word, amount] = read(intent);
  const { id: paymentId, currency } = intent;
  const type: PaymentFact['type'] = `payment.${word}`;
  const fact = { type, paymentId, amountMinor: fromStripeAmount(amount, currency), currency };
  return { kind: 'fact', eventId, ...ownerOf(intent), fact };
}

function ownerOf(
  object: Pick<PaymentIntent, 'metadata'>,
): Pick<Extract<EventMessage, { kind: 'fact' }>, 'orderId' | 'installationId'> {
  const installationId = installationIdOf(object);
  return { orderId: orderIdOf(object), ...(installationId !== null && { installationId }) };
}

/** It says that a sum has changed, and not by which refund. */
function readCharge({ eventId, object }: StripeEvent): EventMessage {
  const { payment_intent: paymentId, metadata } = chargeSchema.parse(object);
  if (paymentId === null) return notOurs(eventId);
  return { kind: 'ask', eventId, ...ownerOf({ metadata }), paymentId };
}

/** Only a customer who pays later changes the order: until when is fetched from Stripe. */
function readAction({ eventId, object }: StripeEvent): EventMessage {
  const intent = paymentIntentSchema.parse(object);
  if (!awaitsTransfer(intent)) return { kind: 'ignored', eventId, reason: 'unknown_type' };
  return { kind: 'ask', eventId, ...ownerOf(intent), paymentId: intent.id };
}

function readRefund({ eventId, object }: StripeEvent): EventMessage {
  const { id: refundId, payment_intent: paymentId, ...refund } = refundSchema.parse(object);
  if (paymentId === null) return notOurs(eventId);
  const { currency } = refund;
  const amountMinor = fromStripeAmount(refund.amount, currency);
  const status = refundStatusOf({ ...refund, id: refundId, payment_intent: paymentId });
  // What the event says in a word that is not known, the order asks Stripe for.
  if (status === null) return { kind: 'ask', eventId, orderId: orderIdOf(refund), paymentId };
  const type = `refund.${status}` as const;
  const fact: Fact = { type, paymentId, refundId, amountMinor, currency };
  return { kind: 'fact', eventId, orderId: orderIdOf(refund), fact };
}

function readDispute({ eventId, object }: StripeEvent): EventMessage {
  const dispute = disputeSchema.parse(object);
  const { id: disputeId, payment_intent: paymentId, currency } = dispute;
  if (paymentId === null) return notOurs(eventId);
  const amountMinor = fromStripeAmount(dispute.amount, currency);
  const status = disputeStatusOf(dispute);
  if (status === null) return { kind: 'ask', eventId, orderId: null, paymentId };
  const type = `dispute.${status}` as const;
  const money = { paymentId, disputeId, amountMinor, currency };
  const fact: Fact = { type, ...money, ...respondByOf(dispute) };
  return { kind: 'fact', eventId, orderId: null, fact };
}

/** Money without a PaymentIntent: ours always has one. */
function notOurs(eventId: string): EventMessage {
  return { kind: 'ignored', eventId, reason: 'not_ours' };
}

export function unprocessable(eventId: string, reason: string): EventMessage {
  return { kind: 'unprocessable', eventId, code: 'event_unprocessable', reason };
}
