/** What no order could take, for operators: to look at, to deliver again, to attach to its order or to close. */
import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { Database } from '../../store/database.ts';
import { claimPayment, releasePayment } from '../../store/orders/gateway-payments.ts';
import {
  decideParked,
  eraseParkedBody,
  findParked,
  listParked,
  markRedelivered,
  type ParkedEvent,
  readParked,
  UnknownKeyError,
  unattachParked,
} from '../../store/parked-events.ts';
import { PARKED_STATUSES } from '../../store/schema/edge.ts';
import { orderId, text, visibleId } from '../http/request-schemas.ts';
import { defineRoute } from '../http/route.ts';
import { pageQuery } from '../openapi/page-query.ts';
import { orderSchema } from '../orders/order-schemas.ts';
import { answerWithOrder, requireOrder, submit } from '../orders/submit.ts';
import { UnknownOrder } from '../problems/orchestrator-errors.ts';
import { Problem } from '../problems/problem.ts';
import { deliverMessage } from './deliver.ts';
import { orphanOf, type ParkingReason } from './park.ts';

const params = z.strictObject({ id: visibleId.meta({ description: "The parked event's id." }) });

const parkedEventSchema = z
  .object({
    id: z.string().meta({ description: "The parked event's id." }),
    gateway: z.string(),
    reason: z.string().meta({ description: 'Why no order could take it.' }),
    orderId: z.string().nullable(),
    type: z.string().nullable().meta({ description: 'What it says, such as payment.captured.' }),
    paymentId: z.string().nullable(),
    amount: z.int().nullable().meta({ description: 'Minor units of the currency.' }),
    currency: z.string().nullable(),
    receivedAt: z.iso.datetime(),
    status: z
      .enum(PARKED_STATUSES)
      .meta({ description: 'Whether it still waits, or what was done about it.' }),
    decidedBy: z.string().nullable().meta({
      description:
        'Who attached, closed or redelivered it: the name of the API key, or its id where it has none.',
    }),
    decidedAt: z.iso.datetime().nullable(),
    note: z.string().nullable().meta({ description: 'Why, in the words of who decided.' }),
  })
  .meta({ id: 'ParkedEvent' });

