/**
 * All entries of the books in one shape: those that orders' effects have posted, the tax that invoices and credit notes
 * state, and those that follow from settlement reports. An entry has one debit and one credit of the same amount.
 */
import type { Database } from '../database.ts';
import { longTransaction } from './long-transaction.ts';

export interface BookEntry {
  key: string;
  /** `YYYY-MM-DD`: in UTC for what an order posted, in the zone of the account's books for a report's line. */
  day: string;
  debit: string;
  credit: string;
  /** Minor units of `currency`, positive. */
  amountMinor: number;
  currency: string;
  kind: string;
  /** The gateway's id of what it is about. */
  reference: string;
  orderId: string | null;
  /** The settlement line that it follows from, and the line's net in the settlement currency. */
  lineId: string | null;
  settledMinor: number | null;
  settledCurrency: string | null;
}

/** Days, both included, as `YYYY-MM-DD`. */
export interface Period {
  from: string;
  to: string;
}

/** Rows of a few hundred bytes each. */
const PAGE = 2_000;

type Row = Omit<BookEntry, 'amountMinor' | 'settledMinor'> & {
  amountMinor: string;
  settledMinor: string | null;
  position: string;
};

const OF_ORDERS = `
  select d.key, (d.posted_at at time zone 'UTC')::date::text as day, d.account as debit, c.account as credit,
    d.amount_minor as "amountMinor", d.currency, d.kind, d.reference, d.order_id as "orderId",
    null as "lineId", null as "settledMinor", null as "settledCurrency",
    to_char(d.posted_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') as position
  from postings d join postings c on c.key = d.key and c.side = 'credit'
  where d.side = 'debit'
    and d.posted_at >= $1::date::timestamp at time zone 'UTC'
    and d.posted_at < ($2::date + 1)::timestamp at time zone 'UTC'
    and (d.posted_at, d.key) > ($3::timestamp at time zone 'UTC', $4)
  order by d.posted_at, d.key limit ${PAGE}`;

const taxesOf = (
  papers: 'invoices' | 'credit_notes',
  { rates, kind, debit, credit }: Record<'rates' | 'kind' | 'debit' | 'credit', string>,
): string => `
  select key || ':tax' as key, '${kind}' as kind, printed as reference, order_id, '${debit}' as debit,
    '${credit}' as credit, currency, issued_at, stated.minor as amount_minor
  from ${papers}, lateral (
    select sum((rate ->> 'tax')::bigint) as minor from json_array_elements(${rates} -> 'taxes') rate
  ) stated
  where ${rates} is not null and stated.minor > 0`;

/**
 * The tax of papers with lines: owed with the invoice, and not any more with the credit note. Never stored besides, as
 * papers never change: there is no second figure that could be another one.
 */
const TAXES: readonly string[] = [
  taxesOf('invoices', { rates: 'lines', kind: 'tax', debit: 'order_receipts', credit: 'tax' }),
  taxesOf('credit_notes', {
    ...{ rates: 'credited', kind: 'tax_credited', debit: 'tax', credit: 'refunds_paid' },
  }),
];

/** Each is read in the order of its own index, and no further than a page. */
const PAGE_OF_TAXES = TAXES.map(
  (taxes) => `(${taxes}
    and issued_at >= greatest($1::date::timestamp, $3::timestamp) at time zone 'UTC'
    and issued_at < ($2::date + 1)::timestamp at time zone 'UTC'
    and (issued_at, key || ':tax') > ($3::timestamp at time zone 'UTC', $4)
  order by issued_at, 1 limit ${PAGE})`,
).join(' union all ');

const OF_PAPERS = `
  select key, (issued_at at time zone 'UTC')::date::text as day, debit, credit,
    amount_minor as "amountMinor", currency, kind, reference, order_id as "orderId",
    null as "lineId", null as "settledMinor", null as "settledCurrency",
    to_char(issued_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS') as position
  from (${PAGE_OF_TAXES}) taxes
  order by issued_at, key limit ${PAGE}`;

