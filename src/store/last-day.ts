/** What happened in the last hours, hour by hour, for the first page that operators see. */
import type { Pool } from 'pg';

export interface MoneyOfHour {
  currency: string;
  /** Minor units, as posted. */
  captured: number;
  refunded: number;
}

export interface Hour {
  from: Date;
  ordersCreated: number;
  /** Events that were delivered again, in the hour of their last delivery. */
  repeatedEvents: number;
  money: MoneyOfHour[];
}

/** Each query reads the rows of these hours by an index on their time, but for repeats, which are few. */
const CREATED = `
  select date_trunc('hour', created_at, 'UTC') as "from", count(*)::int as count
  from orders where created_at >= $1 group by 1`;

const REPEATED = `
  select date_trunc('hour', last_at, 'UTC') as "from", count(*)::int as count
  from duplicate_deliveries where last_at >= $1 group by 1`;

const MONEY = `
  select date_trunc('hour', posted_at, 'UTC') as "from", currency,
    coalesce(sum(amount_minor) filter (where kind = 'capture'), 0)::float8 as captured,
    coalesce(sum(amount_minor) filter (where kind = 'refund'), 0)::float8 as refunded
  from postings
  where side = 'debit' and kind in ('capture', 'refund') and posted_at >= $1
  group by 1, 2 order by 2`;

const EFFECTS = `
  select effect as name, count(*)::int as count from failing_effects group by 1 order by 1`;

const HOUR_MS = 3_600_000;

interface Counted {
  from: Date;
  count: number;
}

export interface LastHours {
  hours: Hour[];
  /** Effects that have failed and are tried again by themselves, by kind. */
  waitingEffects: { name: string; count: number }[];
}

/**
 * The hour of `now` and those before it, oldest first, each of them also where nothing happened.
 *
 * @throws Error when the database does not answer.
 */
export async function readLastHours(
  { pool }: { pool: Pool },
  { now, hours }: { now: number; hours: number },
): Promise<LastHours> {
  const first = Math.floor(now / HOUR_MS) * HOUR_MS - (hours - 1) * HOUR_MS;
  const since = [new Date(first)];
  const [created, repeated, money, waiting] = await Promise.all([
    pool.query<Counted>(CREATED, since),
    pool.query<Counted>(REPEATED, since),
    pool.query<MoneyOfHour & { from: Date }>(MONEY, since),
    pool.query<{ name: string; count: number }>(EFFECTS),
  ]);
  const countIn = (rows: readonly Counted[], from: number): number =>
    rows.find((row) => row.from.getTime() === from)?.count ?? 0;
  return {
    hours: Array.from({ length: hours }, (_, i) => {
      const from = first + i * HOUR_MS;
      return {
        from: new Date(from),
        ordersCreated: countIn(created.rows, from),
        repeatedEvents: countIn(repeated.rows, from),
        money: money.rows
          .filter((row) => row.from.getTime() === from)
          .map(({ currency, captured, refunded }) => ({ currency, captured, refunded })),
      };
    }),
    waitingEffects: waiting.rows,
  };
}
