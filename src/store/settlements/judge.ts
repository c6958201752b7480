/**
 * Holds what gateways report against what orders have posted, both ways, in PostgreSQL alone. What does not agree
 * becomes a difference; an open one that agrees by now is resolved. A decided one stays decided while its amounts do.
 */
import type pg from 'pg';
import { CHANGE_CHANNEL } from '../change-channel.ts';
import type { BookTerms } from './terms.ts';

export const DIFFERENCE_KINDS = [
  'foreign_payment',
  'foreign_refund',
  'foreign_dispute',
  'capture_missing',
  'refund_missing',
  'dispute_missing',
  'capture_amount',
  'refund_amount',
  'dispute_amount',
  'capture_unreported',
  'refund_unreported',
  'fee',
  'fee_tax',
  'payout',
] as const;

export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number];

/** What there is to do about a difference, before a person has looked at it. */
export const PROPOSALS = ['attach', 'keep_foreign', 'sync', 'compare', 'complete'] as const;
export type Proposal = (typeof PROPOSALS)[number];

interface Judgement {
  gateway: string;
  terms: BookTerms;
  /** What is judged: what the staged file touches, or what is open. */
  from: 'staging' | 'open';
}

/** Which lines are about one thing: a payment, a refund or a dispute. */
export const GROUP = (kind: string): string => `
  case when ${kind} in ('capture', 'capture_reversal') then 'capture'
       when ${kind} in ('refund', 'refund_failure') then 'refund'
       when ${kind} in ('dispute', 'dispute_reversal') then 'dispute' end`;

const TOUCHED = {
  staging: `
    insert into touched
    select distinct ${GROUP('kind')}, reference from staging where ${GROUP('kind')} is not null
    union all
    select distinct 'payout', payout_id from staging where payout_id is not null`,
  // What is not reported is sought among all postings and needs no list.
  open: `
    insert into touched
    select distinct case
        when kind like '%payment' or kind like 'capture%' then 'capture'
        when kind like '%refund' or kind like 'refund%' then 'refund'
        when kind like '%dispute%' then 'dispute'
        when kind in ('fee', 'fee_tax') then 'line'
        else 'payout' end, reference
    from settlement_differences
    where gateway = $1 and state = 'open'`,
} as const;

/** Fees are judged row by row, where there is something to hold them against. */
const TOUCHED_LINES = `
  insert into touched select 'line', line_id from staging where kind = 'capture'`;

/** An order may post after a line was judged; an hour is longer than any posting is under way. */
const POSTED_SINCE = `
  insert into touched
  select distinct case replace(p.kind, '_reversed', '')
      when 'chargeback' then 'dispute' else replace(p.kind, '_reversed', '') end, p.reference
  from settlement_judgements j
  join postings p on p.side = 'debit' and p.posted_at >= j.judged_at - interval '1 hour'
  where j.gateway = $1
    and exists (select from settlement_lines l where l.gateway = $1 and l.reference = p.reference)
  except select grp, reference from touched`;

const JUDGED = `
  insert into settlement_judgements values ($1, now())
  on conflict (gateway) do update set judged_at = excluded.judged_at
  returning pg_notify('${CHANGE_CHANNEL}', '')`;

/**
 * What the lines say of one thing and what the orders' postings say of it, in one row: of disputes, and of whatever
 * differs or once did. Most of a report agrees, and is left out.
 */
const GROUPS = `
  with lines as (
    select t.grp, t.reference, coalesce(l.customer_currency, l.currency) as currency,
      sum(coalesce(l.customer_minor, l.gross_minor))::bigint as amount,
      min(l.payment_id) as payment_id, min(l.order_hint) as order_hint, min(l.day) as day
    from touched t
    join settlement_lines l on l.gateway = $1 and l.reference = t.reference
      and ${GROUP('l.kind')} = t.grp
    group by 1, 2, 3
  ), booked as (
    select t.grp, t.reference, min(p.currency) as currency, min(p.order_id) as order_id,
      sum(case p.side when 'debit' then p.amount_minor else -p.amount_minor end)::bigint as amount
    from touched t
    join postings p on p.reference = t.reference and p.account = 'gateway_clearing:' || $1
      and p.kind in (t.grp, t.grp || '_reversed')
    where t.grp in ('capture', 'refund')
    group by 1, 2
  )
  insert into compared
  select l.grp, l.reference, l.currency, l.amount, l.payment_id, l.order_hint, l.day,
    b.currency, b.amount,
    coalesce(b.order_id, p.order_id, case when l.grp <> 'capture' then o.id end), o.id
  from lines l
  left join booked b on b.grp = l.grp and b.reference = l.reference
  left join gateway_payments p on p.gateway = $1 and p.payment_id = l.payment_id
  left join orders o on o.id = l.order_hint and o.gateway = $1
  where l.grp = 'dispute' or (b.amount, b.currency) is distinct from (l.amount, l.currency)
    or l.reference in (
      select reference from settlement_entries where gateway = $1 and line_id is null)`;