const OF_SETTLEMENTS = `
  select key, day::text as day, debit, credit, amount_minor as "amountMinor", currency, kind, reference,
    order_id as "orderId", line_id as "lineId", settled_minor as "settledMinor",
    settled_currency as "settledCurrency", day::text as position
  from settlement_entries
  where day between $1::date and $2::date and (day, key) > ($3::date, $4)
  order by day, key limit ${PAGE}`;

/** Before every day that there is. */
const START = '0001-01-01';

/** In the order of days, and within a day always in the same order. */
export async function* bookEntries(database: Database, period: Period): AsyncGenerator<BookEntry> {
  const heads = await Promise.all(
    [OF_ORDERS, OF_PAPERS, OF_SETTLEMENTS].map(async (query) => {
      const rest = pages(database, query, period);
      return { rest, head: await rest.next() };
    }),
  );
  for (;;) {
    let first: (typeof heads)[number] | undefined;
    for (const source of heads)
      if (!source.head.done && (first === undefined || dayOf(source) < dayOf(first)))
        first = source;
    if (first === undefined || first.head.done) return;
    yield first.head.value;
    first.head = await first.rest.next();
  }
}

function dayOf({ head }: { head: IteratorResult<BookEntry> }): string {
  return head.done ? '' : head.value.day;
}

async function* pages(
  { pool }: Database,
  query: string,
  { from, to }: Period,
): AsyncGenerator<BookEntry> {
  let position = START;
  let key = '';
  for (;;) {
    const { rows } = await pool.query<Row>(query, [from, to, position, key]);
    for (const { position: _position, ...row } of rows)
      yield {
        ...row,
        amountMinor: Number(row.amountMinor),
        settledMinor: row.settledMinor === null ? null : Number(row.settledMinor),
      };
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE) return;
    ({ position, key } = last);
  }
}

const SIDES = `
  select account, currency, (posted_at at time zone 'UTC')::date as day,
    case side when 'debit' then amount_minor else 0 end as debit,
    case side when 'credit' then amount_minor else 0 end as credit
  from postings
  union all
  select debit, currency, day, amount_minor, 0 from settlement_entries
  union all
  select credit, currency, day, 0, amount_minor from settlement_entries
  union all
  select unnest(array[debit, credit]), currency, (issued_at at time zone 'UTC')::date,
    unnest(array[amount_minor, 0]), unnest(array[0, amount_minor])
  from (${TAXES.join(' union all ')}) taxes`;

export interface AccountMovement {
  /** Ours, such as `gateway_clearing:stripe`. */
  account: string;
  currency: string;
  /** Debit less credit before the period, in minor units. */
  openingMinor: number;
  debitMinor: number;
  creditMinor: number;
  closingMinor: number;
}

/** What every account held before, took and gave in, and holds after the period. */
export async function trialBalanceOf(
  database: Database,
  { from, to }: Period,
): Promise<AccountMovement[]> {
  return longTransaction(database, async (client) => {
    const { rows } = await client.query<Record<keyof AccountMovement, string>>(
      `select account, currency,
         coalesce(sum(debit - credit) filter (where day < $1), 0) as "openingMinor",
         coalesce(sum(debit) filter (where day >= $1), 0) as "debitMinor",
         coalesce(sum(credit) filter (where day >= $1), 0) as "creditMinor",
         sum(debit - credit) as "closingMinor"
       from (${SIDES}) sides where day <= $2
       group by 1, 2 order by 2, 1`,
      [from, to],
    );
    return rows.map(({ account, currency, ...sums }) => ({
      account,
      currency,
      openingMinor: Number(sums.openingMinor),
      debitMinor: Number(sums.debitMinor),
      creditMinor: Number(sums.creditMinor),
      closingMinor: Number(sums.closingMinor),
    }));
  });
}

/** The accounts that have an entry in the period. */
export async function accountsOf(database: Database, period: Period): Promise<string[]> {
  const all = await trialBalanceOf(database, period);
  const moved = all.filter(({ debitMinor, creditMinor }) => debitMinor > 0 || creditMinor > 0);
  return [...new Set(moved.map(({ account }) => account))].sort();
}

