/** What is answered of a customer's personal data, for the API and the command line. */
import { z } from 'zod';
import { PAPER_KINDS } from '../../store/effects/papers.ts';
import { KEPT_REASONS } from '../../store/orders/personal-data.ts';
import { text } from '../http/request-schemas.ts';
import { entitlementSchema } from '../orders/entitlements.ts';
import { addressSchema } from '../orders/new-order-schema.ts';
import { orderSchema } from '../orders/order-schemas.ts';

export const changeNote = text(500).meta({
  description: 'Why; kept for ever, so without personal data.',
});

export const personalDataSchema = z
  .object({
    customerId: z.string(),
    orders: z
      .array(
        orderSchema.extend({
          papers: z
            .array(
              z.object({
                number: z
                  .string()
                  .meta({ example: 'INV-000042', description: 'As it is printed.' }),
                kind: z.enum(PAPER_KINDS).meta({ description: 'Invoice or credit note.' }),
                email: z.string().nullable().meta({ description: 'As it is printed.' }),
                name: z.string().nullable().meta({ description: 'As it is printed.' }),
                address: addressSchema.nullable(),
                issuedAt: z.iso.datetime().meta({ description: 'When it was issued.' }),
              }),
            )
            .meta({ description: 'What invoices and credit notes print of the customer.' }),
        }),
      )
      .meta({ description: 'The orders of this page, oldest first.' }),
    entitlements: z
      .array(entitlementSchema)
      .meta({ description: 'One for each time that access was granted.' }),
    changes: z
      .array(
        z.object({
          kind: z
            .enum(['correction', 'erasure'])
            .meta({ description: 'Of one address, or of all that was there.' }),
          orderId: z.string().nullable().meta({ description: 'Null for an erasure.' }),
          actor: z.string().meta({
            description: 'Who did it: the name of the API key, or its id where it has none.',
          }),
          note: changeNote,
          at: z.iso.datetime().meta({ description: 'When it was asked for.' }),
          finishedAt: z.iso.datetime().nullable().meta({
            description: 'When all was done; null while orders of an erasure are still needed.',
          }),
        }),
      )
      .meta({ description: 'Who corrected or erased data of the customer, oldest first.' }),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'PersonalData' });

export type PersonalData = z.infer<typeof personalDataSchema>;

export const erasureSchema = z
  .object({
    customerId: z.string(),
    erasedOrders: z.int().meta({ description: 'Orders that are erased by now.' }),
    kept: z
      .array(
        z.object({
          orderId: z.string(),
          reason: z.enum(KEPT_REASONS).meta({
            description:
              'order_open: it is not paid, or its settlement window is not over. needs_review: a review is open or an effect has failed.',
          }),
        }),
      )
      .meta({ description: 'The first orders that are still needed.' }),
    isFinished: z.boolean().meta({ description: 'Whether no order is still needed.' }),
  })
  .meta({ id: 'Erasure' });
