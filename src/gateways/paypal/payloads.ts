/**
 * The fields of PayPal's objects that an order lives by, and what they mean. The PayPal order is the domain's payment;
 * each of its captures is a capture. A status that is not listed here is not guessed at: it is named, and the rest counts.
 */
import { z } from 'zod';
import type {
  CaptureSnapshot,
  DisputeStatus,
  RefundSnapshot,
  RefundStatus,
  SnapshotStatus,
} from '../../domain/facts/facts.ts';
import type { GatewayPayment } from '../gateway.ts';
import { named } from '../unknown-word.ts';
import { minorOf } from './amounts.ts';
import { markOf } from './mark.ts';

export const id = z.string().regex(/^[A-Za-z0-9-]{1,64}$/);
const money = z.object({ currencyCode: z.string().regex(/^[A-Z]{3}$/), value: z.string() });

const captureSchema = z.object({ id, status: z.string(), amount: money });
const refundLinks = z.array(z.object({ rel: z.string(), href: z.string() })).nullish();

/** As its SDK answers it. */
export const refundSchema = z.object({
  id,
  status: z.string(),
  amount: money,
  customId: z.string().nullish(),
  links: refundLinks,
});

const authorizationSchema = captureSchema.extend({ expirationTime: z.string().nullish() });

const unitSchema = z.object({
  amount: money,
  customId: z.string().nullish(),
  payments: z
    .object({
      authorizations: z.array(authorizationSchema).nullish(),
      captures: z.array(captureSchema).nullish(),
      refunds: z.array(refundSchema).nullish(),
    })
    .nullish(),
});

export const orderSchema = z.object({
  id,
  status: z.string(),
  intent: z.string(),
  /** An order of ours has one. */
  purchaseUnits: z.array(unitSchema).min(1),
  links: z.array(z.object({ rel: z.string(), href: z.string() })).nullish(),
});

/** A capture or an authorization, as far as it says of which order it is. */
export const partSchema = z.object({
  supplementaryData: z.object({ relatedIds: z.object({ orderId: id }) }),
});

/** As its API answers it: the SDK knows no disputes. */
export const disputeSchema = z.object({
  dispute_id: z.string().regex(/^[A-Za-z0-9-]{1,255}$/),
  status: z.string(),
  dispute_amount: z.object({ currency_code: z.string(), value: z.string() }),
  dispute_life_cycle_stage: z.string().nullish(),
  dispute_outcome: z.object({ outcome_code: z.string().nullish() }).nullish(),
  seller_response_due_date: z.string().nullish(),
});

export type PayPalOrder = z.infer<typeof orderSchema>;
export type PayPalRefund = z.infer<typeof refundSchema>;
export type PayPalCapture = z.infer<typeof captureSchema>;
export type PayPalAuthorization = z.infer<typeof authorizationSchema>;
export type PayPalDispute = z.infer<typeof disputeSchema>;
type Unit = z.infer<typeof unitSchema>;

export function unitOf({ purchaseUnits: [unit] }: PayPalOrder): Unit {
  // The schema lets no order through that has none.
  return unit as Unit;
}

export function capturesOf(order: PayPalOrder): PayPalCapture[] {
  return unitOf(order).payments?.captures ?? [];
}

export function refundsOf(order: PayPalOrder): PayPalRefund[] {
  return unitOf(order).payments?.refunds ?? [];
}

/** The last one: an authorization that was given anew takes the place of the one before. */
export function authorizationOf(order: PayPalOrder): PayPalAuthorization | undefined {
  return unitOf(order).payments?.authorizations?.at(-1);
}

/** Was it captured? What was refunded since is no longer COMPLETED, and was captured all the same. */
export function isCaptured({ status }: PayPalCapture): boolean {
  return status === 'COMPLETED' || status === 'PARTIALLY_REFUNDED' || status === 'REFUNDED';
}

/**
 * The authorization that may still be captured, or the rest of it. No capture of ours is called the last one, so that
 * what was taken whole may stay PARTIALLY_CAPTURED.
 */
export function heldOf(order: PayPalOrder): PayPalAuthorization | undefined {
  const authorization = authorizationOf(order);
  if (authorization?.status === 'CREATED') return authorization;
  if (authorization?.status !== 'PARTIALLY_CAPTURED') return undefined;
  const taken = capturesOf(order)
    .filter((capture) => isCaptured(capture) || capture.status === 'PENDING')
    .reduce((sum, { amount }) => sum + minorOf(amount), 0);
  return taken < minorOf(authorization.amount) ? authorization : undefined;
}

