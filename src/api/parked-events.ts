/** What no order could take, for operators: to look at, and to deliver again. */
import { z } from 'zod';
import { listParked, markRedelivered, readParked } from '../store/parked-events.ts';
import { UnknownOrder } from './orchestrator-errors.ts';
import { pageQuery } from './page-query.ts';
import { deliverMessage, orphanOf } from './parking.ts';
import { Problem } from './problem.ts';
import { visibleId } from './request-schemas.ts';
import { defineRoute } from './route.ts';

const parkedEventSchema = z
  .object({
    id: z.string(),
    gateway: z.string(),
    reason: z.string(),
    orderId: z.string().nullable(),
    receivedAt: z.iso.datetime(),
    status: z.enum(['parked', 'redelivered']),
  })
  .meta({ id: 'ParkedEvent' });

export const getParkedEvents = defineRoute({
  method: 'get',
  path: '/v1/parked-events',
  scope: 'ops',
  summary: 'List events that no order could take, newest first',
  query: z.strictObject({
    status: z.enum(['parked', 'redelivered'], 'must be parked or redelivered').optional(),
    ...pageQuery,
  }),
  answers: {
    200: {
      description: 'One page.',
      schema: z.object({ events: z.array(parkedEventSchema), nextCursor: z.string().nullable() }),
    },
  },
  problems: ['query_invalid', 'cursor_invalid'],
  async run({ query }, { database }) {
    const { events, nextCursor } = await listParked(database, query);
    return {
      status: 200,
      body: {
        events: events.map(({ id, gateway, reason, orderId, receivedAt, status }) => ({
          id,
          gateway,
          reason,
          orderId,
          receivedAt: receivedAt.toISOString(),
          status,
        })),
        nextCursor,
      },
    };
  },
});

export const redeliver = defineRoute({
  method: 'post',
  path: '/v1/parked-events/{id}/redeliver',
  scope: 'ops',
  summary: 'Deliver a parked event again',
  params: z.strictObject({ id: visibleId }),
  answers: {
    202: {
      description: 'The order has it.',
      schema: z.object({ status: z.literal('redelivered') }),
    },
  },
  problems: ['parked_event_not_found', 'parked_event_not_deliverable'],
  async run({ params }, dependencies) {
    const parked = await readParked(dependencies.database, params.id);
    if (parked === null) throw new Problem('parked_event_not_found');
    const message = orphanOf(parked);
    if (message === null) throw new Problem('parked_event_not_deliverable');
    await deliverMessage(dependencies, parked.gateway, message).catch((error: unknown) => {
      if (!(error instanceof UnknownOrder)) throw error;
      throw new Problem('parked_event_not_deliverable', {
        detail: 'Its order does not exist yet: create the order first, or settle it by hand.',
      });
    });
    await markRedelivered(dependencies.database, parked.id);
    return { status: 202, body: { status: 'redelivered' } };
  },
});
