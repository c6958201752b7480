/**
 * Orders that are not at rest, for those who see to it that each has a run. Every query goes through the partial
 * index of open orders and is bounded; none but those of a single order reads its content.
 */
import type { Ledger } from '../../domain/ledger.ts';
import type { Database } from '../database.ts';

/** Where a scan of the open orders stands. The deadline is PostgreSQL's own text, because it may be `infinity`. */
export interface ScanPosition {
  deadline: string;
  id: string;
}

type Pool = Pick<Database, 'pool'>;

const SCAN = `
  select id, next_deadline_at::text as deadline from orders
  where not closed and (next_deadline_at, id) > ($1::timestamptz, $2)
    and created_at < now() - $4 * interval '1 millisecond'
  order by next_deadline_at, id limit $3`;

/** The scan begins before every order. */
export const SCAN_START: ScanPosition = { deadline: '-infinity', id: '' };

/** The next open orders in the order of their deadlines; fewer than the limit when the scan is at its end. */
export async function scanOpenOrders(
  { pool }: Pool,
  { after, limit, olderThanMs }: { after: ScanPosition; limit: number; olderThanMs: number },
): Promise<ScanPosition[]> {
  const values = [after.deadline, after.id, limit, olderThanMs];
  return (await pool.query<ScanPosition>({ name: 'scan-open', text: SCAN, values })).rows;
}

const PAST_DEADLINE = `
  select id, next_deadline_at::text as deadline from orders
  where not closed and next_deadline_at < now() - $1 * interval '1 millisecond'
    and (next_deadline_at, id) > ($2::timestamptz, $3)
  order by next_deadline_at, id limit $4`;

/** Open orders that should have been woken longer ago than that. */
export async function findPastDeadline(
  { pool }: Pool,
  { byMs, after, limit }: { byMs: number; after: ScanPosition; limit: number },
): Promise<ScanPosition[]> {
  const values = [byMs, after.deadline, after.id, limit];
  return (await pool.query<ScanPosition>({ name: 'past-deadline', text: PAST_DEADLINE, values }))
    .rows;
}

/** Of these orders, the ones that are there and not at rest. */
export async function stillOpen({ pool }: Pool, ids: readonly string[]): Promise<string[]> {
  const text = 'select id from orders where id = any($1) and not closed';
  const { rows } = await pool.query<{ id: string }>(text, [ids]);
  return rows.map(({ id }) => id);
}

/** Of these orders, the ones that have a record, open or at rest. */
export async function recordedAmong({ pool }: Pool, ids: readonly string[]): Promise<Set<string>> {
  const text = 'select id from orders where id = any($1)';
  const { rows } = await pool.query<{ id: string }>(text, [ids]);
  return new Set(rows.map(({ id }) => id));
}

/** When the newest order was created; null where there is none. */
export async function newestRecord({ pool }: Pool): Promise<Date | null> {
  const { rows } = await pool.query<{ at: Date | null }>(
    'select max(created_at) as at from orders',
  );
  return rows[0]?.at ?? null;
}

/**
 * The ledger as last written, of an order that is not at rest; null for any other. A worker of the release before
 * this column closes an order without saying so in it: the ledger is right, and the column is put right here.
 */
export async function loadOpenLedger({ pool }: Pool, id: string): Promise<Ledger | null> {
  const text = 'select ledger from orders where id = $1 and not closed';
  const { rows } = await pool.query<{ ledger: Ledger }>(text, [id]);
  const ledger = rows[0]?.ledger ?? null;
  if (!ledger?.closed) return ledger;
  await pool.query('update orders set closed = true where id = $1 and revision = $2', [
    id,
    ledger.revision,
  ]);
  return null;
}

const KNOWN_EVENTS = `
  select event_id as id from order_events where order_id = $1 and event_id = any($2)
  union
  select seen.id from orders, json_array_elements_text(ledger->'seen') as seen (id)
  where orders.id = $1 and seen.id = any($2)`;

/** Of these events, the ones that the order's record has: with their outcome, or still without. */
export async function knownEvents(
  { pool }: Pool,
  orderId: string,
  eventIds: readonly string[],
): Promise<Set<string>> {
  const { rows } = await pool.query<{ id: string }>(KNOWN_EVENTS, [orderId, eventIds]);
  return new Set(rows.map(({ id }) => id));
}

/** How many open orders are older than that, by the index alone. */
export async function countOpenOrders({ pool }: Pool, olderThanMs: number): Promise<number> {
  const text = `
    select count(*)::int as count from orders
    where not closed and created_at < now() - $1 * interval '1 millisecond'`;
  return (await pool.query<{ count: number }>(text, [olderThanMs])).rows[0]?.count ?? 0;
}
