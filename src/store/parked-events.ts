/**
 * Signed events that no order could take. They are kept byte for byte, as money may be behind them; only of a closed one
 * what was received can be erased. The same event parked again is the same row.
 */
import { createHash } from 'node:crypto';
import { and, asc, desc, eq, exists, gt, isNull, lt, ne, or, sql } from 'drizzle-orm';
import { isSealed, type Keyring, UnknownKeyError } from '../encryption/keyring.ts';
import { ANNOUNCE_LISTS } from './change-channel.ts';
import type { Database } from './database.ts';
import { type ListQuery, pageOf, readCursor } from './page.ts';
import { type ParkedStatus, parkedEvents } from './schema/edge.ts';
import { orders } from './schema/orders.ts';

export { UnknownKeyError };

export interface NewParkedEvent {
  gateway: string;
  /** Why no order took it, in words for an operator. */
  reason: string;
  orderId: string | null;
  /** The gateway's id of the event; without one that can be stored, the body is its identity. */
  eventId: string | null;
  /** Absent for an event that could not be read. */
  about?: ParkedMoney;
  body: Buffer;
}

/** What an event says: what has happened to which payment, and the money in minor units of `currency`. */
export interface ParkedMoney {
  type: string;
  paymentId: string;
  /** Both null where the event only says that something has changed. */
  amountMinor: number | null;
  currency: string | null;
}

export interface ParkedEvent {
  id: string;
  gateway: string;
  reason: string;
  orderId: string | null;
  eventId: string | null;
  type: string | null;
  paymentId: string | null;
  amountMinor: number | null;
  currency: string | null;
  status: ParkedStatus;
  /** Who attached, closed or redelivered it, when and why; all null where nobody has. */
  decidedBy: string | null;
  decidedAt: Date | null;
  note: string | null;
  deliveries: number;
  receivedAt: Date;
}

const { gateway, reason, orderId, eventId, status, note, deliveries, receivedAt } = parkedEvents;
const { type, paymentId, amountMinor, currency, decidedBy, decidedAt } = parkedEvents;
const ID = sql<string>`${parkedEvents.id}::text`;
const LISTED = {
  id: ID,
  gateway,
  reason,
  orderId,
  eventId,
  type,
  paymentId,
  amountMinor,
  currency,
  status,
  decidedBy,
  decidedAt,
  note,
  deliveries,
  receivedAt,
};

/**
 * What an operator has decided stands: only a closed payment with a new status, such as a capture after an
 * authorization, is parked again.
 */
const STATUS_AGAIN = sql`case
  when ${status} = 'attached' then 'attached'
  when ${status} = 'closed' and ${type} is not distinct from excluded.type then 'closed'
  else 'parked' end`;

/** Ids that a column and its index can hold; gateways sign longer and odder ones, too. */
const STORABLE_ID = /^[\x21-\x7e]{1,300}$/;

