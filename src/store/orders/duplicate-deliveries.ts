/**
 * Repeats that the API dropped because Temporal had accepted the same event before. They are counted
 * here so that every delivery stays explainable; no decision may rest on these counts.
 */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { duplicateDeliveries } from '../schema/edge.ts';

export interface DroppedDelivery {
  orderId: string;
  eventId: string;
  type: string;
}

export interface DuplicateDeliveries {
  eventId: string;
  type: string;
  count: number;
  lastAt: Date;
}

/** Adds each `count` to what is counted already. */
export async function countDuplicates(
  { db }: Database,
  deliveries: readonly (DroppedDelivery & { count: number })[],
): Promise<void> {
  await db
    .insert(duplicateDeliveries)
    // In one order everywhere, or two processes would wait for each other's rows for ever.
    .values(deliveries.toSorted(byKey))
    .onConflictDoUpdate({
      target: [duplicateDeliveries.orderId, duplicateDeliveries.eventId],
      set: {
        count: sql`${duplicateDeliveries.count} + excluded.count`,
        lastAt: sql`now()`,
      },
    });
}

function byKey(a: DroppedDelivery, b: DroppedDelivery): number {
  if (a.orderId !== b.orderId) return a.orderId < b.orderId ? -1 : 1;
  return a.eventId < b.eventId ? -1 : 1;
}

/** Behind the repeats of one event at a time, or, without one, before all repeats of that time. */
export interface RepeatPosition {
  at: Date;
  eventId: string | null;
}

/** Oldest first, by the last time of each. */
export async function listDuplicates(
  { db }: Database,
  orderId: string,
  { limit, behind }: { limit: number; behind?: RepeatPosition | undefined },
): Promise<DuplicateDeliveries[]> {
  const { eventId, type, count, lastAt } = duplicateDeliveries;
  return db
    .select({ eventId, type, count, lastAt })
    .from(duplicateDeliveries)
    .where(and(eq(duplicateDeliveries.orderId, orderId), behind && isBehind(behind)))
    .orderBy(asc(lastAt), asc(eventId))
    .limit(limit);
}

function isBehind({ at, eventId }: RepeatPosition): SQL {
  const time = sql`${at.toISOString()}::timestamptz`;
  if (eventId === null) return sql`${duplicateDeliveries.lastAt} >= ${time}`;
  return sql`(${duplicateDeliveries.lastAt}, ${duplicateDeliveries.eventId}) > (${time}, ${eventId})`;
}
