/** Differences between reports and books: to look at, to decide, to judge again; and the months that they keep open. */
import { z } from 'zod';
import { DIFFERENCE_STATES } from '../../store/schema/books.ts';
import {
  decideDifference,
  judgeAgain,
  listDifferences,
  listImports,
  listMonths,
  readDifference,
  reopenDifference,
  reportedGateways,
} from '../../store/settlements/differences.ts';
import { DIFFERENCE_KINDS } from '../../store/settlements/judge.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { orderId, text, visibleId } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { pageQuery } from '../openapi/page-query.ts';
import { requireOrder, submit } from '../orders/submit.ts';
import { Problem } from '../problems/problem.ts';
import {
  DECISIONS,
  differenceSchema,
  gatewayName,
  importSchema,
  monthSchema,
  representDifference,
  representImport,
} from './settlement-schemas.ts';
import { syncOrders } from './sync-orders.ts';

const month = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])$/, 'must be a month such as 2026-01')
  .meta({ description: 'The month that stays open with it.' });

export const getImports = defineRoute({
  operationId: 'listSettlements',
  method: 'get',
  path: '/v1/settlements',
  scope: 'ops',
  summary: 'List imported settlement reports, newest first',
  query: z.strictObject({ limit: pageQuery.limit }),
  answers: {
    200: {
      description: 'The newest ones.',
      schema: z.object({
        imports: z.array(importSchema).meta({ description: 'The newest imports.' }),
      }),
    },
  },
  problems: ['query_invalid'],
  async run({ query }, { database }) {
    const imports = await listImports(database, query);
    return { status: 200, body: { imports: imports.map(representImport) } };
  },
});

export const getDifferences = defineRoute({
  operationId: 'listDifferences',
  method: 'get',
  path: '/v1/settlements/differences',
  scope: 'ops',
  summary: 'List what gateways report otherwise than the books have it, oldest first',
  query: z.strictObject({
    state: z
      .enum(DIFFERENCE_STATES, `must be one of ${DIFFERENCE_STATES.join(', ')}`)
      .optional()
      .meta({ description: 'Only differences in this state.' }),
    kind: z
      .enum(DIFFERENCE_KINDS, `must be one of ${DIFFERENCE_KINDS.join(', ')}`)
      .optional()
      .meta({ description: 'Only differences of this kind.' }),
    gateway: gatewayName.optional(),
    month: month.optional(),
    orderId: orderId.optional(),
    ...pageQuery,
  }),
  answers: {
    200: {
      description: 'One page.',
      schema: z.object({
        differences: z
          .array(differenceSchema)
          .meta({ description: 'The differences of this page.' }),
        nextCursor: z.string().nullable(),
      }),
    },
  },
  problems: ['query_invalid', 'cursor_invalid'],
  async run({ query }, { database }) {
    const { differences, nextCursor } = await listDifferences(database, query);
    return { status: 200, body: { differences: differences.map(representDifference), nextCursor } };
  },
});

export const decide = defineRoute({
  operationId: 'decideDifference',
  method: 'post',
  path: '/v1/settlements/differences/{id}/decision',
  scope: 'ops',
  summary:
    'Decide a difference: accept it as it is, attach its payment to an order, or write it off',
  params: z.strictObject({ id: visibleId.meta({ description: "The difference's id." }) }),
  body: z.strictObject({
    decision: z.enum(DECISIONS, `must be one of ${DECISIONS.join(', ')}`),
    note: text(500),
    /** Of an attach: another order than the one that the payment names. */
    orderId: orderId.optional(),
  }),
  answers: {
    200: { description: 'The difference, decided now or before.', schema: differenceSchema },
  },
  problems: [
    'difference_not_found',
    'difference_decided',
    'difference_not_attachable',
    'order_not_found',
    'payment_unknown',
  ],
  async run({ params: { id }, body, ...sender }, dependencies) {
    const { database } = dependencies;
    const { decision, note } = body;
    const found = await readDifference(database, id);
    if (found === null) throw new Problem('difference_not_found');
    const target = decision === 'attach' ? (body.orderId ?? found.orderId) : null;
    if (decision === 'attach') await requireAttachable(dependencies, found, target);
    const decided = await decideDifference(database, id, {
      decision,
      note,
      decidedBy: sender.caller.actor,
    });
    if (decided?.state !== 'decided' || decided.decision !== decision)
      throw new Problem('difference_decided');
    if (target !== null && found.paymentId !== null && found.state === 'open')
      try {
        const payload = { paymentId: found.paymentId, note };
        await submit(dependencies, sender, { orderId: target, name: 'attach', payload });
      } catch (error) {
        await reopenDifference(database, id);
        throw error;
      }
    return { status: 200, body: representDifference(decided) };
  },
});

async function requireAttachable(
  dependencies: ApiDependencies,
  { kind, gateway, paymentId }: { kind: string; gateway: string; paymentId: string | null },
  target: string | null,
): Promise<void> {
  if (kind !== 'foreign_payment' || target === null || paymentId === null)
    throw new Problem('difference_not_attachable');
  const order = await requireOrder(dependencies, target);
  if (order.view.gateway !== gateway) throw new Problem('difference_not_attachable');
}

export const judgeDifferences = defineRoute({
  operationId: 'matchSettlements',
  method: 'post',
  path: '/v1/settlements/match',
  scope: 'ops',
  summary: 'Ask orders to sync that lack what a report shows, and judge what is open again',
  body: z.strictObject({}),
  answers: {
    200: {
      description: 'What is open now.',
      schema: z.object({ syncedOrders: z.int(), months: z.array(monthSchema) }),
    },
  },
  problems: [],
  async run({ waitMs, caller }, dependencies) {
    const { database, books } = dependencies;
    let syncedOrders = 0;
    for (const gateway of await reportedGateways(database)) {
      await judgeAgain(database, gateway, books.terms);
      syncedOrders += await syncOrders(dependencies, gateway, { waitMs, caller });
    }
    return { status: 200, body: { syncedOrders, months: await monthsOf(dependencies) } };
  },
});

export const getMonths = defineRoute({
  operationId: 'listSettlementMonths',
  method: 'get',
  path: '/v1/settlements/months',
  scope: 'ops',
  summary: 'List the months that have lines, and whether each is closed',
  answers: {
    200: {
      description: 'By month and gateway, newest first.',
      schema: z.object({ months: z.array(monthSchema) }),
    },
  },
  problems: [],
  async run(_request, dependencies) {
    return { status: 200, body: { months: await monthsOf(dependencies) } };
  },
});

async function monthsOf({ database }: ApiDependencies) {
  const months = await listMonths(database);
  return months.map((one) => ({ ...one, isClosed: one.open === 0 }));
}
