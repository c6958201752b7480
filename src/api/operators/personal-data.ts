/** A customer's personal data: what is known, a correction, and the end of it (GDPR, Articles 15, 16 and 17). */
import { z } from 'zod';
import { paperNumber } from '../../invoices/papers.ts';
import { listEntitlements } from '../../store/effects/entitlements.ts';
import { PAPER_KINDS } from '../../store/effects/papers.ts';
import {
  changesOfCustomer,
  correctEmail,
  eraseCustomer,
  KEPT_REASONS,
  ordersOfCustomer,
  papersOfOrders,
} from '../../store/orders/personal-data.ts';
import { customerId, orderPath, text } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { pageQuery } from '../openapi/page-query.ts';
import { entitlementSchema, representEntitlement } from '../orders/entitlements.ts';
import { addressSchema } from '../orders/new-order-schema.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { orderAnswer, representOrder } from '../orders/represent-order.ts';
import { requireOrder } from '../orders/submit.ts';
import { Problem } from '../problems/problem.ts';

/** The longest that RFC 5321 can deliver to. */
const MAX_EMAIL_LENGTH = 254;

const customerPath = z.strictObject({ id: customerId });
const note = text(500).meta({
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
          note,
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

export const getPersonalData = defineRoute({
  operationId: 'getPersonalData',
  method: 'get',
  path: '/v1/customers/{id}/personal-data',
  scope: 'ops',
  summary: 'Get what is known of a customer, for the customer who asks for it',
  params: customerPath,
  query: z.strictObject(pageQuery),
  answers: {
    200: { description: 'One page of orders, and what is about none.', schema: personalDataSchema },
  },
  problems: ['customer_not_found', 'query_invalid', 'cursor_invalid'],
  async run({ params: { id }, query }, { database }) {
    const page = await ordersOfCustomer(database, id, query);
    if (page.items.length === 0 && query.cursor === undefined)
      throw new Problem('customer_not_found');
    const [papers, entitlements, changes] = await Promise.all([
      papersOfOrders(
        database,
        page.items.map((order) => order.id),
      ),
      listEntitlements(database, id),
      changesOfCustomer(database, id),
    ]);
    const body: PersonalData = {
      customerId: id,
      orders: page.items.map((order) => ({
        ...representOrder(order),
        papers: papers
          .filter(({ orderId }) => orderId === order.id)
          .map(({ orderId: _orderId, issuedAt, ...paper }) => ({
            ...paper,
            number: paperNumber(paper),
            issuedAt: issuedAt.toISOString(),
          })),
      })),
      entitlements: entitlements.map(representEntitlement),
      changes: changes.map(({ at, finishedAt, ...change }) => ({
        ...change,
        at: at.toISOString(),
        finishedAt: finishedAt?.toISOString() ?? null,
      })),
      nextCursor: page.nextCursor,
    };
    return { status: 200, body };
  },
});

export const correctCustomer = defineRoute({
  operationId: 'correctCustomer',
  method: 'post',
  path: '/v1/orders/{id}/customer',
  scope: 'ops',
  summary: "Correct the customer's e-mail address of an order; papers that were issued keep theirs",
  params: orderPath,
  body: z.strictObject({
    email: z
      .email('must be an e-mail address')
      .max(MAX_EMAIL_LENGTH, `must have at most ${MAX_EMAIL_LENGTH} characters`),
    note,
  }),
  answers: {
    200: { description: 'The order, with the address now or before.', schema: orderSchema },
  },
  problems: ['order_not_found', 'payment_unanswered', 'personal_data_erased'],
  async run({ params: { id }, body, caller }, dependencies) {
    const asked = { orderId: id, ...body, actor: caller.actor };
    const outcome = await correctEmail(dependencies.database, asked);
    if (outcome === 'unanswered') throw new Problem('payment_unanswered');
    if (outcome === 'erased') throw new Problem('personal_data_erased');
    return orderAnswer(200, await requireOrder(dependencies, id));
  },
});

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

export const eraseCustomerData = defineRoute({
  operationId: 'eraseCustomer',
  method: 'post',
  path: '/v1/customers/{id}/erasure',
  scope: 'ops',
  summary: "Erase a customer's personal data; books and papers keep what the law requires",
  params: customerPath,
  body: z.strictObject({ note }),
  answers: {
    200: {
      description: 'Erased now or before; orders that are still needed are erased by themselves.',
      schema: erasureSchema,
    },
  },
  problems: ['customer_not_found'],
  async run({ params: { id }, body, caller }, { database }) {
    const asked = { customerId: id, ...body, actor: caller.actor };
    const erasure = await eraseCustomer(database, asked);
    if (erasure === null) throw new Problem('customer_not_found');
    return { status: 200, body: { customerId: id, ...erasure } };
  },
});