const MONTH = `to_char(day, 'YYYY-MM')`;

const OF_PAYMENTS_AND_REFUNDS = `
  insert into found (kind, reference, payment_id, order_id, month, expected_minor, found_minor, currency, proposal)
  select
    case when order_id is null then case grp when 'capture' then 'foreign_payment' else 'foreign_refund' end
         when booked_minor is null then grp || '_missing'
         else grp || '_amount' end,
    reference, payment_id, coalesce(order_id, hinted_order_id), ${MONTH}, booked_minor, amount_minor, currency,
    case when order_id is null then case
           when grp = 'capture' and hinted_order_id is not null then 'attach' else 'keep_foreign' end
         when booked_minor is null then 'sync' else 'compare' end
  from compared
  where grp in ('capture', 'refund')
    and (booked_minor, booked_currency) is distinct from (amount_minor, currency)
    -- A refund that came back before the order learned of it leaves nothing to learn.
    and (booked_minor is not null or amount_minor <> 0)`;

/** A customer who bears the fee pays more than the order's amount: what is on top is no money of the order. */
const WITHOUT_CUSTOMER_FEES = `
  delete from found f using orders o
  where f.kind = 'capture_amount' and o.id = f.order_id and f.currency = o.currency
    and f.found_minor = f.expected_minor
      + coalesce((o.ledger -> 'captures' -> f.reference ->> 'feeMinor')::bigint, 0)`;

/** Disputes are in the order's ledger from their first day, and in its postings only once they are lost. */
const OF_DISPUTES = `
  insert into found (kind, reference, payment_id, order_id, month, expected_minor, found_minor, currency, proposal)
  select
    case when c.order_id is null then 'foreign_dispute'
         when d.amount is null then 'dispute_missing' else 'dispute_amount' end,
    c.reference, c.payment_id, c.order_id, ${MONTH}, -d.amount, c.amount_minor, c.currency,
    case when c.order_id is null then 'keep_foreign' when d.amount is null then 'sync' else 'compare' end
  from compared c
  left join orders o on o.id = c.order_id
  left join lateral (
    select (o.ledger -> 'disputes' -> c.reference ->> 'amountMinor')::bigint as amount,
      o.ledger -> 'disputes' -> c.reference ->> 'currency' as currency
  ) d on true
  where c.grp = 'dispute'
    and (d.amount is null or d.currency <> c.currency or c.amount_minor not in (0, -d.amount))`;

/**
 * Captures and refunds that the orders have and no line shows, in the time that the reports cover. A line may be in a
 * report of some days later, so a single day that somebody has fetched tells nothing: of days, those are judged that are
 * followed by others for that long. A file is judged with as many days behind it, as it ends with its last line and the
 * next one begins with its first.
 */
const UNREPORTED = `
  with imports as (
    select first_day, last_day, daterange(first_day, last_day + 1 + $2::int) as days
    from settlement_imports where gateway = $1
  ), spans as (
    select unnest(range_agg(days)) as days from imports
  ), judged as (
    select range_agg(days) as days from (
      select daterange(lower(days), greatest(lower(days), upper(days) - 2 * $2::int)) as days from spans
      union all
      select days from imports where last_day > first_day
    ) parts
  ), covered as (
    select days, lower(days)::timestamp at time zone 'UTC' as first,
      ((select max(last_day) from imports) + 1 - $2::int)::timestamp at time zone 'UTC' as last
    from judged
  ), booked as (
    select replace(kind, '_reversed', '') as grp, reference, min(currency) as currency,
      min(order_id) as order_id, (min(posted_at) at time zone 'UTC')::date as day,
      sum(case side when 'debit' then amount_minor else -amount_minor end)::bigint as amount
    from postings, covered
    where account = 'gateway_clearing:' || $1
      and kind in ('capture', 'capture_reversed', 'refund', 'refund_reversed')
      and posted_at >= covered.first and posted_at < covered.last
    group by 1, 2
  )
  insert into found (kind, reference, payment_id, order_id, month, expected_minor, found_minor, currency, proposal)
  select b.grp || '_unreported', b.reference, case b.grp when 'capture' then b.reference end, b.order_id,
    ${MONTH}, b.amount, null, b.currency, 'sync'
  from booked b, covered
  where b.amount <> 0 and b.day <@ covered.days and not exists (
    select from settlement_lines l
    where l.gateway = $1 and l.reference = b.reference and ${GROUP('l.kind')} = b.grp)`;

