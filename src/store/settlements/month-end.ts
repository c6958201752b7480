/** What happened to money in a month beyond what the accounts say: fees, payouts, papers, and what is still open. */
import type { Database } from '../database.ts';
import type { Period } from './book-entries.ts';
import { longTransaction } from './long-transaction.ts';
import type { BookTerms } from './terms.ts';

/** What a gateway took for itself, in minor units; what it gave back is subtracted. */
export interface GatewayFees {
  gateway: string;
  currency: string;
  feeMinor: number;
  taxMinor: number;
  /** Of its lines in the period. */
  lines: number;
}

export interface Payout {
  gateway: string;
  payoutId: string;
  /** `YYYY-MM-DD`: when the gateway sent it; of a gateway that does not say, the day of its last line. */
  day: string;
  currency: string;
  /** Positive: what the gateway sent to the bank. */
  amountMinor: number;
  /** How many lines it paid out; 0 where the gateway does not say which. */
  lines: number;
  /** `returned`: it came back, and the amount is what came back. */
  kind: 'sent' | 'returned';
}

/** A series of papers in the period. */
export interface PaperTotal {
  kind: 'invoice' | 'credit_note';
  currency: string;
  count: number;
  amountMinor: number;
  /** The least and the greatest number. */
  first: number;
  last: number;
}

/** A gateway whose reports are not all in, though orders have moved money at it. */
export interface MissingReports {
  gateway: string;
  /** `YYYY-MM-DD`: the last day of any report; null where there is none. */
  reportedTo: string | null;
  /** `YYYY-MM-DD`: the day up to which reports have to be. */
  dueTo: string;
  /** Days of the period that were asked of the gateway's API and are not imported, oldest first. */
  missingDays: string[];
}

export interface MonthEnd {
  /** What the period still waits for. */
  missing: MissingReports[];
  fees: GatewayFees[];
  payouts: Payout[];
  papers: PaperTotal[];
}

const FEES = `
  select gateway, currency, count(*)::int as lines,
    (sum(fee_minor) - coalesce(sum(gross_minor) filter (where kind = 'fee'), 0))::float8 as "feeMinor",
    sum(tax_minor)::float8 as "taxMinor"
  from settlement_lines where day between $1 and $2
  group by 1, 2 order by 1, 2`;

const PAYOUTS = `
  select gateway, payout_id as "payoutId", currency, 'sent' as kind,
    coalesce(min(day) filter (where kind = 'payout'), max(day))::text as day,
    coalesce(-sum(net_minor) filter (where kind = 'payout'),
      sum(net_minor) filter (where kind <> 'payout'))::float8 as "amountMinor",
    count(*) filter (where kind <> 'payout')::int as lines
  from settlement_lines
  where (gateway, payout_id) in (
    select gateway, payout_id from settlement_lines
    where payout_id is not null and day between $1 and $2)
  group by 1, 2, 3
  having coalesce(min(day) filter (where kind = 'payout'), max(day)) between $1 and $2
  union all
  select gateway, coalesce(reference, line_id), currency, 'returned', day::text, net_minor::float8, 0
  from settlement_lines where kind = 'payout_reversal' and day between $1 and $2
  order by 1, 5, 2, 4`;

/** A period in which no order has moved money at a gateway waits for nothing. */
const MISSING = `
  with booked as (
    select distinct replace(account, 'gateway_clearing:', '') as gateway
    from postings
    where account like 'gateway\\_clearing:%'
      and posted_at >= ($1::date)::timestamp at time zone 'UTC'
      and posted_at < ($2::date + 1)::timestamp at time zone 'UTC'
  ), reported as (
    select gateway, max(last_day) as day from settlement_imports group by 1
  ), gaps as (
    select gateway, array_agg(day::text order by day) as days
    from settlement_days
    where day between $1 and $2 and import_id is null and exists (select from booked)
    group by 1
  )
  select gateway, r.day::text as "reportedTo", ($2::date + $3::int)::text as "dueTo",
    coalesce(g.days, '{}') as "missingDays"
  from booked b
  full join gaps g using (gateway)
  left join reported r using (gateway)
  where g.days is not null or r.day is null or r.day < $2::date + $3::int
  order by 1`;

const PAPERS = `
  select kind, currency, count(*)::int as count, sum(amount_minor)::float8 as "amountMinor",
    min(number)::float8 as first, max(number)::float8 as last
  from (
    select 'invoice' as kind, currency, amount_minor - coalesce(discount_minor, 0) as amount_minor,
      number, issued_at
    from invoices
    union all
    select 'credit_note', currency, amount_minor, number, issued_at from credit_notes
  ) papers
  where issued_at >= ($1::date)::timestamp at time zone 'UTC'
    and issued_at < ($2::date + 1)::timestamp at time zone 'UTC'
  group by 1, 2 order by 1 desc, 2`;

/** @param reportedWithinDays how many days behind the period its reports have to reach */
export function readMonthEnd(
  database: Database,
  { from, to }: Period,
  { reportedWithinDays }: Pick<BookTerms, 'reportedWithinDays'>,
): Promise<MonthEnd> {
  return longTransaction(database, async (client) => {
    const [missing, fees, payouts, papers] = [
      await client.query<MissingReports>(MISSING, [from, to, reportedWithinDays]),
      await client.query<GatewayFees>(FEES, [from, to]),
      await client.query<Payout>(PAYOUTS, [from, to]),
      await client.query<PaperTotal>(PAPERS, [from, to]),
    ];
    return {
      ...{ missing: missing.rows, fees: fees.rows },
      ...{ payouts: payouts.rows, papers: papers.rows },
    };
  });
}
