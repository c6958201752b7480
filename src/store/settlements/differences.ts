/** Differences between gateways' reports and the books, for whoever decides them. */
import { and, asc, eq, gt, inArray, isNotNull, isNull, sql } from 'drizzle-orm';
import { ANNOUNCE_LISTS } from '../change-channel.ts';
import type { Database } from '../database.ts';
import { type ListQuery, pageOf, readCursor } from '../page.ts';
import { type DifferenceState, settlementDifferences, settlementImports } from '../schema/books.ts';
import type { SettlementImport } from './import-report.ts';
import { judge } from './judge.ts';
import { lockGateway, longTransaction } from './long-transaction.ts';
import { postBalances } from './post-entries.ts';
import type { BookTerms } from './terms.ts';

export interface Difference {
  id: string;
  kind: string;
  gateway: string;
  reference: string;
  paymentId: string | null;
  orderId: string | null;
  /** `YYYY-MM` */
  month: string;
  /** Minor units: what the books have; null where they have nothing. */
  expectedMinor: number | null;
  /** What the report has; null where it has nothing. */
  foundMinor: number | null;
  currency: string;
  proposal: string;
  state: DifferenceState;
  decision: string | null;
  note: string | null;
  decidedBy: string | null;
  decidedAt: Date | null;
  foundAt: Date;
  syncedAt: Date | null;
}

const table = settlementDifferences;
const LISTED = {
  id: sql<string>`${table.id}::text`,
  kind: table.kind,
  gateway: table.gateway,
  reference: table.reference,
  paymentId: table.paymentId,
  orderId: table.orderId,
  month: table.month,
  expectedMinor: table.expectedMinor,
  foundMinor: table.foundMinor,
  currency: table.currency,
  proposal: table.proposal,
  state: table.state,
  decision: table.decision,
  note: table.note,
  decidedBy: table.decidedBy,
  decidedAt: table.decidedAt,
  foundAt: table.foundAt,
  syncedAt: table.syncedAt,
};

export interface DifferenceFilter {
  state?: DifferenceState | undefined;
  kind?: string | undefined;
  gateway?: string | undefined;
  month?: string | undefined;
  orderId?: string | undefined;
  limit: number;
  cursor?: string | undefined;
}

/**
 * Oldest first, as they are worked off.
 *
 * @throws CursorError when the cursor is not one that this gave out.
 */
export async function listDifferences(
  { db }: Database,
  { limit, cursor, ...filter }: DifferenceFilter,
): Promise<{ differences: Difference[]; nextCursor: string | null }> {
  const { state, kind, gateway, month, orderId } = filter;
  const query: ListQuery = { list: 'differences', filter };
  const found = await db
    .select(LISTED)
    .from(table)
    .where(
      and(
        state === undefined ? undefined : eq(table.state, state),
        kind === undefined ? undefined : eq(table.kind, kind),
        gateway === undefined ? undefined : eq(table.gateway, gateway),
        month === undefined ? undefined : eq(table.month, month),
        orderId === undefined ? undefined : eq(table.orderId, orderId),
        cursor === undefined ? undefined : gt(table.id, rowOf(readCursor(cursor, query).id)),
      ),
    )
    .orderBy(asc(table.id))
    .limit(limit + 1);
  const page = pageOf(found, { limit, query }, ({ foundAt, id }) => ({
    atMs: foundAt.getTime(),
    id,
  }));
  return { differences: page.items, nextCursor: page.nextCursor };
}

export async function readDifference({ db }: Database, id: string): Promise<Difference | null> {
  const [found] = await db
    .select(LISTED)
    .from(table)
    .where(eq(table.id, rowOf(id)));
  return found ?? null;
}

export interface Decision {
  decision: 'accept' | 'attach' | 'write_off';
  note: string;
  /** Names the API key. */
  decidedBy: string;
}

/**
 * Notes a decision, unless one was taken: the first one stands. Answers the difference as it then is; null when
 * there is none of that id. A write-off moves what is in suspense to the account of write-offs.
 */
export async function decideDifference(
  database: Database,
  id: string,
  decision: Decision,
): Promise<Difference | null> {
  await database.db.transaction(async (tx) => {
    const [decided] = await tx
      .update(table)
      .set({ ...decision, state: 'decided', decidedAt: sql`now()` })
      .where(and(eq(table.id, rowOf(id)), eq(table.state, 'open')))
      .returning({ id: table.id, ...ANNOUNCE_LISTS });
    if (decided !== undefined && decision.decision === 'write_off')
      await tx.execute(sql`${WRITE_OFF} where d.id = ${rowOf(id)} and s.minor <> 0`);
  });
  return readDifference(database, id);
}