/** What the gateway took for a capture, held against what it has agreed to take; a cent of rounding is none. */
const FEES = `
  with terms as (
    select * from json_to_recordset($2::json)
      as t (gateway text, currency text, percent numeric, "fixedMinor" bigint, "taxPercent" numeric)
  ), due as (
    select l.*, round(l.gross_minor * t.percent / 100) + t."fixedMinor" as fee_due,
      round(l.fee_minor * t."taxPercent" / 100) as tax_due
    from touched
    join settlement_lines l on l.gateway = $1 and l.line_id = touched.reference
    join terms t on t.gateway = l.gateway and t.currency = l.currency
    where touched.grp = 'line' and l.kind = 'capture'
  ), wrong as (
    select 'fee' as difference, fee_due as due, fee_minor as taken, line_id, payment_id, currency, day
    from due where abs(fee_minor - fee_due) > 1
    union all
    select 'fee_tax', tax_due, tax_minor, line_id, payment_id, currency, day
    from due where abs(tax_minor - tax_due) > 1
  )
  insert into found (kind, reference, payment_id, order_id, month, expected_minor, found_minor, currency, proposal)
  select w.difference, w.line_id, w.payment_id, p.order_id, ${MONTH}, w.due, w.taken, w.currency, 'compare'
  from wrong w
  left join gateway_payments p on p.gateway = $1 and p.payment_id = w.payment_id`;

/**
 * The gateway lists a payout among its own lines; without that row the sum of the others is what it sent. Payouts
 * that were started by hand name no lines, and are left out.
 */
const PAYOUTS = `
  with sums as (
    select l.payout_id, l.currency,
      min(l.day) filter (where l.kind = 'payout') as day,
      -sum(l.net_minor) filter (where l.kind = 'payout') as sent,
      sum(l.net_minor) filter (where l.kind <> 'payout') as lines
    from touched t join settlement_lines l on l.gateway = $1 and l.payout_id = t.reference
    where t.grp = 'payout'
    group by 1, 2
  )
  insert into found (kind, reference, payment_id, order_id, month, expected_minor, found_minor, currency, proposal)
  select 'payout', payout_id, null, null, ${MONTH}, sent, lines, currency, 'complete'
  from sums where sent is not null and lines is not null and sent <> lines`;

const UPSERT = `
  insert into settlement_differences as d
    (gateway, kind, reference, payment_id, order_id, month, expected_minor, found_minor, currency, proposal)
  select $1, kind, reference, payment_id, order_id, month, expected_minor, found_minor, currency, proposal
  from found order by month, kind, reference
  on conflict (kind, gateway, reference) do update set
    payment_id = excluded.payment_id, order_id = excluded.order_id, month = excluded.month,
    expected_minor = excluded.expected_minor, found_minor = excluded.found_minor,
    currency = excluded.currency, proposal = excluded.proposal, state = 'open',
    decision = null, note = null, decided_by = null, decided_at = null, resolved_at = null, synced_at = null
  where d.state = 'resolved' or (d.order_id, d.expected_minor, d.found_minor, d.currency)
    is distinct from (excluded.order_id, excluded.expected_minor, excluded.found_minor, excluded.currency)`;

const RESOLVE = `
  update settlement_differences d set state = 'resolved', resolved_at = now()
  where d.gateway = $1 and d.state = 'open'
    and not exists (select from found f where f.kind = d.kind and f.reference = d.reference)
    and (d.kind like '%unreported' or exists (
      select from touched t where t.reference = d.reference))`;

export async function judge(client: pg.Client, { gateway, terms, from }: Judgement): Promise<void> {
  await client.query(`
    create temp table touched (grp text, reference text) on commit drop;
    create temp table compared (
      grp text, reference text, currency text, amount_minor bigint, payment_id text, order_hint text, day date,
      booked_currency text, booked_minor bigint, order_id text, hinted_order_id text
    ) on commit drop;
    create temp table found (
      kind text, reference text, payment_id text, order_id text, month text,
      expected_minor bigint, found_minor bigint, currency text, proposal text
    ) on commit drop`);
  await client.query(TOUCHED[from], from === 'open' ? [gateway] : []);
  if (from === 'staging' && terms.fees.length > 0) await client.query(TOUCHED_LINES);
  await client.query(POSTED_SINCE, [gateway]);
  await client.query('analyze touched');
  await client.query(GROUPS, [gateway]);
  await client.query('analyze compared');
  await client.query(OF_PAYMENTS_AND_REFUNDS);
  await client.query(WITHOUT_CUSTOMER_FEES);
  await client.query(OF_DISPUTES);
  await client.query(UNREPORTED, [gateway, terms.reportedWithinDays]);
  await client.query(FEES, [gateway, JSON.stringify(terms.fees)]);
  await client.query(PAYOUTS, [gateway]);
  await client.query(UPSERT, [gateway]);
  await client.query(RESOLVE, [gateway]);
  await client.query(JUDGED, [gateway]);
}
