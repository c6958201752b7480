/**
 * Days whose lines are fetched from a gateway's API. What was fetched is kept page by page with where it ended, so that
 * a worker which takes over goes on from there; the import is what counts, and happens at once for all of a day.
 */
import { and, desc, eq, sql } from 'drizzle-orm';
import type pg from 'pg';
import { ANNOUNCE_LISTS } from '../change-channel.ts';
import type { Database } from '../database.ts';
import { type SettlementDayState, settlementDayItems, settlementDays } from '../schema/books.ts';

export interface SettlementDay {
  gateway: string;
  /** `YYYY-MM-DD` in the zone of the account. */
  day: string;
  state: SettlementDayState;
  /** Items that were fetched and are not imported yet. */
  fetchedItems: number;
  /** How often the present fetch was tried. */
  tries: number;
  problem: string | null;
  importId: number | null;
  requestedBy: string;
  requestedAt: Date;
  changedAt: Date;
}

interface DayKey {
  gateway: string;
  day: string;
}

/** A fetch of a day from its start to its import, whatever number of tries it takes. */
export interface DayFetch extends DayKey {
  fetchId: string;
}

const table = settlementDays;
const isDay = ({ gateway, day }: DayKey) => and(eq(table.gateway, gateway), eq(table.day, day));
/** One that was imported, has failed or was replaced changes nothing any more, whoever still works on it. */
const isUnderWay = (fetch: DayFetch) =>
  and(isDay(fetch), eq(table.fetchId, fetch.fetchId), eq(table.state, 'fetching'));

/** Notes that somebody wants the day; what was known of an earlier fetch stays until the new one begins. */
export async function requestDay(
  { db }: Database,
  { gateway, day, requestedBy }: DayKey & { requestedBy: string },
): Promise<void> {
  const [known] = await db
    .select({ state: table.state })
    .from(table)
    .where(isDay({ gateway, day }));
  // It is what is asked for, and its import may hold the row for minutes.
  if (known?.state === 'fetching') return;
  await db
    .insert(table)
    .values({ gateway, day, fetchId: '', state: 'requested', requestedBy })
    .onConflictDoUpdate({
      target: [table.gateway, table.day],
      set: {
        // One that is under way is what is asked for.
        state: sql`case ${table.state} when 'fetching' then 'fetching' else 'requested' end`,
        // The schedule goes on from the first day that it has asked for.
        requestedBy: sql`case ${table.requestedBy} when ${SCHEDULE} then ${SCHEDULE} else ${requestedBy} end`,
        problem: null,
        requestedAt: sql`now()`,
        changedAt: sql`now()`,
      },
    })
    .returning(ANNOUNCE_LISTS);
}

/** Temporal did not take it, and nothing goes on by itself. */
export async function noteNotStarted({ db }: Database, day: DayKey): Promise<void> {
  await db
    .update(table)
    .set({ state: 'failed', problem: 'Temporal could not be reached: ask for the day again' })
    .where(and(isDay(day), eq(table.state, 'requested')))
    .returning(ANNOUNCE_LISTS);
}

export interface BegunFetch {
  cursor: string | null;
  /** Every page was fetched before. */
  isWhole: boolean;
  /** The day's first moment in its zone, and that of the next day: 23 to 25 hours apart. */
  fromMs: number;
  toMs: number;
}

/**
 * Begins a fetch, or goes on with it where it is under way.
 *
 * @returns null where it is over already: a try that comes so late must not open the day again
 */
