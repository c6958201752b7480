/**
 * What a signed item means (Webhooks-v1 of Adyen's OpenAPI). `success` says whether that which the event code names has
 * happened: of CAPTURE_FAILED it is true where the capture failed.
 */
import { z } from 'zod';
import type { DisputeStatus, Fact } from '../../domain/facts/facts.ts';
import { LAST_TIME_MS } from '../../domain/facts/facts.ts';
import type { EventMessage, IgnoredReason } from '../gateway.ts';
import { withTime } from '../occurred-at.ts';
import { fromAdyenAmount } from './amounts.ts';
import { type AdyenIds, adyenId, amountSchema, type Reference, readReference } from './payloads.ts';

export type Item = Readonly<Record<string, unknown>>;

const itemSchema = z.object({
  eventCode: z.string(),
  success: z.enum(['true', 'false']),
  pspReference: adyenId,
  originalReference: z
    .union([adyenId, z.literal('')])
    .nullish()
    .transform((given) => given || undefined),
  merchantReference: z.string(),
  amount: amountSchema,
});
type Signed = z.infer<typeof itemSchema>;

/** What is read, and is not signed: when it happened, until when a dispute may be answered, and what a reversal was. */
const unsignedSchema = z.object({
  eventDate: z.string().optional().catch(undefined),
  additionalData: z
    .object({
      defensePeriodEndsAt: z.string().optional().catch(undefined),
      'modification.action': z.string().optional().catch(undefined),
    })
    .optional()
    .catch(undefined),
});

export function signedPartOf(item: Item): unknown[] {
  const { value, currency } = z
    .object({ value: z.unknown(), currency: z.unknown() })
    .safeParse(item.amount).data ?? { value: null, currency: null };
  const { pspReference, originalReference, merchantAccountCode, merchantReference } = item;
  const names = [pspReference, originalReference, merchantAccountCode, merchantReference];
  return [...names, value, currency, item.eventCode, item.success];
}

/** When it happened is left out: it is not compared with anything. */
export function unsignedPartOf(item: Item): unknown[] {
  const { additionalData } = unsignedSchema.parse(item);
  return [additionalData?.defensePeriodEndsAt, additionalData?.['modification.action']];
}

interface Reading extends Signed, Reference {
  isDone: boolean;
  amountMinor: number;
  action: string | undefined;
  respondBy: { respondBy?: number };
}

type About = {
  paymentId: string;
  amountMinor: number;
  currency: string;
  gatewayIds?: { payment: string };
};

/** Null where it says nothing that an order needs, undefined where it cannot be told. */
type Meaning = Fact | null | undefined;

const READERS: Readonly<Record<string, (reading: Reading, about: About) => Meaning>> = {
  AUTHORISATION: authorisation,
  CAPTURE: (reading, about) =>
    reading.isDone
      ? { type: 'payment.captured', ...about, captureId: captureIdOf(reading) }
      : { type: 'capture.refused', ...about, callId: reading.pspReference },
  CAPTURE_FAILED: whenDone((reading, about) => ({
    type: 'capture.reversed',
    ...about,
    captureId: captureIdOf(reading),
  })),
  CANCELLATION: cancellation,
  TECHNICAL_CANCEL: cancellation,
  CANCEL_OR_REFUND: cancelOrRefund,
  REFUND: refund,
  REFUND_FAILED: whenDone((reading, about) => refundFact('failed', reading, about)),
  REFUNDED_REVERSED: whenDone((reading, about) => refundFact('reversed', reading, about)),
  // What is left of the authorization; of what was captured it says nothing.
  EXPIRE: whenDone((_, about) => ({ type: 'payment.expired', ...about })),
  // Soft: the customer has left one method, and the link can still be paid by another.
  OFFER_CLOSED: whenDone((_, { gatewayIds: _ids, ...about }) => ({
    type: 'payment.failed',
    ...about,
  })),
  // The bank asks, and has taken nothing yet.
  REQUEST_FOR_INFORMATION: dispute('inquiry'),
  NOTIFICATION_OF_CHARGEBACK: dispute('opened'),
  CHARGEBACK: dispute('lost'),
  CHARGEBACK_REVERSED: dispute('won'),
  ISSUER_RESPONSE_TIMEFRAME_EXPIRED: dispute('won'),
  SECOND_CHARGEBACK: secondDispute('lost'),
  PREARBITRATION_OPEN: secondDispute('inquiry'),
  PREARBITRATION_DECLINED: secondDispute('inquiry'),
  SCHEME_ARBITRATION: secondDispute('inquiry'),
  PREARBITRATION_WON: secondDispute('won'),
  PREARBITRATION_ISSUER_WITHDRAWN: secondDispute('won'),
  SCHEME_ARBITRATION_WON: secondDispute('won'),
  PREARBITRATION_LOST: secondDispute('lost'),
  PREARBITRATION_ACCEPTED: secondDispute('lost'),
  SCHEME_ARBITRATION_LOST: secondDispute('lost'),
  // A report to the schemes: no money moves, and nothing is to be answered.
  NOTIFICATION_OF_FRAUD: () => null,
};

/** What a webhook of the account has to have enabled. */
export const EVENT_CODES: readonly string[] = Object.keys(READERS);

