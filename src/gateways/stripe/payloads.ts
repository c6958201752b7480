/**
 * The fields of Stripe's objects that we live by, the same in webhooks and in answers, and what they
 * mean in the domain's words. A status that is not listed here is not guessed at: it is named, and the rest
 * counts.
 */
import { z } from 'zod';
import type {
  DisputeStatus,
  RefundSnapshot,
  RefundStatus,
  SnapshotStatus,
} from '../../domain/facts/facts.ts';
import { type GatewayPayment, INSTALLATION_FIELD } from '../gateway.ts';
import { named } from '../unknown-word.ts';
import { fromStripeAmount } from './amounts.ts';

const id = z.string().regex(/^[A-Za-z0-9_]{1,255}$/);
const amount = z.number().int().positive();
const currency = z
  .string()
  .regex(/^[a-z]{3}$/)
  .transform((code) => code.toUpperCase());
const metadata = z.record(z.string(), z.string()).nullish();

export const paymentIntentSchema = z.object({
  id,
  amount,
  amount_received: z.number().int().nonnegative(),
  currency,
  status: z.string(),
  /** What the customer has to do: a type of its own, and under that name what there is to know of it. */
  next_action: z.looseObject({ type: z.string() }).nullish().catch(null),
  cancellation_reason: z.string().nullish(),
  last_payment_error: z.looseObject({}).nullish(),
  /** Its id alone where it was not asked for; of the whole, until when a card's money is held, in Unix seconds. */
  latest_charge: z
    .object({
      payment_method_details: z.object({
        card: z.object({ capture_before: z.number().int().positive() }),
      }),
    })
    .nullish()
    .catch(null),
  metadata,
});

/** `payment_intent` is null where money came by another way than a PaymentIntent. */
export const refundSchema = z.object({
  id,
  amount,
  currency,
  status: z.string(),
  payment_intent: id.nullable(),
  metadata,
});

export const disputeSchema = z.object({
  id,
  amount,
  currency,
  status: z.string(),
  payment_intent: id.nullable(),
  /** Unix seconds; 0 where the bank takes no answer. */
  evidence_details: z
    .object({ due_by: z.number().int().nonnegative().nullish() })
    .nullish()
    .catch(null),
});

export const chargeSchema = z.object({ payment_intent: id.nullable(), metadata });

export type PaymentIntent = z.infer<typeof paymentIntentSchema>;
export type Refund = z.infer<typeof refundSchema>;
export type Dispute = z.infer<typeof disputeSchema>;

/** The order that an object of ours names; null for an object of other software. */
export function orderIdOf(object: { metadata?: z.infer<typeof metadata> }): string | null {
  return object.metadata?.orderId || null;
}

/** The installation that made an object; null for an object of other software, or from before it was kept. */
export function installationIdOf(object: { metadata?: z.infer<typeof metadata> }): string | null {
  return object.metadata?.[INSTALLATION_FIELD] || null;
}

/**
 * While the customer is being asked to authenticate or to try another card, no money is in flight: that
 * is `created` or `failed`, and either may still turn into a capture. A customer who holds a voucher or the
 * account number for a transfer may pay it for days: that is `pending`. A status that is not known tells
 * nothing, as a payment that was only created.
 */
export function statusOf(intent: PaymentIntent): SnapshotStatus {
  switch (intent.status) {
    case 'requires_payment_method':
      return intent.last_payment_error == null ? 'created' : 'failed';
    case 'requires_action':
      return awaitsTransfer(intent) ? 'pending' : 'created';
    case 'processing':
      return 'pending';
    case 'requires_capture':
      return 'authorized';
    case 'succeeded':
      return 'captured';
    case 'canceled':
      return endOf(intent);
    default:
      return 'created';
  }
}

const KNOWN_STATUSES: ReadonlySet<string> = new Set([
  'requires_payment_method',
  'requires_confirmation',
  'requires_action',
  'processing',
  'requires_capture',
  'succeeded',
  'canceled',
]);

/** A voucher (boleto, OXXO, konbini, Multibanco) or the account number for a bank transfer. */
const TRANSFERS = /_display_details$|^display_bank_transfer_instructions$/;

/** Has the customer been given something to pay by in their own time, at a till or at their bank? */
export function awaitsTransfer({ status, next_action }: PaymentIntent): boolean {
  return status === 'requires_action' && TRANSFERS.test(next_action?.type ?? '');
}

/** Stripe calls it `expires_after` or `expires_at`, in seconds; a bank transfer has no end. */
const expirySchema = z.object({
  expires_after: z.number().int().positive().nullish(),
  expires_at: z.number().int().positive().nullish(),
});

