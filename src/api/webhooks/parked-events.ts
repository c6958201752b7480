/** What no order could take, for operators: to look at, to deliver again, to attach to its order or to close. */
import { z } from 'zod';
import {
  decideParked,
  listParked,
  markRedelivered,
  type ParkedEvent,
  readParked,
  unattachParked,
} from '../../store/parked-events.ts';
import { PARKED_STATUSES } from '../../store/schema/edge.ts';
import { text, visibleId } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { pageQuery } from '../openapi/page-query.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { answerWithOrder, submit } from '../orders/submit.ts';
import { UnknownOrder } from '../problems/orchestrator-errors.ts';
import { Problem } from '../problems/problem.ts';
import { deliverMessage } from './deliver.ts';
import { orphanOf, type ParkingReason } from './park.ts';

const parkedEventSchema = z
  .object({
    id: z.string(),
    gateway: z.string(),
    reason: z.string(),
    orderId: z.string().nullable(),
    type: z.string().nullable().meta({ description: 'What it says, such as payment.captured.' }),
    paymentId: z.string().nullable(),
    amount: z.int().nullable().meta({ description: 'Minor units of the currency.' }),
    currency: z.string().nullable(),
    receivedAt: z.iso.datetime(),
    status: z.enum(PARKED_STATUSES),
    note: z.string().nullable().meta({ description: 'Why it was attached or closed.' }),
  })
  .meta({ id: 'ParkedEvent' });

export const getParkedEvents = defineRoute({
  method: 'get',
  path: '/v1/parked-events',
  scope: 'support',
  summary: 'List events that no order could take, newest first',
  query: z.strictObject({
    status: z.enum(PARKED_STATUSES, `must be one of ${PARKED_STATUSES.join(', ')}`).optional(),
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
        events: events.map(represent),
        nextCursor,
      },
    };
  },
});

function represent(event: ParkedEvent): z.infer<typeof parkedEventSchema> {
  const { id, gateway, reason, orderId, type, paymentId, currency, status, note } = event;
  const { amountMinor: amount, receivedAt } = event;
  return {
    id,
    gateway,
    reason,
    orderId,
    type,
    paymentId,
    amount,
    currency,
    receivedAt: receivedAt.toISOString(),
    status,
    note,
  };
}

const params = z.strictObject({ id: visibleId });

export const redeliver = defineRoute({
  method: 'post',
  path: '/v1/parked-events/{id}/redeliver',
  scope: 'ops',
  summary: 'Deliver a parked event again',
  params,
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
    if (message === null || parked.status === 'closed')
      throw new Problem('parked_event_not_deliverable');
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

export const attachParked = defineRoute({
  method: 'post',
  path: '/v1/parked-events/{id}/attach',
  scope: 'ops',
  summary: 'Count a foreign payment as one of the order that it names',
  params,
  body: z.strictObject({ note: text(500).optional() }),
  answers: {
    200: {
      description: 'The order, with the payment; attached now or before.',
      schema: orderSchema,
    },
    202: { description: 'The order; the gateway has not answered yet.', schema: orderSchema },
  },
  problems: [
    'parked_event_not_found',
    'parked_event_not_attachable',
    'parked_event_decided',
    'payment_unknown',
  ],
  async run({ params: { id }, body: { note }, ...sender }, dependencies) {
    const { database } = dependencies;
    const parked = await readParked(database, id);
    if (parked === null) throw new Problem('parked_event_not_found');
    const { reason, orderId, paymentId } = parked;
    const isForeign = reason === ('foreign_payment' satisfies ParkingReason);
    if (!isForeign || orderId === null || paymentId === null)
      throw new Problem('parked_event_not_attachable');
    // Decided first: of an attach and a close at the same time, one is refused before the order is signalled.
    const decided = await decideParked(database, id, { status: 'attached', note: note ?? null });
    if (decided?.status !== 'attached') throw new Problem('parked_event_decided');
    const payload = { paymentId, ...(note === undefined ? {} : { note }) };
    try {
      const command = { orderId, name: 'attach', payload } as const;
      return answerWithOrder(await submit(dependencies, sender, command));
    } catch (error) {
      const isUnknown = error instanceof Problem && error.code === 'payment_unknown';
      if (isUnknown) await unattachParked(database, id);
      throw error;
    }
  },
});

export const closeParked = defineRoute({
  method: 'post',
  path: '/v1/parked-events/{id}/close',
  scope: 'ops',
  summary: 'Close a parked event that nothing is to be done about',
  params,
  body: z.strictObject({ note: text(500) }),
  answers: {
    200: { description: 'The event, closed now or before.', schema: parkedEventSchema },
  },
  problems: ['parked_event_not_found', 'parked_event_decided'],
  async run({ params: { id }, body: { note } }, { database }) {
    const decided = await decideParked(database, id, { status: 'closed', note });
    if (decided === null) throw new Problem('parked_event_not_found');
    if (decided.status !== 'closed') throw new Problem('parked_event_decided');
    return { status: 200, body: represent(decided) };
  },
});
