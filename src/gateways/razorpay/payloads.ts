/**
 * What Razorpay's API and webhooks send, as schemas with only the fields that we need, and its mapping to the domain's
 * words. The order is the domain's payment, under the order's id; each captured payment of it is one capture, under the
 * payment's id. Whatever else is sent is dropped here and never reaches an order.
 */
import { z } from 'zod';
import type {
  CaptureSnapshot,
  DisputeStatus,
  RefundSnapshot,
  RefundStatus,
  SnapshotStatus,
} from '../../domain/facts/facts.ts';
import { type GatewayPayment, INSTALLATION_FIELD } from '../gateway.ts';
import { named } from '../unknown-word.ts';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);
const amount = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const currency = z.string().regex(/^[A-Z]{3}$/);

/** Razorpay sends `[]` where there are no notes, and an object where there are some. */
const notes = z
  .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
  .nullish()
  .transform((given) =>
    given === null || given === undefined || Array.isArray(given) ? {} : given,
  );

export const orderSchema = z.object({
  id,
  amount,
  currency,
  receipt: z.string().nullable(),
  notes,
  status: z.string().nullish(),
  amount_due: z.number().int().nonnegative().nullish(),
});

export const paymentSchema = z.object({
  id,
  amount,
  currency,
  status: z.string(),
  /** Null where the payment was made without an order: such a payment is none of ours. */
  order_id: id.nullable(),
  captured: z.boolean(),
  created_at: z.number().int(),
});

export const refundSchema = z.object({
  id,
  payment_id: id,
  amount,
  currency,
  status: z.string(),
  receipt: z.string().nullish(),
});

export const disputeSchema = z.object({
  id,
  payment_id: id,
  amount,
  currency,
  amount_deducted: z.number().int().nonnegative(),
  status: z.string(),
  phase: z.string(),
  /** Unix seconds. */
  respond_by: z.number().int().nonnegative().nullish().catch(null),
});

export function collectionOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item) });
}

/** Statuses that are not known mean nothing to an order; they are named to operators, and the rest counts. */
export const PAYMENT_STATUSES: ReadonlySet<string> = new Set([
  'created',
  'pending',
  'authorized',
  'captured',
  'refunded',
  'failed',
]);

/** Webhooks wrap every entity once more, and always bring the payment along. */
const entity = <T extends z.ZodType>(schema: T) => z.object({ entity: schema });

export const paymentEvent = z.object({ payload: z.object({ payment: entity(paymentSchema) }) });
export const orderEvent = z.object({
  payload: z.object({ payment: entity(paymentSchema), order: entity(orderSchema) }),
});
export const refundEvent = z.object({
  payload: z.object({ payment: entity(paymentSchema), refund: entity(refundSchema) }),
});
export const disputeEvent = z.object({
  payload: z.object({ payment: entity(paymentSchema), dispute: entity(disputeSchema) }),
});

export type RazorpayOrder = z.infer<typeof orderSchema>;
export type RazorpayPayment = z.infer<typeof paymentSchema>;
export type RazorpayRefund = z.infer<typeof refundSchema>;
export type RazorpayDispute = z.infer<typeof disputeSchema>;

/** The note that names our order. Notes of an order are set by our key alone, never by a checkout. */
export const ORDER_NOTE = 'orderId';
/** The note that says which of Razorpay's two worlds an order was made in. */
export const MODE_NOTE = 'mode';
/** Razorpay has no void: this note is how an order that we have given up is known as such. */
export const VOIDED_NOTE = 'voided';

export interface OrderContents {
  order: RazorpayOrder;
  payments: RazorpayPayment[];
  refunds: RazorpayRefund[];
  disputes: RazorpayDispute[];
}