export const getParkedEvents = defineRoute({
  operationId: 'listParkedEvents',
  method: 'get',
  path: '/v1/parked-events',
  scope: 'support',
  summary: 'List events that no order could take, newest first',
  query: z.strictObject({
    status: z
      .enum(PARKED_STATUSES, `must be one of ${PARKED_STATUSES.join(', ')}`)
      .optional()
      .meta({ description: 'Only events of this status.' }),
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

const readParkedSchema = parkedEventSchema
  .extend({
    body: z.string().nullable().meta({
      description:
        'For a key of the scope ops, what was received, decrypted: the body of the webhook, or the event that was read from it. Null for any other key.',
    }),
    bodyEncoding: z
      .enum(['utf8', 'base64'])
      .nullable()
      .meta({ description: 'base64 where the body is no UTF-8.' }),
  })
  .meta({ id: 'ParkedEventWithBody' });

export const getParkedEvent = defineRoute({
  operationId: 'getParkedEvent',
  method: 'get',
  path: '/v1/parked-events/{id}',
  scope: 'support',
  summary: 'Read a parked event, with its body for a key of the scope ops',
  params,
  answers: { 200: { description: 'The event.', schema: readParkedSchema } },
  problems: ['parked_event_not_found', 'parked_event_sealed'],
  async run({ params: { id }, caller }, { database }) {
    if (caller.scope !== 'ops') {
      const event = await findParked(database, id);
      if (event === null) throw new Problem('parked_event_not_found');
      return { status: 200, body: { ...represent(event), body: null, bodyEncoding: null } };
    }
    const event = await requireParked(database, id);
    const bodyEncoding = isUtf8(event.body) ? 'utf8' : 'base64';
    const body = event.body.toString(bodyEncoding);
    return { status: 200, body: { ...represent(event), body, bodyEncoding } };
  },
});

/** @throws Problem `parked_event_not_found` or `parked_event_sealed` */
async function requireParked(
  database: Database,
  id: string,
): Promise<ParkedEvent & { body: Buffer }> {
  const event = await readParked(database, id).catch((error: unknown) => {
    if (error instanceof UnknownKeyError)
      throw new Problem('parked_event_sealed', { cause: error });
    throw error;
  });
  if (event === null) throw new Problem('parked_event_not_found');
  return event;
}

function represent(event: ParkedEvent): z.infer<typeof parkedEventSchema> {
  const { id, gateway, reason, orderId, type, paymentId, currency, status } = event;
  const { amountMinor: amount, receivedAt, decidedBy, decidedAt, note } = event;
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
    decidedBy,
    decidedAt: decidedAt?.toISOString() ?? null,
    note,
  };
}

export const redeliver = defineRoute({
  operationId: 'redeliverParkedEvent',
  method: 'post',
  path: '/v1/parked-events/{id}/redeliver',
  scope: 'ops',
  summary: 'Deliver a parked event again',
  params,
  body: z.strictObject({ note: text(500).optional() }),
  answers: {
    202: {
      description: 'The order has it.',
      schema: z.object({
        status: z.literal('redelivered').meta({ description: 'The order has it.' }),
      }),
    },
  },
  problems: ['parked_event_not_found', 'parked_event_not_deliverable', 'parked_event_sealed'],
  async run({ params, body: { note = null }, caller }, dependencies) {
    const parked = await requireParked(dependencies.database, params.id);
    const message = orphanOf(parked);
    if (message === null || parked.status === 'closed')
      throw new Problem('parked_event_not_deliverable');
    await deliverMessage(dependencies, parked.gateway, message).catch((error: unknown) => {
      if (!(error instanceof UnknownOrder)) throw error;
      throw new Problem('parked_event_not_deliverable', {
        detail: 'Its order does not exist yet: create the order first, or settle it by hand.',
      });
    });
    await markRedelivered(dependencies.database, parked.id, { decidedBy: caller.actor, note });
    return { status: 202, body: { status: 'redelivered' } };
  },
});

/** Events that are about a payment which no order has. */
const ATTACHABLE: ReadonlySet<string> = new Set<ParkingReason>([
  'event_orphaned',
  'foreign_payment',
]);

export const attachParked = defineRoute({
  operationId: 'attachParkedEvent',
  method: 'post',
  path: '/v1/parked-events/{id}/attach',
  scope: 'ops',
  summary: 'Count the payment of a parked event as one of the order that it names, or of another',
  params,
  body: z.strictObject({
    orderId: orderId.optional().meta({
      description:
        'The order, which has to be of the same gateway; the one that the event names where absent.',
    }),
    note: text(500).optional(),
  }),
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
    'order_not_found',
    'parked_event_decided',
    'payment_belongs_to_other_order',
    'payment_unknown',
  ],
  async run({ params: { id }, body: { orderId: chosen, note }, ...sender }, dependencies) {
    const { database } = dependencies;
    const parked = await findParked(database, id);
    if (parked === null) throw new Problem('parked_event_not_found');
    const { paymentId, gateway } = parked;
    const target = chosen ?? parked.orderId;
    if (!ATTACHABLE.has(parked.reason) || target === null || paymentId === null)
      throw new Problem('parked_event_not_attachable');
    const order = await requireOrder(dependencies, target);
    if (order.view.gateway !== gateway) throw new Problem('parked_event_not_attachable');
    // Decided first: of an attach and a close at the same time, one is refused before the order is signalled.
    const decided = await decideParked(database, id, {
      status: 'attached',
      orderId: target,
      decidedBy: sender.caller.actor,
      note: note ?? null,
    });
    if (decided?.status !== 'attached' || decided.orderId !== target)
      throw new Problem('parked_event_decided');
    // A payment has an event for each of its states: another one may have been attached to another order.
    const claim = { gateway, paymentId, orderId: target };
    if ((await claimPayment(database, claim)) !== target) {
      await unattachParked(database, parked);
      throw new Problem('payment_belongs_to_other_order');
    }
    const payload = { paymentId, ...(note === undefined ? {} : { note }) };
    try {
      const command = { orderId: target, name: 'attach', payload } as const;
      return answerWithOrder(await submit(dependencies, sender, command));
    } catch (error) {
      const isUnknown = error instanceof Problem && error.code === 'payment_unknown';
      if (isUnknown) {
        await unattachParked(database, parked);
        await releasePayment(database, claim);
      }
      throw error;
    }
  },
});

export const closeParked = defineRoute({
  operationId: 'closeParkedEvent',
  method: 'post',
  path: '/v1/parked-events/{id}/close',
  scope: 'ops',
  summary: 'Close a parked event that nothing is to be done about',
  params,
  body: z.strictObject({
    note: text(500),
    eraseBody: z.boolean('must be true or false').default(false).meta({
      description:
        'Also erases what was received, which may hold personal data; true may be sent for an event that was closed before.',
    }),
  }),
  answers: {
    200: { description: 'The event, closed now or before.', schema: parkedEventSchema },
  },
  problems: ['parked_event_not_found', 'parked_event_decided'],
  async run({ params: { id }, body: { note, eraseBody }, caller }, { database }) {
    const decision = { status: 'closed', decidedBy: caller.actor, note } as const;
    const decided = await decideParked(database, id, decision);
    if (decided === null) throw new Problem('parked_event_not_found');
    if (decided.status !== 'closed') throw new Problem('parked_event_decided');
    if (eraseBody) await eraseParkedBody(database, id);
    return { status: 200, body: represent(decided) };
  },
});