const CAPTURE_STATUSES: ReadonlySet<string> = new Set([
  'COMPLETED',
  'PARTIALLY_REFUNDED',
  'REFUNDED',
  'PENDING',
  'DECLINED',
  'FAILED',
]);

const AUTHORIZATION_STATUSES: ReadonlySet<string> = new Set([
  'CREATED',
  'PARTIALLY_CAPTURED',
  'CAPTURED',
  'PENDING',
  'DENIED',
  'VOIDED',
]);

const ORDER_STATUSES: ReadonlySet<string> = new Set([
  'CREATED',
  'SAVED',
  'APPROVED',
  'PAYER_ACTION_REQUIRED',
  'COMPLETED',
  'VOIDED',
]);

/**
 * An approval promises money and takes none: to the order it is an authorization, which it captures itself. Where money
 * is to be held, PayPal has to be asked to hold it first, so that the approval alone is nothing yet.
 */
export function statusOf(order: PayPalOrder): SnapshotStatus {
  const captures = capturesOf(order);
  const authorization = authorizationOf(order);
  if (heldOf(order) !== undefined) return 'authorized';
  if (captures.some(({ status }) => status === 'PENDING')) return 'pending';
  if (captures.some(isCaptured)) return authorization?.status === 'VOIDED' ? 'voided' : 'captured';
  if (authorization !== undefined) return statusOfAuthorization(authorization);
  if (captures.length > 0)
    return captures.every(({ status }) => CAPTURE_STATUSES.has(status)) ? 'failed' : 'created';
  return statusOfUnpaid(order);
}

function statusOfAuthorization({ status, expirationTime }: PayPalAuthorization): SnapshotStatus {
  switch (status) {
    case 'PENDING':
      return 'pending';
    case 'DENIED':
    // All that was captured of it was declined.
    case 'CAPTURED':
      return 'failed';
    case 'VOIDED':
      // PayPal calls one that has lapsed VOIDED as well.
      return Date.parse(expirationTime ?? '') <= Date.now() ? 'expired' : 'voided';
    default:
      return 'created';
  }
}

function statusOfUnpaid(order: PayPalOrder): SnapshotStatus {
  const { ending } = markOf(unitOf(order).customId);
  if (ending === 'declined') return 'failed';
  if (ending === 'voided' || order.status === 'VOIDED') return 'voided';
  return order.status === 'APPROVED' && order.intent === 'CAPTURE' ? 'authorized' : 'created';
}

export function snapshotOf(
  order: PayPalOrder,
  disputes: readonly PayPalDispute[],
  more: readonly string[] = [],
): GatewayPayment {
  const { id: paymentId } = order;
  const { amount, customId } = unitOf(order);
  const { orderId, installationId } = markOf(customId);
  const captures = capturesOf(order);
  const authorization = authorizationOf(order);
  const expiresAt = expiryOf(heldOf(order));
  const unknown = [...unknownOf(order, disputes), ...more];
  const aliases = [...captures, ...(authorization === undefined ? [] : [authorization])];
  return {
    paymentId,
    aliases: aliases.map((part) => part.id),
    orderId,
    installationId,
    status: statusOf(order),
    amountMinor: minorOf(amount),
    currency: amount.currencyCode,
    captures: captures.filter(isCaptured).map(captureSnapshotOf),
    refunds: refundsOf(order).flatMap((refund) => refundSnapshotOf(refund, paymentId) ?? []),
    disputes: disputes
      .filter((dispute) => isOfCurrency(dispute, amount.currencyCode))
      .flatMap((dispute) => disputeSnapshotOf(dispute) ?? []),
    ...(expiresAt === null ? {} : { expiresAt }),
    ...(unknown.length === 0 ? {} : { unknown }),
  };
}

/** Until when PayPal holds the money; it vouches for it for the first three days alone. */
function expiryOf(held: PayPalAuthorization | undefined): number | null {
  const at = Date.parse(held?.expirationTime ?? '');
  return Number.isNaN(at) ? null : at;
}

function captureSnapshotOf({ id: captureId, amount }: PayPalCapture): CaptureSnapshot {
  return { captureId, amountMinor: minorOf(amount), reversed: false };
}

