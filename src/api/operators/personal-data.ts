/** A customer's personal data: what is known, a correction, and the end of it (GDPR, Articles 15, 16 and 17). */
import { z } from 'zod';
import { paperNumber } from '../../invoices/papers.ts';
import { listEntitlements } from '../../store/effects/entitlements.ts';
import {
  changesOfCustomer,
  correctEmail,
  eraseCustomer,
  ordersOfCustomer,
  papersOfOrders,
} from '../../store/orders/personal-data.ts';
import { customerId, orderPath } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { pageQuery } from '../openapi/page-query.ts';
import { representEntitlement } from '../orders/entitlements.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { orderAnswer, representOrder } from '../orders/represent-order.ts';
import { requireOrder } from '../orders/submit.ts';
import { Problem } from '../problems/problem.ts';
import {
  changeNote,
  erasureSchema,
  type PersonalData,
  personalDataSchema,
} from './personal-data-schemas.ts';

/** The longest that RFC 5321 can deliver to. */
const MAX_EMAIL_LENGTH = 254;

const customerPath = z.strictObject({ id: customerId });
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
          .map(({ orderId: _orderId, issuedAt, number, printed, ...paper }) => ({
            ...paper,
            number: paperNumber({ kind: paper.kind, number, printed }),
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
    note: changeNote,
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

export const eraseCustomerData = defineRoute({
  operationId: 'eraseCustomer',
  method: 'post',
  path: '/v1/customers/{id}/erasure',
  scope: 'ops',
  summary: "Erase a customer's personal data; books and papers keep what the law requires",
  params: customerPath,
  body: z.strictObject({ note: changeNote }),
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