export async function beginFetch(
  database: Database,
  { gateway, day, fetchId, zone, requestedBy }: DayFetch & { zone: string; requestedBy: string },
): Promise<BegunFetch | null> {
  return database.db.transaction(async (tx) => {
    await tx
      .insert(table)
      .values({ gateway, day, fetchId: '', state: 'requested', requestedBy })
      .onConflictDoNothing();
    const [known] = await tx
      .select({ fetchId: table.fetchId, state: table.state })
      .from(table)
      .where(isDay({ gateway, day }))
      .for('update');
    if (known?.fetchId === fetchId && known.state !== 'fetching') return null;
    if (known?.fetchId !== fetchId) {
      await tx.delete(settlementDayItems).where(isItemOf({ gateway, day }));
      await tx
        .update(table)
        .set({ fetchId, cursor: null, isWhole: false, tries: 0, problem: null })
        .where(isDay({ gateway, day }));
    }
    const [begun] = await tx
      .update(table)
      .set({ state: 'fetching', tries: sql`${table.tries} + 1`, changedAt: sql`now()` })
      .where(isDay({ gateway, day }))
      .returning({
        cursor: table.cursor,
        isWhole: table.isWhole,
        fromMs: startOf(sql`${table.day}`, zone),
        toMs: startOf(sql`(${table.day} + 1)`, zone),
      });
    if (begun === undefined) throw new Error(`the day ${day} of ${gateway} is gone`);
    return begun;
  });
}

/** Who wants days that no person has asked for. */
export const SCHEDULE = 'schedule';

function startOf(day: ReturnType<typeof sql>, zone: string) {
  return sql`(extract(epoch from ${day}::timestamp at time zone ${zone}) * 1000)::float8`.mapWith(
    Number,
  );
}

const isItemOf = ({ gateway, day }: DayKey) =>
  and(eq(settlementDayItems.gateway, gateway), eq(settlementDayItems.day, day));

export interface FetchedPage {
  items: readonly { id: string; payoutId: string | null; data: unknown }[];
  nextCursor: string | null;
}

/**
 * Keeps a page, and where it ended, at once. An item that comes again replaces itself: a list may move while it is read.
 *
 * @returns false where another fetch of the day has begun meanwhile, or this one has every page; nothing is kept then
 */
export async function keepPage(
  database: Database,
  fetch: DayFetch,
  { items, nextCursor }: FetchedPage,
): Promise<boolean> {
  const { gateway, day } = fetch;
  return database.db.transaction(async (tx) => {
    const [kept] = await tx
      .update(table)
      .set({ cursor: nextCursor, isWhole: nextCursor === null, changedAt: sql`now()` })
      .where(and(isUnderWay(fetch), eq(table.isWhole, false)))
      .returning({ day: table.day });
    if (kept === undefined) return false;
    const rows = JSON.stringify(items.map(({ id, payoutId, data }) => ({ id, payoutId, data })));
    await tx.execute(sql`
      insert into ${settlementDayItems} (gateway, day, line_id, payout_id, data)
      select distinct on (id) ${gateway}, ${day}::date, id, "payoutId", data
      from json_to_recordset(${rows}::json) as t (id text, "payoutId" text, data json)
      order by id, "payoutId" nulls last
      on conflict (gateway, day, line_id) do update set
        data = excluded.data,
        payout_id = coalesce(excluded.payout_id, ${settlementDayItems}.payout_id)`);
    return true;
  });
}

/** Rows of some hundred bytes each. */
const PAGE = 2_000;

/** Of this fetch alone, in an order that does not depend on how they came. */
export async function* dayItems(
  { pool }: Database,
  { gateway, day, fetchId }: DayFetch,
): AsyncGenerator<{ data: unknown; payoutId: string | null }> {
  let after = '';
  for (;;) {
    const { rows } = await pool.query<{ id: string; payoutId: string | null; data: unknown }>(
      `select line_id as id, payout_id as "payoutId", data from settlement_day_items
       where gateway = $1 and day = $2 and line_id > $3
         and exists (
           select from settlement_days where gateway = $1 and day = $2 and fetch_id = $4)
       order by line_id limit ${PAGE}`,
      [gateway, day, after, fetchId],
    );
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    after = last.id;
  }
}

export interface ImportedLines {
  lines: number;
  /** Lines that no earlier import had. */
  newLines: number;
}

/**
 * What has come of a fetch: its import where it has been imported, `open` where that is still to do, and `replaced` where
 * another fetch has begun or this one was given up.
 */
