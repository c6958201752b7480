/**
 * What Razorpay's API and webhooks send, as schemas with only the fields that we need. Whatever else is
 * in there is dropped here and never reaches an order.
 */
import { z } from 'zod';

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