export function readItem(eventId: string, item: Item): EventMessage {
  const { eventCode, merchantReference } = item;
  const read =
    typeof eventCode === 'string' && Object.hasOwn(READERS, eventCode)
      ? READERS[eventCode]
      : undefined;
  if (read === undefined) return ignored(eventId, 'unknown_type');
  const owner = readReference(String(merchantReference));
  if (owner === null) return ignored(eventId, 'not_ours');
  const signed = itemSchema.safeParse(item);
  if (!signed.success) {
    const field = signed.error.issues[0]?.path.join('.') || 'the item';
    return unprocessable(eventId, `${field} is missing or wrong`);
  }
  const { amount, merchantReference: paymentId, success } = signed.data;
  const amountMinor = fromAdyenAmount(amount);
  if (amountMinor === null)
    return unprocessable(eventId, 'amount.value is no amount of its currency');
  const { eventDate, additionalData } = unsignedSchema.parse(item);
  const meaning = read(
    {
      ...{ ...signed.data, ...owner, amountMinor, isDone: success === 'true' },
      action: additionalData?.['modification.action'],
      respondBy: respondByOf(additionalData?.defensePeriodEndsAt),
    },
    { paymentId, amountMinor, currency: amount.currency },
  );
  if (meaning === null) return ignored(eventId, 'unknown_type');
  if (meaning === undefined)
    return unprocessable(
      eventId,
      'additionalData.modification.action says neither cancel nor refund',
    );
  const { orderId, installationId } = owner;
  const message = { kind: 'fact', eventId, orderId, installationId, fact: meaning } as const;
  return withTime(message, timeOf(eventDate));
}

function authorisation({ isDone, isManual, pspReference }: Reading, about: About): Fact {
  if (!isDone) return { type: 'payment.failed', ...about };
  const paid = { ...about, ...paymentIs(pspReference) };
  return isManual
    ? { type: 'payment.authorized', ...paid }
    : { type: 'payment.captured', ...paid, captureId: pspReference };
}

/** Captured by itself, a payment has one capture, under its own id; a request on top takes nothing more. */
function captureIdOf({ isManual, pspReference, originalReference }: Reading): string {
  return isManual ? pspReference : (originalReference ?? pspReference);
}

function cancellation({ isDone, pspReference, originalReference }: Reading, about: About): Fact {
  if (!isDone) return { type: 'void.refused', ...about, callId: pspReference };
  return {
    type: 'payment.voided',
    ...about,
    ...(originalReference !== undefined && paymentIs(originalReference)),
  };
}

/**
 * Only a shop's other software or the Customer Area reverses without saying which. What it was is not signed; the order
 * is not deceived by it: a payment that was captured is not voided, and what was not captured is not given back.
 */
function cancelOrRefund(reading: Reading, about: About): Meaning {
  if (reading.action === 'cancel') return cancellation(reading, about);
  return reading.action === 'refund' ? refund(reading, about) : undefined;
}

function refund(reading: Reading, about: About): Fact {
  return refundFact(reading.isDone ? 'succeeded' : 'failed', reading, about);
}

function refundFact(
  status: 'succeeded' | 'failed' | 'reversed',
  { pspReference: refundId }: Reading,
  about: About,
): Fact {
  return { type: `refund.${status}`, ...about, refundId };
}

function dispute(status: DisputeStatus): (reading: Reading, about: About) => Meaning {
  return whenDone(({ pspReference, respondBy }, about) => ({
    type: `dispute.${status}`,
    ...about,
    disputeId: pspReference,
    ...(status === 'inquiry' || status === 'opened' ? respondBy : {}),
  }));
}

/**
 * All events of a dispute have one id. What is lost for the second time is a dispute of its own, so that it is told from
 * the first loss in whichever order they come.
 */
function secondDispute(status: DisputeStatus): (reading: Reading, about: About) => Meaning {
  const first = dispute(status);
  return (reading, about) =>
    first({ ...reading, pspReference: `${reading.pspReference}:second` }, about);
}

/** Of these codes, one that was not a success tells of nothing. Some leave the field out. */
function whenDone(
  read: (reading: Reading, about: About) => Fact,
): (reading: Reading, about: About) => Meaning {
  return (reading, about) => (reading.isDone ? read(reading, about) : null);
}

function paymentIs(payment: string): { gatewayIds: { payment: string } } {
  return { gatewayIds: { payment } satisfies AdyenIds };
}

function respondByOf(time: string | undefined): { respondBy?: number } {
  const respondBy = timeOf(time);
  const isTime = respondBy !== undefined && respondBy > 0 && respondBy <= LAST_TIME_MS;
  return isTime ? { respondBy } : {};
}

function timeOf(time: string | undefined): number | undefined {
  const at = time === undefined ? Number.NaN : Date.parse(time);
  return Number.isNaN(at) ? undefined : at;
}

function ignored(eventId: string, reason: IgnoredReason): EventMessage {
  return { kind: 'ignored', eventId, reason };
}

function unprocessable(eventId: string, reason: string): EventMessage {
  return { kind: 'unprocessable', eventId, code: 'event_unprocessable', reason };
}
