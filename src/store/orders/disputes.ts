/** Disputes of all orders, the ones that have to be answered soonest first. */
import { and, asc, eq, type SQL, sql } from 'drizzle-orm';
import type { DisputeStatus } from '../../domain/facts/facts.ts';
import type { Database } from '../database.ts';
import { type ListQuery, type Page, type Position, pageOf, readCursor } from '../page.ts';
import { orderDisputes } from '../schema/orders.ts';

export interface StoredDispute {
  /** The gateway's id. */
  disputeId: string;
  orderId: string;
  paymentId: string;
  gateway: string;
  amountMinor: number;
  currency: string;
  status: DisputeStatus;
  /** Null where no answer is awaited. */
  respondBy: Date | null;
  /** When its order heard of it. */
  createdAt: Date;
}

/** Those that await no answer come last. */
const NEVER_MS = Date.UTC(9_999, 0);

/**
 * By deadline, and then in the order in which they were heard of.
 *
 * @throws CursorError when the cursor is not one that this gave out for the same filter.
 */
export async function listDisputes(
  database: Database,
  filter: { status?: DisputeStatus | undefined; limit: number; cursor?: string | undefined },
): Promise<Page<StoredDispute>> {
  const { status, limit, cursor } = filter;
  const query: ListQuery = { list: 'disputes', filter: { status } };
  const behind = cursor === undefined ? undefined : readCursor(cursor, query);
  const found = await findDisputes(database, { status, behind, limit: limit + 1 });
  const page = pageOf(found, { limit, query }, ({ id, respondBy }) => ({
    atMs: timeOf(respondBy)?.getTime() ?? NEVER_MS,
    id: String(id),
  }));
  return {
    ...page,
    items: page.items.map(({ id: _, respondBy, ...dispute }) => ({
      ...dispute,
      respondBy: timeOf(respondBy),
    })),
  };
}

/** The query, to be run or to be explained. */
export function findDisputes(
  { db }: Database,
  {
    status,
    behind,
    limit,
  }: { status?: DisputeStatus | undefined; behind?: Position | undefined; limit: number },
) {
  return db
    .select()
    .from(orderDisputes)
    .where(
      and(
        status === undefined ? undefined : eq(orderDisputes.status, status),
        behind && after(behind),
      ),
    )
    .orderBy(asc(orderDisputes.respondBy), asc(orderDisputes.id))
    .limit(limit);
}

function after({ atMs, id }: Position): SQL {
  const time = atMs === NEVER_MS ? 'infinity' : new Date(atMs).toISOString();
  // An id of another list is no number: nothing is behind it.
  const number = /^\d{1,18}$/.test(id) ? id : '0';
  return sql`(${orderDisputes.respondBy}, ${orderDisputes.id}) > (${time}::timestamptz, ${number}::bigint)`;
}

function timeOf(respondBy: string): Date | null {
  return respondBy === 'infinity' ? null : new Date(respondBy);
}
