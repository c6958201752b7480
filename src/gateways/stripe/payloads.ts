/**
 * The fields of Stripe's objects that we live by, the same in webhooks and in answers, and what they
 * mean in the domain's words. A status that is not listed here is not guessed at.
 */
import { z } from 'zod';
import type {
  DisputeStatus,
  RefundSnapshot,
  RefundStatus,
  SnapshotStatus,
} from '../../domain/facts.ts';
import { type GatewayPayment, INSTALLATION_FIELD } from '../gateway.ts';
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
  status: z.enum([
    'requires_payment_method',
    'requires_confirmation',
    'requires_action',
    'processing',
    'requires_capture',
    'succeeded',
    'canceled',
  ]),
  cancellation_reason: z.string().nullish(),
  last_payment_error: z.looseObject({}).nullish(),
  metadata,
});

/** `payment_intent` is null where money came by another way than a PaymentIntent. */
export const refundSchema = z.object({
  id,
  amount,
  currency,
  status: z.enum(['pending', 'requires_action', 'succeeded', 'failed', 'canceled']),
  payment_intent: id.nullable(),
  metadata,
});

export const disputeSchema = z.object({
  id,
  amount,
  currency,
  status: z.enum([
    'warning_needs_response',
    'warning_under_review',
    'warning_closed',
    'needs_response',
    'under_review',
    'appeal_needs_response',
    'appeal_under_review',
    'won',
    'lost',
    'prevented',
  ]),
  payment_intent: id.nullable(),
});

export const chargeSchema = z.object({ payment_intent: id.nullable(), metadata });

export type PaymentIntent = z.infer<typeof paymentIntentSchema>;
export type Refund = z.infer<typeof refundSchema>;
export type Dispute = z.infer<typeof disputeSchema>;

/** The order that an object of ours names; null for an object that somebody else has made. */
export function orderIdOf(object: { metadata?: z.infer<typeof metadata> }): string | null {
  return object.metadata?.orderId || null;
}

/** The installation that made an object; null for an object of other software, or from before it was kept. */
export function installationIdOf(object: { metadata?: z.infer<typeof metadata> }): string | null {
  return object.metadata?.[INSTALLATION_FIELD] || null;
}

/**
 * While the customer is being asked to authenticate or to try another card, no money is in flight: that
 * is `created` or `failed`, and either may still turn into a capture.
 */
export function statusOf(intent: PaymentIntent): SnapshotStatus {
  switch (intent.status) {
    case 'requires_payment_method':
      return intent.last_payment_error == null ? 'created' : 'failed';
    case 'requires_confirmation':
    case 'requires_action':
      return 'created';
    case 'processing':
      return 'pending';
    case 'requires_capture':
      return 'authorized';
    case 'succeeded':
      return 'captured';
    case 'canceled':
      return endOf(intent);
  }
}

/** Stripe itself ends authorizations that were not captured in time; everything else somebody asked for. */
export function endOf({ cancellation_reason: reason }: PaymentIntent): 'expired' | 'voided' {
  return reason === 'expired' || reason === 'automatic' ? 'expired' : 'voided';
}

/** A canceled refund never left, so it is a failed one. */
export const REFUND_STATUS: Record<Refund['status'], RefundStatus> = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'failed',
};

/** A warning takes no money and may end without any; an appeal keeps the question open. */
export const DISPUTE_STATUS: Record<Dispute['status'], DisputeStatus> = {
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

export function snapshotOf(
  intent: PaymentIntent,
  refunds: Refund[],
  disputes: Dispute[],
): GatewayPayment {
  const { id: paymentId, currency } = intent;
  const status = statusOf(intent);
  return {
    paymentId,
    orderId: orderIdOf(intent),
    installationId: installationIdOf(intent),
    status,
    amountMinor: fromStripeAmount(intent.amount, currency),
    currency,
    captures: status === 'captured' ? [captureOf(intent)] : [],
    refunds: refunds.map((refund) => refundSnapshotOf(refund, paymentId)),
    disputes: disputes.map((dispute) => ({
      disputeId: dispute.id,
      amountMinor: fromStripeAmount(dispute.amount, dispute.currency),
      status: DISPUTE_STATUS[dispute.status],
    })),
  };
}

/** A PaymentIntent is captured once, so its own id names the capture, in webhooks as in answers. */
function captureOf(intent: PaymentIntent): GatewayPayment['captures'][number] {
  const amountMinor = fromStripeAmount(intent.amount_received, intent.currency);
  return { captureId: intent.id, amountMinor, reversed: false };
}

export function refundSnapshotOf(refund: Refund, paymentId: string): RefundSnapshot {
  const { id: refundId, currency } = refund;
  const amountMinor = fromStripeAmount(refund.amount, currency);
  return { refundId, paymentId, amountMinor, currency, status: REFUND_STATUS[refund.status] };
}