function unknownOf(order: PayPalOrder, disputes: readonly PayPalDispute[]): string[] {
  const strange = (
    kind: string,
    parts: readonly { id: string; status: string }[],
    isKnown: (status: string) => boolean,
  ): string[] =>
    parts
      .filter(({ status }) => !isKnown(status))
      .map((part) => `the status ${named(part.status)} of the ${kind} ${part.id}`);
  const authorization = authorizationOf(order);
  return [
    ...(ORDER_STATUSES.has(order.status) ? [] : [`the payment's status ${named(order.status)}`]),
    ...strange('capture', capturesOf(order), (status) => CAPTURE_STATUSES.has(status)),
    ...strange('authorization', authorization === undefined ? [] : [authorization], (status) =>
      AUTHORIZATION_STATUSES.has(status),
    ),
    ...strange('refund', refundsOf(order), (status) => REFUND_STATUS.has(status)),
    ...disputes
      .filter((dispute) => disputeStatusOf(dispute) === null)
      .map((dispute) => `the outcome of the dispute ${dispute.dispute_id}`),
    ...disputes
      .filter((dispute) => !isOfCurrency(dispute, unitOf(order).amount.currencyCode))
      .map((dispute) => `the currency of the dispute ${dispute.dispute_id}`),
  ];
}

const REFUND_STATUS: ReadonlyMap<string, RefundStatus> = new Map([
  ['COMPLETED', 'succeeded'],
  ['PENDING', 'pending'],
  ['FAILED', 'failed'],
  ['CANCELLED', 'failed'],
] as const);

/** Null for a refund whose status is not known. */
export function refundSnapshotOf(refund: PayPalRefund, paymentId: string): RefundSnapshot | null {
  const status = REFUND_STATUS.get(refund.status);
  if (status === undefined) return null;
  const { id: refundId, amount } = refund;
  return {
    refundId,
    paymentId,
    amountMinor: minorOf(amount),
    currency: amount.currencyCode,
    status,
  };
}

/** The capture that a refund is of: the last part of the address of its `up` link. */
export function captureIdOf({ links }: Pick<PayPalRefund, 'links'>): string | null {
  const up = links?.find(({ rel }) => rel === 'up')?.href ?? '';
  return /\/captures\/([A-Za-z0-9-]+)$/.exec(up)?.[1] ?? null;
}

/** What the outcome of a dispute did to the money of the shop; that it is RESOLVED says nothing of it. */
const OUTCOME: ReadonlyMap<string, DisputeStatus> = new Map([
  ['RESOLVED_BUYER_FAVOUR', 'lost'],
  ['RESOLVED_SELLER_FAVOUR', 'won'],
  // PayPal pays: buyer and shop both keep the money.
  ['RESOLVED_WITH_PAYOUT', 'won'],
  ['CANCELED_BY_BUYER', 'won'],
  ['ACCEPTED', 'lost'],
  ['DENIED', 'won'],
  // Another dispute of the same transaction has taken its place.
  ['NONE', 'won'],
] as const);

const RESOLVED = 'RESOLVED';
const IN_DISPUTE: ReadonlySet<string> = new Set(['CHARGEBACK', 'PRE_ARBITRATION', 'ARBITRATION']);

function isResolved({ status }: PayPalDispute): boolean {
  return status === RESOLVED;
}

/** Null for an outcome or a stage that is not known. */
export function disputeStatusOf(dispute: PayPalDispute): DisputeStatus | null {
  const { dispute_life_cycle_stage: stage, dispute_outcome: outcome } = dispute;
  if (isResolved(dispute)) return OUTCOME.get(outcome?.outcome_code ?? '') ?? null;
  if (stage === 'INQUIRY') return 'inquiry';
  return IN_DISPUTE.has(stage ?? '') ? 'opened' : null;
}

/** PayPal documents it to be of the transaction's: an amount of another would be read as many times too much. */
function isOfCurrency({ dispute_amount: amount }: PayPalDispute, currency: string): boolean {
  return amount.currency_code === currency;
}

function disputeSnapshotOf(dispute: PayPalDispute): GatewayPayment['disputes'][number] | null {
  const status = disputeStatusOf(dispute);
  if (status === null) return null;
  const { currency_code: currencyCode, value } = dispute.dispute_amount;
  const respondBy =
    dispute.status === 'WAITING_FOR_SELLER_RESPONSE'
      ? Date.parse(dispute.seller_response_due_date ?? '')
      : Number.NaN;
  return {
    disputeId: dispute.dispute_id,
    amountMinor: minorOf({ currencyCode, value }),
    status,
    ...(Number.isNaN(respondBy) ? {} : { respondBy }),
  };
}
