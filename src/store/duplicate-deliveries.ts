/**
 * Repeats that the API dropped because Temporal had accepted the same event before. They are counted
 * here so that every delivery stays explainable; no decision may rest on these counts.
 */
import { asc, eq, sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { duplicateDeliveries } from './schema/edge.ts';

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

export async function countDuplicate({ db }: Database, delivery: DroppedDelivery): Promise<void> {
  await db
    .insert(duplicateDeliveries)
    .values(delivery)
    .onConflictDoUpdate({
      target: [duplicateDeliveries.orderId, duplicateDeliveries.eventId],
      set: { count: sql`${duplicateDeliveries.count} + 1`, lastAt: sql`now()` },
    });
}

export async function listDuplicates(
  { db }: Database,
  orderId: string,
): Promise<DuplicateDeliveries[]> {
  const { eventId, type, count, lastAt } = duplicateDeliveries;
  return db
    .select({ eventId, type, count, lastAt })
    .from(duplicateDeliveries)
    .where(eq(duplicateDeliveries.orderId, orderId))
    .orderBy(asc(lastAt));
}