/** Parks an event; one that was redelivered in vain is parked once more. Answers its id. */
export async function parkEvent({ db, keyring }: Database, event: NewParkedEvent): Promise<string> {
  const { reason, body, about, ...rest } = event;
  const eventId = STORABLE_ID.test(event.eventId ?? '') ? event.eventId : null;
  const identity = eventId ?? `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const [parked] = await db
    .insert(parkedEvents)
    .values({ ...rest, ...about, reason, eventId, identity, body: keyring?.seal(body) ?? body })
    .onConflictDoUpdate({
      target: [parkedEvents.gateway, parkedEvents.identity],
      set: {
        reason,
        status: STATUS_AGAIN,
        type: sql`excluded.type`,
        amountMinor: sql`excluded.amount_minor`,
        currency: sql`excluded.currency`,
        deliveries: sql`${parkedEvents.deliveries} + 1`,
        lastReceivedAt: sql`now()`,
      },
    })
    .returning({ id: ID, ...ANNOUNCE_LISTS });
  if (parked === undefined) throw new Error('parking an event returned no row');
  return parked.id;
}

export interface ParkedFilter {
  status?: ParkedEvent['status'] | undefined;
  limit: number;
  cursor?: string | undefined;
}

/**
 * Newest first, without the bodies.
 *
 * @throws CursorError when the cursor is not one that this gave out.
 */
export async function listParked(
  { db }: Database,
  { status: wanted, limit, cursor }: ParkedFilter,
): Promise<{ events: ParkedEvent[]; nextCursor: string | null }> {
  const query: ListQuery = { list: 'parked_events', filter: { status: wanted } };
  const found = await db
    .select(LISTED)
    .from(parkedEvents)
    .where(
      and(
        wanted === undefined ? undefined : eq(status, wanted),
        cursor === undefined ? undefined : lt(parkedEvents.id, rowOf(readCursor(cursor, query).id)),
      ),
    )
    .orderBy(desc(parkedEvents.id))
    .limit(limit + 1);
  const page = pageOf(found, { limit, query }, ({ receivedAt, id }) => ({
    atMs: receivedAt.getTime(),
    id,
  }));
  return { events: page.items, nextCursor: page.nextCursor };
}

/** One event without its body, which may be sealed with a key that is not configured. */
export async function findParked({ db }: Database, id: string): Promise<ParkedEvent | null> {
  const [event] = await db
    .select(LISTED)
    .from(parkedEvents)
    .where(eq(parkedEvents.id, rowOf(id)));
  return event ?? null;
}

/**
 * One event with its body as it came; null when there is none of that id.
 *
 * @throws UnknownKeyError when the body was sealed with a key that is not configured.
 */
export async function readParked(
  { db, keyring }: Database,
  id: string,
): Promise<(ParkedEvent & { body: Buffer }) | null> {
  const [event] = await db
    .select({ ...LISTED, body: parkedEvents.body })
    .from(parkedEvents)
    .where(eq(parkedEvents.id, rowOf(id)));
  return event === undefined ? null : { ...event, body: plain(keyring, event.body) };
}

export interface OrphanFilter {
  reason: string;
  youngerThanMs: number;
  /** The last one that was seen; null begins anew. */
  afterId: string | null;
  limit: number;
}

/** Parked events whose order is there by now, or may be, as they name none; oldest first. */
export async function findOrphans(
  { db, keyring }: Database,
  { reason: wanted, youngerThanMs, afterId, limit }: OrphanFilter,
): Promise<(ParkedEvent & { body: Buffer })[]> {
  const named = db.select({ id: orders.id }).from(orders).where(eq(orders.id, orderId));
  const found = await db
    .select({ ...LISTED, body: parkedEvents.body })
    .from(parkedEvents)
    .where(
      and(
        eq(status, 'parked'),
        eq(reason, wanted),
        gt(receivedAt, sql`now() - ${youngerThanMs} * interval '1 millisecond'`),
        afterId === null ? undefined : gt(parkedEvents.id, rowOf(afterId)),
        or(isNull(orderId), exists(named)),
      ),
    )
    .orderBy(asc(parkedEvents.id))
    .limit(limit);
  return found.map((event) => ({ ...event, body: plain(keyring, event.body) }));
}

/**
 * What was parked before there were keys lies there as it came.
 *
 * @throws UnknownKeyError when the bytes were sealed with a key that is not configured.
 */
function plain(keyring: Keyring | null, body: Buffer): Buffer {
  if (!isSealed(body)) return body;
  if (keyring === null) throw new UnknownKeyError('a parked event is sealed: set PAYLOAD_KEYS');
  return keyring.open(body);
}

/** Who decided, by the name or id of the key, and why. */
interface ParkedDecision {
  decidedBy: string;
  note: string | null;
}

/** Remembers that an order has taken the event, and at whose wish; the first who wished it is kept. */
export async function markRedelivered(
  { db }: Database,
  id: string,
  decision?: ParkedDecision,
): Promise<void> {
  await db
    .update(parkedEvents)
    .set({
      status: 'redelivered',
      redeliveredAt: sql`now()`,
      ...(decision && { ...decision, decidedAt: sql`now()` }),
    })
    .where(and(eq(parkedEvents.id, rowOf(id)), ne(status, 'redelivered')))
    .returning(ANNOUNCE_LISTS);
}

/**
 * Notes an operator's decision, unless it has been taken: the first one stands, and a repeat of it changes
 * nothing. Answers the event as it then is; null when there is none of that id.
 */
export async function decideParked(
  database: Database,
  id: string,
  decision: ParkedDecision & { status: 'attached' | 'closed'; orderId?: string },
): Promise<ParkedEvent | null> {
  await database.db
    .update(parkedEvents)
    .set({ ...decision, decidedAt: sql`now()` })
    .where(and(eq(parkedEvents.id, rowOf(id)), eq(status, 'parked')))
    .returning(ANNOUNCE_LISTS);
  return findParked(database, id);
}

/** Erases what was received, for whoever it is about: what was decided of the event stands. */
export async function eraseParkedBody({ db }: Database, id: string): Promise<void> {
  await db
    .update(parkedEvents)
    .set({ body: Buffer.alloc(0) })
    .where(and(eq(parkedEvents.id, rowOf(id)), eq(status, 'closed')));
}

/** Takes back that a payment was attached, because its order could not take it; `orderId` is what the event names. */
export async function unattachParked(
  { db }: Database,
  { id, orderId: named }: Pick<ParkedEvent, 'id' | 'orderId'>,
): Promise<void> {
  await db
    .update(parkedEvents)
    .set({ status: 'parked', orderId: named, decidedBy: null, note: null, decidedAt: null })
    .where(and(eq(parkedEvents.id, rowOf(id)), eq(status, 'attached')))
    .returning(ANNOUNCE_LISTS);
}

/** The row's number; 0, which no row has, for a text that is no id. */
function rowOf(id: string): number {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
}
