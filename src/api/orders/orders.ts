/** Reads orders from their records. Never asks a workflow: a record is there without any worker. */
import { z } from 'zod';
import { listOrders } from '../../store/orders/find-orders.ts';
import { listEvents } from '../../store/orders/order-events.ts';
import { isNoneMatch } from '../http/request-headers.ts';
import { orderPath } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { findQuery } from '../openapi/find-query.ts';
import { pageQuery } from '../openapi/page-query.ts';
import { orderSchema } from './order-schemas.ts';
import { etagOf, orderAnswer, representOrder } from './represent-order.ts';
import { requireOrder } from './submit.ts';

/** The client may keep it, and must ask whether it still holds. */
const REVALIDATE = { 'cache-control': 'private, no-cache' };

export const getOrder = defineRoute({
  operationId: 'getOrder',
  method: 'get',
  path: '/v1/orders/{id}',
  scope: 'client',
  summary: 'Read an order',
  params: orderPath,
  answers: {
    200: { description: 'The order, with its ETag.', schema: orderSchema },
    304: { description: 'Nothing new since the ETag that If-None-Match names.' },
  },
  problems: ['order_not_found'],
  async run({ params, ifNoneMatch }, dependencies) {
    const order = await requireOrder(dependencies, params.id);
    const headers = { etag: etagOf(order), ...REVALIDATE };
    if (isNoneMatch(ifNoneMatch, headers.etag)) return { status: 304, headers };
    return { ...orderAnswer(200, order), headers };
  },
});

export const getOrders = defineRoute({
  operationId: 'listOrders',
  method: 'get',
  path: '/v1/orders',
  scope: 'support',
  summary: 'Find orders by all that is given, newest first',
  query: findQuery,
  answers: {
    200: {
      description: 'One page.',
      schema: z.object({
        orders: z.array(orderSchema).meta({ description: 'The orders of this page.' }),
        nextCursor: z.string().nullable(),
      }),
    },
  },
  problems: ['query_invalid', 'cursor_invalid'],
  async run({ query }, { database }) {
    const { limit, cursor, amount: amountMinor, ...filter } = query;
    const page = await listOrders(database, { ...filter, amountMinor }, { limit, cursor });
    const { nextCursor } = page;
    return { status: 200, body: { orders: page.orders.map(representOrder), nextCursor } };
  },
});

export const getOrderEvents = defineRoute({
  operationId: 'listOrderEvents',
  method: 'get',
  path: '/v1/orders/{id}/events',
  scope: 'client',
  summary: 'Read what happened to an order, and what became of it',
  params: orderPath,
  query: z.strictObject({
    decisions: z
      .enum(['true', 'false'], 'must be true or false')
      .transform((wanted) => wanted === 'true')
      .optional()
      .meta({ description: 'With true, what somebody decided with a key, and nothing else.' }),
    ...pageQuery,
  }),
  answers: {
    200: {
      description:
        'One page of every input with its outcome, and of runs that were lost, oldest first. `nextCursor` is null on the last one.',
      schema: z.object({
        events: z.array(
          z.object({
            at: z.iso.datetime().meta({ description: 'When it was taken up.' }),
            source: z.string().meta({
              description:
                'From whom it came: webhook, client, operator, gateway, timer or effect; temporal where a run was lost.',
            }),
            type: z
              .string()
              .meta({ description: 'What was said or asked, such as payment.captured or cancel.' }),
            eventId: z
              .string()
              .meta({ description: 'Its own id; the same id again is the same input.' }),
            outcome: z
              .enum(['applied', 'duplicate', 'stale', 'review', 'rejected'])
              .meta({ description: 'What came of it.' }),
            reason: z.string().meta({ description: 'Why that came of it.' }),
            version: z.int().meta({ description: 'The version of the order afterwards.' }),
            actor: z.string().nullable().meta({
              description: 'Who decided: the name of the API key, or its id where it has none.',
            }),
            note: z.string().nullable().meta({ description: 'Why, in the words of who decided.' }),
          }),
        ),
        nextCursor: z.string().nullable(),
      }),
    },
  },
  problems: ['order_not_found', 'query_invalid', 'cursor_invalid'],
  async run({ params, query }, dependencies) {
    await requireOrder(dependencies, params.id);
    const { items, nextCursor } = await listEvents(dependencies.database, params.id, query);
    return {
      status: 200,
      body: {
        events: items.map(({ seq: _seq, answer: _answer, at, ...event }) => ({
          at: at.toISOString(),
          ...event,
        })),
        nextCursor,
      },
    };
  },
});
