/** What an order is made of, as a caller sends it. */
import { z } from 'zod';
import {
  currency,
  customerId,
  orderAmount,
  orderId,
  positiveInteger,
  text,
} from './request-schemas.ts';

/** As many as Stripe takes; metadata is for references, not for documents. */
const MAX_METADATA_KEYS = 50;
/** A year; whoever waits longer for money wants a new order. */
const MAX_EXPIRY_S = 365 * 24 * 3600;

export const newOrderSchema = z
  .strictObject({
    id: orderId,
    amount: orderAmount,
    currency,
    gateway: text(32).meta({ example: 'sandbox' }),
    customer: z.strictObject({
      id: customerId,
      email: z.email('must be an e-mail address').optional(),
    }),
    description: text(500).optional(),
    metadata: z
      .record(text(40), text(500))
      .refine(
        (entries) => Object.keys(entries).length <= MAX_METADATA_KEYS,
        `must have at most ${MAX_METADATA_KEYS} keys`,
      )
      .optional(),
    expiresIn: positiveInteger
      .max(MAX_EXPIRY_S, `must be at most ${MAX_EXPIRY_S} seconds`)
      .optional()
      .meta({ description: 'Seconds until an unpaid order fails.' }),
  })
  .meta({ id: 'NewOrder' });

export type NewOrderBody = z.infer<typeof newOrderSchema>;
