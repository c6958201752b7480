/**
 * The outcome of every input that an order has had. Only record.ts writes them; here they are read,
 * together with the repeats that never reached the order.
 */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { CommandAnswer, Outcome, Source } from '../domain/events.ts';
import type { Database } from './database.ts';
import { type DuplicateDeliveries, listDuplicates } from './duplicate-deliveries.ts';
import { prepared } from './prepared.ts';
import { orderEvents } from './schema/orders.ts';

export interface StoredEvent {
  /** The order's own count; null for repeats that were dropped before the order heard of them. */
  seq: number | null;
  at: Date;
  source: Source;
  type: string;
  eventId: string;
  outcome: Outcome;
  reason: string;
  /** The order's version once this had been dealt with. */
  version: number;
  answer: CommandAnswer | null;
}

const { seq, at, source, type, eventId, outcome, reason, version, answer } = orderEvents;
/** The columns of a `StoredEvent`. */
export const STORED_EVENT = { seq, at, source, type, eventId, outcome, reason, version, answer };

/** Everything that happened to the order, oldest first. */
export async function listEvents(database: Database, orderId: string): Promise<StoredEvent[]> {
  const [events, duplicates] = await Promise.all([
    database.db
      .select(STORED_EVENT)
      .from(orderEvents)
      .where(eq(orderEvents.orderId, orderId))
      .orderBy(asc(seq)),
    listDuplicates(database, orderId),
  ]);
  const dropped = duplicates.map((repeats) => droppedEvent(repeats, events));
  return [...events, ...dropped].sort((a, b) => a.at.getTime() - b.at.getTime());
}

/** What a repeat of an input left on record says nothing of the input. */
export const isFirstDelivery = sql`${orderEvents.answer} ->> 'redelivered' is distinct from 'true'`;

const READ_OUTCOME = prepared((db) =>
  db
    .select(STORED_EVENT)
    .from(orderEvents)
    .where(
      and(
        eq(orderEvents.orderId, sql.placeholder('orderId')),
        eq(eventId, sql.placeholder('id')),
        isFirstDelivery,
      ),
    )
    .orderBy(asc(seq))
    .limit(1)
    .prepare('read-outcome'),
);

/** What came of an input, once that is known; a repeat of it may be on record before. */
export async function readOutcome(
  database: Database,
  orderId: string,
  id: string,
): Promise<StoredEvent | null> {
  const [first] = await READ_OUTCOME(database).execute({ orderId, id });
  return first ?? null;
}

function droppedEvent(repeats: DuplicateDeliveries, events: StoredEvent[]): StoredEvent {
  const { eventId, type, count, lastAt } = repeats;
  // A gateway's event has an id of its own; a click or a verify that only repeats is known by its name.
  const isCommand = eventId === type;
  return {
    seq: null,
    at: lastAt,
    source: isCommand ? 'client' : 'webhook',
    type,
    eventId,
    outcome: 'duplicate',
    reason: isCommand
      ? `answered from the record ${count === 1 ? 'once' : `${count} times`}`
      : `already accepted; delivered ${count === 1 ? 'once more' : `${count} more times`}`,
    version: events.findLast((event) => event.at <= lastAt)?.version ?? 1,
    answer: null,
  };
}