function expiryOf(intent: PaymentIntent): number | undefined {
  const { next_action: action, latest_charge: charge } = intent;
  if (intent.status === 'requires_capture')
    return charge == null ? undefined : charge.payment_method_details.card.capture_before * 1_000;
  if (!awaitsTransfer(intent) || action == null) return undefined;
  const read = expirySchema.safeParse(action[action.type]);
  const expiresS = read.success ? (read.data.expires_after ?? read.data.expires_at) : undefined;
  return expiresS == null ? undefined : expiresS * 1_000;
}

/** Stripe itself ends authorizations that were not captured in time; everything else was requested. */
export function endOf({ cancellation_reason: reason }: PaymentIntent): 'expired' | 'voided' {
  return reason === 'expired' || reason === 'automatic' ? 'expired' : 'voided';
}

/** A canceled refund never left, so it is a failed one. */
const REFUND_STATUS: Readonly<Record<string, RefundStatus>> = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
};

/** A warning takes no money and may end without any; an appeal keeps the question open. */
const DISPUTE_STATUS: Readonly<Record<string, DisputeStatus>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  warning_closed: 'won',
  needs_response: 'opened',
  under_review: 'opened',
  appeal_needs_response: 'opened',
  appeal_under_review: 'opened',
  won: 'won',
  prevented: 'won',
  lost: 'lost',
};

/** Null for a status that is not known: what it means is not guessed at. */
export function refundStatusOf({ status }: Refund): RefundStatus | null {
  return Object.hasOwn(REFUND_STATUS, status) ? (REFUND_STATUS[status] ?? null) : null;
}

export function disputeStatusOf({ status }: Dispute): DisputeStatus | null {
  return Object.hasOwn(DISPUTE_STATUS, status) ? (DISPUTE_STATUS[status] ?? null) : null;
}

/** Statuses in which Stripe waits for the shop's evidence; in review, what was sent is all that counts. */
const AWAITS_ANSWER = /(^|_)needs_response$/;

/** Until when the shop may answer, as a fact and a snapshot have it. */
export function respondByOf({ status, evidence_details }: Dispute): { respondBy?: number } {
  const dueS = evidence_details?.due_by ?? 0;
  return AWAITS_ANSWER.test(status) && dueS > 0 ? { respondBy: dueS * 1_000 } : {};
}

/** A payment's refunds or disputes: those that can be read, and of the others what is not known. */
export interface Listed<T> {
  items: T[];
  unknown: string[];
}

export const NONE_LISTED: Listed<never> = { items: [], unknown: [] };

export function snapshotOf(
  intent: PaymentIntent,
  refunds: Listed<Refund>,
  disputes: Listed<Dispute>,
): GatewayPayment {
  const { id: paymentId, currency } = intent;
  const status = statusOf(intent);
  const expiresAt = expiryOf(intent);
  const unknown = [...unknownOf(intent), ...refunds.unknown, ...disputes.unknown];
  return {
    paymentId,
    orderId: orderIdOf(intent),
    installationId: installationIdOf(intent),
    status,
    amountMinor: fromStripeAmount(intent.amount, currency),
    currency,
    captures: status === 'captured' ? [captureOf(intent)] : [],
    refunds: refunds.items.flatMap((refund) => refundSnapshotOf(refund, paymentId) ?? []),
    disputes: disputes.items.flatMap((dispute) => disputeSnapshotOf(dispute) ?? []),
    ...(expiresAt === undefined ? {} : { expiresAt }),
    ...(unknown.length === 0 ? {} : { unknown }),
  };
}

function unknownOf({ status }: PaymentIntent): string[] {
  return KNOWN_STATUSES.has(status) ? [] : [`the payment's status ${named(status)}`];
}

function disputeSnapshotOf(dispute: Dispute): GatewayPayment['disputes'][number] | null {
  const status = disputeStatusOf(dispute);
  if (status === null) return null;
  const { id: disputeId, amount: given, currency: code } = dispute;
  const amountMinor = fromStripeAmount(given, code);
  return { disputeId, amountMinor, status, ...respondByOf(dispute) };
}

/** A PaymentIntent is captured once, so its own id names the capture, in webhooks as in answers. */
function captureOf(intent: PaymentIntent): GatewayPayment['captures'][number] {
  const amountMinor = fromStripeAmount(intent.amount_received, intent.currency);
  return { captureId: intent.id, amountMinor, reversed: false };
}

/** Null for a refund whose status is not known. */
export function refundSnapshotOf(refund: Refund, paymentId: string): RefundSnapshot | null {
  const { id: refundId, currency } = refund;
  const status = refundStatusOf(refund);
  if (status === null) return null;
  const amountMinor = fromStripeAmount(refund.amount, currency);
  return { refundId, paymentId, amountMinor, currency, status };
}
