/** What happened to an order, and what no order could take, as people read it. */
import { z } from 'zod';
import { amountText } from '../invoices/amount-text.ts';
import { tableOf, visible } from './table.ts';

export const timelineSchema = z.object({
  events: z.array(
    z.object({
      at: z.string(),
      source: z.string(),
      type: z.string(),
      eventId: z.string(),
      outcome: z.string(),
      reason: z.string(),
      version: z.int(),
      actor: z.string().nullable(),
      note: z.string().nullable(),
    }),
  ),
});

export type Timeline = z.infer<typeof timelineSchema>;

/** One page of it, as the API has it. */
export const timelinePageSchema = timelineSchema.extend({ nextCursor: z.string().nullable() });

const parkedEventSchema = z.object({
  id: z.string(),
  gateway: z.string(),
  reason: z.string(),
  orderId: z.string().nullable(),
  type: z.string().nullable(),
  paymentId: z.string().nullable(),
  amount: z.int().nullable(),
  currency: z.string().nullable(),
  receivedAt: z.string(),
  status: z.string(),
  decidedBy: z.string().nullable(),
  decidedAt: z.string().nullable(),
  note: z.string().nullable(),
});

export const parkedSchema = z.object({
  events: z.array(parkedEventSchema),
  nextCursor: z.string().nullable(),
});

export const readParkedSchema = parkedEventSchema.extend({
  body: z.string().nullable(),
  bodyEncoding: z.string().nullable(),
});

type ParkedEvent = z.infer<typeof parkedEventSchema>;

export function timelineText({ events }: Timeline): string {
  if (events.length === 0) return 'Nothing has happened to this order yet.';
  const rows = events.map(
    ({ at, source, type, outcome, reason, version, eventId, actor, note }) => [
      at,
      source,
      type,
      outcome,
      reason,
      String(version),
      actor ?? '-',
      note ?? '-',
      eventId,
    ],
  );
  const head = ['at', 'source', 'type', 'outcome', 'reason', 'version', 'by', 'note', 'event'];
  return tableOf(head, rows);
}

/** What people decided about an order; null where nobody did. */
export function decisionsText({ events }: Timeline): string | null {
  if (events.length === 0) return null;
  const rows = events.map(({ at, actor, type, outcome, reason, note }) => [
    at,
    actor ?? '-',
    type,
    outcome,
    reason,
    note ?? '-',
  ]);
  return `Decisions\n${tableOf(['at', 'by', 'what', 'outcome', 'came of it', 'note'], rows)}`;
}

const PARKED_COLUMNS = [
  'id',
  'gateway',
  'reason',
  'order',
  'type',
  'payment',
  'amount',
  'status',
  'received',
  'by',
  'note',
];

export function parkedText({ events }: z.infer<typeof parkedSchema>): string {
  if (events.length === 0) return 'No such parked events.';
  const rows = events.map(({ id, gateway, reason, status, receivedAt, ...event }) => [
    id,
    gateway,
    reason,
    event.orderId ?? '-',
    event.type ?? '-',
    event.paymentId ?? '-',
    moneyText(event),
    status,
    receivedAt,
    event.decidedBy ?? '-',
    event.note ?? '-',
  ]);
  return tableOf(PARKED_COLUMNS, rows);
}

/** One event with all that is known of it, its body as it came. */
export function readParkedText(event: z.infer<typeof readParkedSchema>): string {
  const { id, status, gateway, reason, type, orderId, paymentId, receivedAt } = event;
  const { decidedBy, decidedAt, note, body, bodyEncoding } = event;
  const lines = [
    `${id}  ${status}  ${reason}`,
    `${type ?? 'of no known type'} from ${gateway}, received ${receivedAt}`,
    `order ${orderId ?? '-'}, payment ${paymentId ?? '-'}, amount ${moneyText(event)}`,
    ...(decidedBy === null ? [] : [`${status} by ${decidedBy} at ${decidedAt}: ${note ?? '-'}`]),
    '',
    body === null ? 'Its body is for a key of the scope ops.' : `Body (${bodyEncoding})`,
    ...(body === null ? [] : body.split('\n')),
  ];
  return lines.map(visible).join('\n');
}

function moneyText({ amount, currency }: Pick<ParkedEvent, 'amount' | 'currency'>): string {
  return amount === null || currency === null ? '-' : amountText(amount, currency);
}
