/**
 * A Razorpay order with its payments, in the domain's words. The order is the domain's payment, under
 * the order's id; each captured payment of it is one capture, under the payment's id.
 */
import type {
  DisputeStatus,
  RefundSnapshot,
  RefundStatus,
  SnapshotStatus,
} from '../../domain/facts.ts';
import { type GatewayPayment, INSTALLATION_FIELD } from '../gateway.ts';
import type {
  RazorpayDispute,
  RazorpayOrder,
  RazorpayPayment,
  RazorpayRefund,
} from './payloads.ts';

/** The note that names our order. Notes of an order are set by our key alone, never by a checkout. */
export const ORDER_NOTE = 'orderId';
/** The note that says which of Razorpay's two worlds an order was made in. */
export const MODE_NOTE = 'mode';
/** Razorpay has no void: this note is how an order that we have given up is known as such. */
export const VOIDED_NOTE = 'voided';

export interface OrderTruth {
  order: RazorpayOrder;
  payments: RazorpayPayment[];
  refunds: RazorpayRefund[];
  disputes: RazorpayDispute[];
}

export function snapshotOf({ order, payments, refunds, disputes }: OrderTruth): GatewayPayment {
  const authorized = payments.find(({ status }) => status === 'authorized');
  return {
    paymentId: order.id,
    orderId: noteOf(order, ORDER_NOTE),
    installationId: noteOf(order, INSTALLATION_FIELD),
    status: statusOf(order, payments),
    amountMinor: authorized?.amount ?? order.amount,
    currency: order.currency,
    captures: payments
      .filter(isCaptured)
      .map(({ id, amount }) => ({ captureId: id, amountMinor: amount, reversed: false })),
    refunds: refunds.map((refund) => refundSnapshotOf(refund, order.id)),
    disputes: disputes.map((dispute) => ({
      disputeId: dispute.id,
      amountMinor: dispute.amount,
      status: disputeStatusOf(dispute),
    })),
  };
}

/** A note of an order that is a text; null where it is absent or something else. */
export function noteOf({ notes }: Pick<RazorpayOrder, 'notes'>, name: string): string | null {
  const note = notes[name];
  return typeof note === 'string' && note !== '' ? note : null;
}

/** Was the money ours? One that went back without having been captured never was. */
export function isCaptured({ status, captured }: RazorpayPayment): boolean {
  return status === 'captured' || (status === 'refunded' && captured);
}

/**
 * A failed payment ends nothing: the customer may pay the same order again, and Razorpay sees to it
 * that only one payment succeeds. One under way is not told either, as it may fail and leave an order
 * that waits for a first payment once more.
 */
function statusOf(order: RazorpayOrder, payments: RazorpayPayment[]): SnapshotStatus {
  if (payments.some(isCaptured)) return 'captured';
  if (order.notes[VOIDED_NOTE] !== undefined) return 'voided';
  if (payments.some(({ status }) => status === 'authorized')) return 'authorized';
  // An authorization that nobody captured in time was sent back: what was promised once is off.
  return payments.some(({ status }) => status === 'refunded') ? 'failed' : 'created';
}

export function refundSnapshotOf(refund: RazorpayRefund, orderId: string): RefundSnapshot {
  const { id, amount, currency, status } = refund;
  return {
    refundId: id,
    paymentId: orderId,
    amountMinor: amount,
    currency,
    status: refundStatusOf(status),
  };
}

export function refundStatusOf(status: RazorpayRefund['status']): RefundStatus {
  return status === 'processed' ? 'succeeded' : status;
}

/** Phases in which a bank only asks, and takes no money yet. */
const INQUIRIES: ReadonlySet<string> = new Set(['fraud', 'retrieval']);

export function disputeStatusOf({
  status,
  phase,
  amount_deducted,
}: RazorpayDispute): DisputeStatus {
  switch (status) {
    case 'won':
    case 'lost':
      return status;
    case 'closed':
      return amount_deducted > 0 ? 'lost' : 'won';
    case 'open':
    case 'under_review':
    case 'action_required':
      return INQUIRIES.has(phase) ? 'inquiry' : 'opened';
  }
}