export interface BooksFinding {
  check: string;
  /** The entry, order or account that is wrong. */
  subject: string;
  detail: string;
}

/** Enough to see what is wrong; a broken restore breaks every order. */
const MAX_FINDINGS = 100;

/** What each order's ledger has decided to post; an entry is written after the record that decides it. */
const DECIDED = `
  select o.id as order_id, e.key, e.value ->> 'status' as status,
    e.value -> 'command' ->> 'kind' as kind, e.value -> 'command' ->> 'reference' as reference,
    (e.value -> 'command' ->> 'amountMinor')::bigint as amount_minor,
    e.value -> 'command' ->> 'currency' as currency
  from orders o cross join lateral json_each(o.ledger -> 'effects') e
  where e.value -> 'command' ->> 'effect' = 'post_ledger'`;

/** Each finds rows with a `subject` and a `detail`; none means that the rule holds. */
export const BOOK_CHECKS: readonly (readonly [name: string, query: string])[] = [
  [
    'every entry of an order has two sides of the same money',
    `select key as subject, count(*) || ' sides' as detail from postings group by key
     having count(*) <> 2 or count(distinct (amount_minor, currency)) > 1 or count(distinct side) <> 2`,
  ],
  [
    'what an order’s ledger has posted is in the books',
    `select d.key as subject, 'no such entry, or of other money, of order ' || d.order_id as detail
     from (${DECIDED}) d
     left join postings p on p.key = d.key and p.side = 'debit'
     where (d.status = 'done' and p.key is null)
       or (p.key is not null and (d.order_id, d.kind, d.reference, d.amount_minor, d.currency)
         is distinct from (p.order_id, p.kind, p.reference, p.amount_minor, p.currency))`,
  ],
  [
    'what is in the books was decided by an order’s ledger',
    `select p.key as subject, 'order ' || p.order_id || ' knows nothing of it' as detail
     from postings p left join (${DECIDED}) d on d.key = p.key
     where p.side = 'debit' and d.key is null`,
  ],
  [
    'the clearing account of a gateway holds what its lines say',
    `with lines as (
       select gateway, currency, sum(net_minor) as minor from settlement_lines group by 1, 2
     ), unreported as (
       select replace(p.account, 'gateway_clearing:', '') as gateway, p.currency,
         sum(case p.side when 'debit' then p.amount_minor else -p.amount_minor end) as minor
       from postings p
       where p.account like 'gateway\\_clearing:%' and not exists (
         select from settlement_lines l
         where p.account = 'gateway_clearing:' || l.gateway and l.reference = p.reference
           and coalesce(l.customer_currency, l.currency) = p.currency)
       group by 1, 2
     ), held as (
       select replace(account, 'gateway_clearing:', '') as gateway, currency, sum(debit - credit) as minor
       from (${SIDES}) sides where account like 'gateway\\_clearing:%' group by 1, 2
     ), expected as (
       select gateway, currency, sum(minor) as minor
       from (select * from lines union all select * from unreported) parts group by 1, 2
     )
     select 'gateway_clearing:' || gateway as subject,
       currency || ': the account holds ' || coalesce(h.minor, 0) || ', the lines and what is not reported yet '
         || coalesce(e.minor, 0) as detail
     from held h full join expected e using (gateway, currency)
     where coalesce(h.minor, 0) <> coalesce(e.minor, 0)`,
  ],
];

/** Holds the books against the orders' ledgers and the gateways' lines; nothing found means that they agree. */
export async function checkBooks(database: Database): Promise<BooksFinding[]> {
  return longTransaction(database, async (client) => {
    // One moment for all of it: orders go on posting meanwhile.
    await client.query('set transaction isolation level repeatable read, read only');
    const findings: BooksFinding[] = [];
    for (const [check, query] of BOOK_CHECKS) {
      const { rows } = await client.query<Omit<BooksFinding, 'check'>>(
        `${query} order by 1 limit ${MAX_FINDINGS}`,
      );
      findings.push(...rows.map((row) => ({ check, ...row })));
    }
    return findings;
  });
}
