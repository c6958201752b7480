/** What an order is made of, as a caller sends it. */
import { z } from 'zod';
import {
  currency,
  customerId,
  orderAmount,
  orderId,
  positiveInteger,
  text,
} from '../http/request-schemas.ts';
import { checkLineFields, lineFields } from './line-items.ts';

/** As many as Stripe takes; metadata is for references, not for documents. */
const MAX_METADATA_KEYS = 50;
/** A year; an order that waits longer for money should be a new one. */
export const MAX_EXPIRY_S = 365 * 24 * 3600;

const MAX_NAME_LENGTH = 200;
const MAX_LINE_LENGTH = 200;
const MAX_PLACE_LENGTH = 100;
const MAX_POSTAL_CODE_LENGTH = 20;
const PHONE = /^\+?[0-9][0-9 ()./-]{2,31}$/;

export const addressSchema = z
  .strictObject({
    line1: text(MAX_LINE_LENGTH),
    line2: text(MAX_LINE_LENGTH).optional(),
    city: text(MAX_PLACE_LENGTH).optional(),
    state: text(MAX_PLACE_LENGTH).optional(),
    postalCode: text(MAX_POSTAL_CODE_LENGTH).optional(),
    country: z
      .string()
      .regex(/^[A-Z]{2}$/, 'must be two upper-case letters of ISO 3166-1, such as IN')
      .meta({ example: 'IN' }),
  })
  .meta({ id: 'Address' });

export const shippingSchema = z
  .strictObject({
    name: text(MAX_NAME_LENGTH),
    address: addressSchema,
    phone: z
      .string()
      .regex(PHONE, 'must be a phone number of 3 to 32 characters, such as +91 22 1234 5678')
      .optional(),
  })
  .meta({ id: 'Shipping' });

export const newOrderSchema = z
  .strictObject({
    id: orderId,
    amount: orderAmount,
    currency,
    gateway: text(32).meta({ example: 'sandbox' }),
    customer: z.strictObject({
      id: customerId,
      email: z.email('must be an e-mail address').optional(),
      name: text(MAX_NAME_LENGTH).optional(),
      address: addressSchema.optional(),
    }),
    shipping: shippingSchema.optional().meta({
      description:
        'Where the goods go. Sent to the gateway, like the description and the customer.',
    }),
    description: text(500).optional(),
    ...lineFields,
    metadata: z
      .record(text(40), text(500))
      .refine(
        (entries) => Object.keys(entries).length <= MAX_METADATA_KEYS,
        `must have at most ${MAX_METADATA_KEYS} keys`,
      )
      .optional(),
    capture: z.enum(['automatic', 'manual'], 'must be automatic or manual').optional().meta({
      description:
        '`automatic` where it is left out. `manual`: what the customer authorizes waits for `POST /v1/orders/{id}/captures` or `…/void`, for as long as the gateway holds it.',
    }),
    expiresIn: positiveInteger
      .max(MAX_EXPIRY_S, `must be at most ${MAX_EXPIRY_S} seconds`)
      .optional()
      .meta({ description: 'Seconds until an unpaid order fails.' }),
    pay: z.literal(true, 'must be true, or left out').optional().meta({
      description:
        'Opens the first payment attempt as well, as `POST /v1/orders/{id}/payments` does: the answer has it in `payments`. A repeat opens no other.',
    }),
  })
  .superRefine(checkLineFields)
  .meta({ id: 'NewOrder' });

export type NewOrderBody = z.infer<typeof newOrderSchema>;
