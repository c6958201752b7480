/** What the first page of the console shows: how many orders there are in each state, and what waits for a person. */
import { z } from 'zod';
import { ORDER_STATES } from '../../domain/order.ts';
import { readCounts, readListCounts } from '../../store/counts.ts';
import { countOrders } from '../../store/orders/find-orders.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { defineRoute } from '../http/route.ts';
import { countQuery } from '../openapi/find-query.ts';

const count = z.int().meta({ description: 'How many there are.' });
const counted = z.array(
  z.object({ name: z.string().meta({ description: 'What is counted.' }), count }),
);

const overviewSchema = z
  .object({
    orders: z
      .array(z.object({ name: z.enum(ORDER_STATES).meta({ description: 'The state.' }), count }))
      .meta({ description: 'By state; a state that no order is in is left out.' }),
    openReviews: z
      .array(
        z.object({
          name: z.string().meta({ description: 'The reason.' }),
          count,
          oldestAt: z.iso.datetime().meta({ description: 'When the oldest was opened.' }),
        }),
      )
      .meta({ description: 'By reason.' }),
    failedEffects: counted.meta({ description: 'Effects that were refused for good, by kind.' }),
    parkedEvents: counted.meta({ description: 'Events that no order could take, by reason.' }),
    disputesDueSoon: z.int().meta({
      description:
        'Disputes that have to be answered within three days, or had to be within the last seven and are open still.',
    }),
    droppedDuplicates: z.int().meta({ description: 'Repeats that changed nothing, ever.' }),
  })
  .meta({ id: 'Overview' });

export const getOverview = defineRoute({
  operationId: 'getOverview',
  method: 'get',
  path: '/v1/overview',
  scope: 'support',
  summary: 'Count orders by state, and what waits for a person',
  answers: { 200: { description: 'The counts at this moment.', schema: overviewSchema } },
  problems: [],
  async run(_request, { database }) {
    const { orders, openReviews, failedEffects, parkedEvents, disputesDueSoon, droppedDuplicates } =
      await readCounts(database);
    return {
      status: 200,
      body: {
        orders,
        openReviews: openReviews.map((review) => ({
          ...review,
          oldestAt: review.oldestAt.toISOString(),
        })),
        failedEffects,
        parkedEvents,
        disputesDueSoon,
        droppedDuplicates,
      },
    };
  },
});

const listCountSchema = z.object({
  count: z.int().meta({ description: 'How many there are, counted up to 1,000.' }),
  hasMore: z
    .boolean()
    .meta({ description: 'Whether there are more than were counted, or may be.' }),
});

const listCount = (what: string) => listCountSchema.meta({ description: what });

const listCountsSchema = z
  .object({
    orders: listCount('Orders.'),
    reviews: listCount('Orders that wait for a person.'),
    disputes: listCount('Disputes, also those that are over.'),
    openDisputes: listCount('Disputes that are not over.'),
    stuckEffects: listCount('Effects that were refused for good, or are tried again and again.'),
    parkedEvents: listCount('Events that no order could take.'),
    openDifferences: listCount(
      'What gateways report otherwise than the books have it, and nobody has decided.',
    ),
  })
  .meta({ id: 'ListCounts' });

export const getListCounts = defineRoute({
  operationId: 'countLists',
  method: 'get',
  path: '/v1/overview/lists',
  scope: 'support',
  summary: 'Say how many each list has, counted up to a bound',
  answers: { 200: { description: 'The counts at this moment.', schema: listCountsSchema } },
  problems: [],
  async run(_request, { database }) {
    return { status: 200, body: { ...(await readListCounts(database)) } };
  },
});

export const getOrderCount = defineRoute({
  operationId: 'countOrders',
  method: 'get',
  path: '/v1/overview/orders',
  scope: 'support',
  summary: 'Say how many orders a search finds, counted up to a bound',
  query: countQuery,
  answers: { 200: { description: 'The count at this moment.', schema: listCountSchema } },
  problems: ['query_invalid'],
  async run({ query: { amount: amountMinor, ...filter } }, { database }) {
    return { status: 200, body: { ...(await countOrders(database, { ...filter, amountMinor })) } };
  },
});

const amountLimits = z.record(z.string(), z.int());

export const getKey = defineRoute({
  operationId: 'getKey',
  method: 'get',
  path: '/v1/key',
  scope: 'client',
  summary: 'Say who calls: the scope, and the name that decisions are kept under',
  answers: {
    200: {
      description: 'The caller of this request.',
      schema: z.object({
        scope: z
          .enum(['client', 'support', 'ops'])
          .meta({ description: 'What the caller may do.' }),
        actor: z.string().meta({
          description: 'The name of the person or the key, or the key’s id where it has none.',
        }),
        expiresAt: z.iso.datetime().nullable().meta({
          description: 'When the key or the session ends; null where it has no end.',
        }),
        temporalUiUrl: z.string().nullable().meta({
          description:
            'The list of runs in Temporal’s UI; a run is below it, under its order’s id.',
        }),
        refundLimits: amountLimits.nullable().meta({
          description:
            'How much of one order the caller may give back, in minor units by currency: nothing where a currency is not named; null where there is no limit.',
        }),
        writeOffLimits: amountLimits.meta({
          description:
            'How much of one order the caller may write off, in minor units by currency: nothing where a currency is not named.',
        }),
      }),
    },
  },
  problems: [],
  async run({ caller }, { temporalUiUrl = null, policy }) {
    const { scope, actor, expiresAt } = caller;
    const ending = expiresAt === undefined ? null : new Date(expiresAt).toISOString();
    return {
      status: 200,
      body: { scope, actor, expiresAt: ending, temporalUiUrl, ...limitsOf(policy)[scope] },
    };
  },
});

/** A key of a shop refunds and writes off nothing, and support writes off nothing. */
function limitsOf({ supportRefundLimits, writeOffLimits }: ApiDependencies['policy']) {
  return {
    client: { refundLimits: {}, writeOffLimits: {} },
    support: { refundLimits: supportRefundLimits, writeOffLimits: {} },
    ops: { refundLimits: null, writeOffLimits },
  };
}