const WRITE_OFF = sql`
  insert into settlement_entries
    (key, debit, credit, amount_minor, currency, gateway, kind, reference, order_id, day)
  select 'write_off-' || d.gateway || '-' || d.reference || '-' || d.id || '-' || s.currency || '-' || s.times,
    case when s.minor > 0 then s.account else 'write_offs' end,
    case when s.minor > 0 then 'write_offs' else s.account end,
    abs(s.minor), s.currency, d.gateway, 'write_off', d.reference, d.order_id,
    (now() at time zone 'UTC')::date
  from settlement_differences d
  cross join lateral (
    select a.account, e.currency, count(*) as times,
      sum(case when e.credit = a.account then e.amount_minor else -e.amount_minor end)::bigint as minor
    from unnest(array['suspense:' || d.gateway, 'disputes_held:' || d.gateway]) as a (account)
    join settlement_entries e on e.gateway = d.gateway and e.reference = d.reference
      and e.line_id is null and a.account in (e.debit, e.credit)
    group by 1, 2
  ) s`;

/** Takes a decision back whose consequence did not come about. */
export async function reopenDifference({ db }: Database, id: string): Promise<void> {
  await db
    .update(table)
    .set({ state: 'open', decision: null, note: null, decidedBy: null, decidedAt: null })
    .where(and(eq(table.id, rowOf(id)), eq(table.state, 'decided')))
    .returning(ANNOUNCE_LISTS);
}

/** Orders that are to be asked for the gateway's truth, with the differences that call for it. */
export async function differencesToSync(
  { db }: Database,
  gateway: string,
  limit: number,
): Promise<Difference[]> {
  return db
    .select(LISTED)
    .from(table)
    .where(
      and(
        eq(table.gateway, gateway),
        eq(table.state, 'open'),
        eq(table.proposal, 'sync'),
        isNotNull(table.orderId),
        isNull(table.syncedAt),
      ),
    )
    .orderBy(asc(table.id))
    .limit(limit);
}

export async function markSynced({ db }: Database, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .update(table)
    .set({ syncedAt: sql`now()` })
    .where(inArray(table.id, ids.map(rowOf)));
}

/**
 * Judges what is open again, after orders have synced or were attached.
 *
 * @param patienceMs how long it waits for an import of the gateway to end, and then leaves it at what was judged
 * before; without it, as long as that takes
 */
export async function judgeAgain(
  database: Database,
  gateway: string,
  terms: BookTerms,
  { patienceMs = 0 }: { patienceMs?: number } = {},
): Promise<void> {
  await longTransaction(database, async (client) => {
    if (!(await lockGateway(client, gateway, patienceMs))) return;
    await judge(client, { gateway, terms, from: 'open' });
    await postBalances(client, gateway);
  });
}

export async function countOpen({ db }: Database, gateway: string): Promise<number> {
  const [row] = await db
    .select({ open: sql`count(*)`.mapWith(Number) })
    .from(table)
    .where(and(eq(table.gateway, gateway), eq(table.state, 'open')));
  return row?.open ?? 0;
}

/** The gateways of which a report was imported. */
export async function reportedGateways({ db }: Database): Promise<string[]> {
  const rows = await db
    .selectDistinct({ gateway: settlementImports.gateway })
    .from(settlementImports)
    .orderBy(asc(settlementImports.gateway));
  return rows.map(({ gateway }) => gateway);
}

export interface Month {
  /** `YYYY-MM` */
  month: string;
  gateway: string;
  lines: number;
  open: number;
  decided: number;
}

/** Every month that has lines or differences, newest first. It is closed when none of them is open. */
export async function listMonths({ pool }: Database): Promise<Month[]> {
  const { rows } = await pool.query<Month>(`
    select coalesce(l.month, d.month) as month, coalesce(l.gateway, d.gateway) as gateway,
      coalesce(l.lines, 0)::int as lines, coalesce(d.open, 0)::int as open,
      coalesce(d.decided, 0)::int as decided
    from (
      select to_char(day, 'YYYY-MM') as month, gateway, count(*) as lines
      from settlement_lines group by 1, 2
    ) l
    full join (
      select month, gateway, count(*) filter (where state = 'open') as open,
        count(*) filter (where state = 'decided') as decided
      from settlement_differences group by 1, 2
    ) d on d.month = l.month and d.gateway = l.gateway
    order by 1 desc, 2`);
  return rows;
}

export async function listImports(
  { db }: Database,
  { limit }: { limit: number },
): Promise<SettlementImport[]> {
  return db
    .select({
      id: settlementImports.id,
      gateway: settlementImports.gateway,
      account: settlementImports.account,
      format: settlementImports.format,
      sha256: settlementImports.sha256,
      lines: settlementImports.lines,
      newLines: settlementImports.newLines,
      firstDay: settlementImports.firstDay,
      lastDay: settlementImports.lastDay,
      importedAt: settlementImports.importedAt,
    })
    .from(settlementImports)
    .orderBy(sql`${settlementImports.id} desc`)
    .limit(limit);
}

/** The row's number; 0, which no row has, for a text that is no id. */
function rowOf(id: string): number {
  return /^[1-9]\d{0,14}$/.test(id) ? Number(id) : 0;
}
