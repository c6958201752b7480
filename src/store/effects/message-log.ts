/**
 * Messages to other systems, one row an effect. The body is fixed before the first try, so that every
 * try posts the same bytes; the row is marked only after the other side has taken them.
 */
import { and, asc, eq, getTableName, isNull, lt, or, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import type { accessUpdates, crmUpdates } from '../schema/effects.ts';

export interface NewMessage {
  /** The effect's key, which the other side dedupes by. */
  key: string;
  orderId: string;
  type: string;
  body: string;
}

export interface Message extends NewMessage {
  createdAt: Date;
  /** When the other side first took it; null where nothing was posted. */
  sentAt: Date | null;
  /** How often the other side took it: a person may send it again. */
  timesSent: number;
}

export interface MessageLog {
  /** Keeps the message, or answers the one that was kept before under its key. */
  keep(database: Database, message: NewMessage): Promise<Message>;
  /** @param times how often it was sent by now */
  markSent(database: Database, key: string, times: number): Promise<void>;
  /** The order's messages, oldest first. */
  list(database: Database, orderId: string): Promise<Message[]>;
}

export function messageLog(table: typeof crmUpdates | typeof accessUpdates): MessageLog {
  const keep = prepared((db) =>
    db
      .insert(table)
      .values({
        key: sql.placeholder('key'),
        orderId: sql.placeholder('orderId'),
        type: sql.placeholder('type'),
        body: sql.placeholder('body'),
      })
      // Changes nothing, and answers the row that is there.
      .onConflictDoUpdate({ target: table.key, set: { key: sql`excluded.key` } })
      .returning()
      .prepare(`keep-in-${getTableName(table)}`),
  );
  return {
    async keep(database, message) {
      const [kept] = await keep(database).execute({ ...message });
      if (kept === undefined) throw new Error(`the message ${message.key} was not kept`);
      return kept;
    },
    async markSent({ db }, key, times) {
      await db
        .update(table)
        .set({ sentAt: sql`coalesce(${table.sentAt}, now())`, timesSent: times })
        .where(and(eq(table.key, key), or(isNull(table.sentAt), lt(table.timesSent, times))));
    },
    list({ db }, orderId) {
      return db
        .select()
        .from(table)
        .where(eq(table.orderId, orderId))
        .orderBy(asc(table.createdAt), asc(table.key));
    },
  };
}