export function snapshotOf({ order, payments, refunds, disputes }: OrderContents): GatewayPayment {
  const authorized = payments.find(({ status }) => status === 'authorized');
  const captures = payments.filter(isCaptured).map((payment) => captureOf(order, payment));
  const discountMinor = discountOf(order, captures);
  const unknown = unknownOf({ order, payments, refunds, disputes });
  return {
    paymentId: order.id,
    orderId: noteOf(order, ORDER_NOTE),
    installationId: noteOf(order, INSTALLATION_FIELD),
    status: statusOf(order, payments),
    amountMinor: Math.min(authorized?.amount ?? order.amount, order.amount),
    currency: order.currency,
    captures,
    refunds: refunds.flatMap((refund) => refundSnapshotOf(refund, order.id) ?? []),
    disputes: disputes.flatMap((dispute) => {
      const status = disputeStatusOf(dispute);
      return status === null
        ? []
        : [
            {
              ...{ disputeId: dispute.id, amountMinor: dispute.amount, status },
              ...respondByOf(dispute),
            },
          ];
    }),
    ...(discountMinor > 0 ? { discountMinor } : {}),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}

/** A note of an order that is a text; null where it is absent or something else. */
export function noteOf({ notes }: Pick<RazorpayOrder, 'notes'>, name: string): string | null {
  const note = notes[name];
  return typeof note === 'string' && note !== '' ? note : null;
}

/** Razorpay takes nothing else for an order than its amount: what is above is the fee that the customer bears. */
function captureOf(order: RazorpayOrder, { id, amount }: RazorpayPayment): CaptureSnapshot {
  const feeMinor = Math.max(0, amount - order.amount);
  const capture = { captureId: id, amountMinor: amount - feeMinor, reversed: false };
  return feeMinor > 0 ? { ...capture, feeMinor } : capture;
}

/** Paid with nothing due, and less came: an offer of the customer's bank made up for the rest. */
function discountOf({ status, amount, amount_due }: RazorpayOrder, captures: CaptureSnapshot[]) {
  if (status !== 'paid' || amount_due !== 0 || captures.length === 0) return 0;
  return captures.reduce((left, { amountMinor }) => left - amountMinor, amount);
}

function unknownOf({ payments, refunds, disputes }: OrderContents): string[] {
  const described = (kind: string, { id, status }: { id: string; status: string }): string =>
    `the status ${named(status)} of the ${kind} ${id}`;
  return [
    ...payments
      .filter(({ status }) => !PAYMENT_STATUSES.has(status))
      .map((payment) => described('payment', payment)),
    ...refunds
      .filter(({ status }) => refundStatusOf(status) === null)
      .map((refund) => described('refund', refund)),
    ...disputes
      .filter((dispute) => disputeStatusOf(dispute) === null)
      .map((dispute) => described('dispute', dispute)),
  ];
}

/** Was the money ours? One that went back without having been captured never was. */
export function isCaptured({ status, captured }: RazorpayPayment): boolean {
  return status === 'captured' || (status === 'refunded' && captured);
}

/**
 * A failed payment ends nothing: the customer may pay the same order again, and Razorpay sees to it
 * that only one payment succeeds. One under way is not reported either, as it may fail and leave an order
 * that waits for a first payment once more. `pending` is another matter: the customer has promised to pay
 * on delivery, days from now.
 */
function statusOf(order: RazorpayOrder, payments: RazorpayPayment[]): SnapshotStatus {
  if (payments.some(isCaptured)) return 'captured';
  if (order.notes[VOIDED_NOTE] !== undefined) return 'voided';
  if (payments.some(({ status }) => status === 'authorized')) return 'authorized';
  if (payments.some(({ status }) => status === 'pending')) return 'pending';
  // An authorization that was not captured in time was sent back.
  return payments.some(({ status }) => status === 'refunded') ? 'failed' : 'created';
}

/** Null for a refund whose status is not known. */
export function refundSnapshotOf(refund: RazorpayRefund, orderId: string): RefundSnapshot | null {
  const { id, amount, currency } = refund;
  const status = refundStatusOf(refund.status);
  if (status === null) return null;
  return { refundId: id, paymentId: orderId, amountMinor: amount, currency, status };
}

/** Null for a status that is not known: what it means is not guessed at. */
export function refundStatusOf(status: string): RefundStatus | null {
  switch (status) {
    case 'processed':
      return 'succeeded';
    case 'pending':
    case 'failed':
      return status;
    default:
      return null;
  }
}

/** Phases in which a bank only asks, and takes no money yet. */
const INQUIRIES: ReadonlySet<string> = new Set(['fraud', 'retrieval']);

export function disputeStatusOf({
  status,
  phase,
  amount_deducted,
}: RazorpayDispute): DisputeStatus | null {
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
    default:
      return null;
  }
}

/** Until when the shop may answer, as a fact and a snapshot have it; what is under review was answered. */
export function respondByOf({ status, respond_by }: RazorpayDispute): { respondBy?: number } {
  const isAwaited = status === 'open' || status === 'action_required';
  return isAwaited && respond_by != null && respond_by > 0 ? { respondBy: respond_by * 1_000 } : {};
}