export async function outcomeOf(
  { pool }: Database,
  { gateway, day, fetchId }: DayFetch,
): Promise<ImportedLines | 'open' | 'replaced'> {
  const { rows } = await pool.query<{
    state: SettlementDayState;
    lines: number | null;
    newLines: number;
  }>(
    // The import of a fetch that brought nothing new is an older one.
    `select d.state, i.lines,
       case when d.state = 'imported' and i.imported_at < d.changed_at then 0
         else i.new_lines end as "newLines"
     from settlement_days d left join settlement_imports i on i.id = d.import_id
     where d.gateway = $1 and d.day = $2 and d.fetch_id = $3`,
    [gateway, day, fetchId],
  );
  const [row] = rows;
  if (row?.state === 'fetching') return 'open';
  // It was asked for again since, and the run that is asked has not begun.
  const isImported = row?.state === 'imported' || row?.state === 'requested';
  if (row === undefined || !isImported || row.lines === null) return 'replaced';
  return { lines: row.lines, newLines: row.newLines };
}

/**
 * Holds the day until the transaction ends, so that no other fetch begins while it is imported.
 *
 * @returns false where there is nothing to import: `outcomeOf` says why
 */
export async function holdFetch(
  client: pg.Client,
  { gateway, day, fetchId }: DayFetch,
): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from settlement_days
     where gateway = $1 and day = $2 and fetch_id = $3 and state = 'fetching' and is_whole
     for update`,
    [gateway, day, fetchId],
  );
  return rowCount === 1;
}

/**
 * Of a fetch that is held, in the same transaction: the lines and this are there together or not at all.
 *
 * @returns false where another fetch of the day has begun
 */
export async function noteImported(
  { pool }: { pool: Pick<pg.ClientBase, 'query'> },
  { gateway, day, fetchId }: DayFetch,
  importId: number,
): Promise<boolean> {
  const { rowCount } = await pool.query(
    `with noted as (
       update settlement_days
       set state = 'imported', import_id = $4, problem = null, changed_at = now()
       where gateway = $1 and day = $2 and fetch_id = $3 returning 1
     ), gone as (
       delete from settlement_day_items
       where gateway = $1 and day = $2 and exists (select from noted)
     )
     select from noted`,
    [gateway, day, fetchId, importId],
  );
  return rowCount === 1;
}

/** @param isOver whether it is not tried again by itself before the next run of the schedule */
export async function noteProblem(
  { db }: Database,
  fetch: DayFetch,
  { problem, isOver }: { problem: string; isOver: boolean },
): Promise<void> {
  await db
    .update(table)
    .set({ problem, ...(isOver && { state: 'failed' as const }), changedAt: sql`now()` })
    .where(isUnderWay(fetch))
    .returning(ANNOUNCE_LISTS);
}

/** How far back a day that was missed, or has failed, is still fetched by itself. */
const CATCH_UP_DAYS = 30;
/** Payouts and late items are found by looking at a day again. */
const LOOK_AGAIN_DAYS = 3;

/**
 * The days that the schedule fetches at this time, newest first, so that an old one which fails every time keeps no newer
 * one waiting: yesterday and the days before it again, and every day since the schedule's first that is not imported.
 *
 * @param at in epoch milliseconds
 */
export async function dueDays(
  { pool }: Database,
  { gateway, zone, at }: { gateway: string; zone: string; at: number },
): Promise<string[]> {
  const { rows } = await pool.query<{ day: string }>(
    `with yesterday as (
       select (to_timestamp($3::float8 / 1000) at time zone $2)::date - 1 as day
     ), first as (
       select coalesce(min(d.day), (select day from yesterday)) as day
       from settlement_days d where d.gateway = $1 and d.requested_by = $4
     )
     select due::date::text as day
     from yesterday, first,
       generate_series(greatest(first.day, yesterday.day - ${CATCH_UP_DAYS - 1}), yesterday.day, '1 day') due
     where due > yesterday.day - ${LOOK_AGAIN_DAYS} or not exists (
       select from settlement_days d
       where d.gateway = $1 and d.day = due and d.state = 'imported')
     order by due desc`,
    [gateway, zone, at, SCHEDULE],
  );
  return rows.map(({ day }) => day);
}

/** Notes what the schedule wants before anybody fetches it: also a day that nobody can fetch is known to be missing. */
export async function requestDueDays(
  { db }: Database,
  { gateway, days }: { gateway: string; days: readonly string[] },
): Promise<void> {
  if (days.length === 0) return;
  await db
    .insert(table)
    .values(
      days.map((day) => ({
        gateway,
        day,
        fetchId: '',
        state: 'requested' as const,
        requestedBy: SCHEDULE,
      })),
    )
    .onConflictDoNothing();
}

/**
 * Whose account the gateway's newest import is of that was no fetched day, and in which zone its days are; null where there
 * is none.
 *
 * @param format that of fetched days; a file of it over a single day that was fetched too is taken for that day
 */
export async function accountOfImports(
  { pool }: Database,
  { gateway, format }: { gateway: string; format: string },
): Promise<{ account: string; zone: string } | null> {
  const { rows } = await pool.query<{ account: string; zone: string }>(
    `select i.account, i.book_zone as zone from settlement_imports i
     where i.gateway = $1 and not (
       i.format = $2 and i.first_day = i.last_day and exists (
         select from settlement_days d
         where d.gateway = $1 and d.day = i.first_day and d.import_id is not null))
     order by i.id desc limit 1`,
    [gateway, format],
  );
  return rows[0] ?? null;
}

/** A day ends, six hours later it is fetched, and for a day the fetch is tried again. */
const MISSING_AFTER_HOURS = 30;

/** Of the days that the schedule should have brought, how many are not imported though they are long over. */
export async function countMissingDays(
  { pool }: Database,
  { gateway, zone }: { gateway: string; zone: string },
): Promise<number> {
  const { rows } = await pool.query<{ missing: number }>(
    `with last as (
       select ((now() - interval '${MISSING_AFTER_HOURS} hours') at time zone $2)::date - 1 as day
     ), first as (
       select min(day) as day from settlement_days where gateway = $1 and requested_by = $3
     )
     select count(*)::int as missing
     from last, first,
       generate_series(greatest(first.day, last.day - ${CATCH_UP_DAYS - 1}), last.day, '1 day') due
     -- Where nothing was ever due, nothing is missing: greatest() leaves NULL out.
     where first.day is not null and not exists (
       select from settlement_days d
       where d.gateway = $1 and d.day = due and d.import_id is not null)`,
    [gateway, zone, SCHEDULE],
  );
  return rows[0]?.missing ?? 0;
}

export interface DayFilter {
  gateway?: string | undefined;
  day?: string | undefined;
  state?: SettlementDayState | undefined;
  limit: number;
}

/** Newest days first. */
export async function listDays({ db }: Database, filter: DayFilter): Promise<SettlementDay[]> {
  const { gateway, day, state, limit } = filter;
  return db
    .select({
      gateway: table.gateway,
      day: table.day,
      state: table.state,
      fetchedItems: sql<number>`(
        select count(*)::int from ${settlementDayItems}
        where ${settlementDayItems.gateway} = ${table.gateway}
          and ${settlementDayItems.day} = ${table.day})`,
      tries: table.tries,
      problem: table.problem,
      importId: table.importId,
      requestedBy: table.requestedBy,
      requestedAt: table.requestedAt,
      changedAt: table.changedAt,
    })
    .from(table)
    .where(
      and(
        gateway === undefined ? undefined : eq(table.gateway, gateway),
        day === undefined ? undefined : eq(table.day, day),
        state === undefined ? undefined : eq(table.state, state),
      ),
    )
    .orderBy(desc(table.day), table.gateway)
    .limit(limit);
}
