/**
 * The entries that follow from lines, so that the clearing account of a gateway holds what the gateway holds. An
 * entry is written once under its key; what turns out otherwise is corrected by a further entry.
 */
import type pg from 'pg';
import { GROUP } from './judge.ts';

/** The account of each movement, and whether it is one of each gateway. */
const LINE_ENTRIES = `
  insert into settlement_entries
    (key, debit, credit, amount_minor, currency, gateway, kind, reference, line_id, order_id,
     settled_minor, settled_currency, day)
  select e.kind || '-' || $1 || '-' || l.line_id,
    case when e.minor > 0 then 'gateway_clearing:' || $1 else e.account end,
    case when e.minor > 0 then e.account else 'gateway_clearing:' || $1 end,
    abs(e.minor), e.currency, $1, e.kind, coalesce(l.reference, l.line_id), l.line_id, p.order_id,
    l.net_minor, l.currency, l.day
  from settlement_lines l
  left join gateway_payments p on p.gateway = $1 and p.payment_id = l.payment_id
  cross join lateral (values
    ('fee', 'gateway_fees:' || $1, -l.fee_minor, l.currency),
    ('fee_tax', 'fee_taxes:' || $1, -l.tax_minor, l.currency),
    -- A converted payment leaves the order's currency and comes into the account's at the rate of its own day.
    ('conversion_from', 'currency_conversion', case
      when ${GROUP('l.kind')} is not null and l.customer_currency <> l.currency then -l.customer_minor end,
      l.customer_currency),
    ('conversion_to', 'currency_conversion', case
      when ${GROUP('l.kind')} is not null and l.customer_currency <> l.currency then l.gross_minor end,
      l.currency),
    (case l.kind
        when 'payout' then 'payout' when 'payout_reversal' then 'payout_reversal'
        when 'fee' then 'fee_row' else l.kind end,
      case l.kind
        when 'payout' then 'bank' when 'payout_reversal' then 'bank'
        when 'fee' then 'gateway_fees:' || $1
        when 'reserve' then 'reserves_held:' || $1
        when 'advance' then 'advances:' || $1
        when 'transfer' then 'transfers:' || $1
        else 'adjustments:' || $1 end,
      case when ${GROUP('l.kind')} is null then l.gross_minor end, l.currency)
  ) as e (kind, account, minor, currency)
  where l.gateway = $1 and l.import_id = $2 and e.minor <> 0
  on conflict do nothing`;

/** @param importId the import whose lines are new */
export async function postLineEntries(
  client: pg.Client,
  gateway: string,
  importId: number,
): Promise<void> {
  await client.query(LINE_ENTRIES, [gateway, importId]);
}

/**
 * What the lines of a payment, refund or dispute say beyond what its order has posted is in suspense until the
 * order or a person explains it; a dispute that is not lost is held by the gateway. Posts what is missing to that.
 */
const BALANCES = `
  with booked as (
    select c.grp, c.reference, c.currency,
      sum(case p.side when 'debit' then p.amount_minor else -p.amount_minor end)::bigint as amount
    from compared c
    join postings p on p.reference = c.reference and p.currency = c.currency
      and p.account = 'gateway_clearing:' || $1
      and replace(p.kind, '_reversed', '') = case c.grp when 'dispute' then 'chargeback' else c.grp end
    group by 1, 2, 3
  ), posted as (
    select c.grp, c.reference, c.currency, count(*) as times,
      sum(case when e.debit = 'gateway_clearing:' || $1 then e.amount_minor else -e.amount_minor end)::bigint
        as amount
    from compared c
    join settlement_entries e on e.gateway = $1 and e.line_id is null and e.kind = c.grp || '_suspense'
      and e.reference = c.reference and e.currency = c.currency
    group by 1, 2, 3
  ), missing as (
    select c.*, coalesce(s.times, 0) as times,
      c.amount_minor - coalesce(b.amount, 0) - coalesce(s.amount, 0) as minor
    from compared c
    left join booked b using (grp, reference, currency)
    left join posted s using (grp, reference, currency)
  )
  insert into settlement_entries
    (key, debit, credit, amount_minor, currency, gateway, kind, reference, order_id, day)
  select grp || '_suspense-' || $1 || '-' || reference || '-' || currency || '-' || times + 1,
    case when minor > 0 then 'gateway_clearing:' || $1 else account end,
    case when minor > 0 then account else 'gateway_clearing:' || $1 end,
    abs(minor), currency, $1, grp || '_suspense', reference, order_id,
    case when times = 0 then day else (now() at time zone 'UTC')::date end
  from missing, lateral (
    select case grp when 'dispute' then 'disputes_held:' else 'suspense:' end || $1 as account) accounts
  where minor <> 0`;

/** After `judge` in the same transaction, whose comparison it takes. */
export async function postBalances(client: pg.Client, gateway: string): Promise<void> {
  await client.query(BALANCES, [gateway]);
}
