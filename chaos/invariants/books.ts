/** The books: they balance for every order and currency, hold no entry twice, and show what the order does. */
import type pg from 'pg';
import { BOOK_CHECKS } from '../../src/store/settlements/book-entries.ts';
import type { Violation } from '../evidence.ts';
import { type Invariant, wrong } from './remains.ts';

const UNBALANCED = `
  select order_id as subject,
         currency || ' does not balance: ' ||
         sum(case side when 'debit' then amount_minor else -amount_minor end) as detail
  from postings group by order_id, currency
  having sum(case side when 'debit' then amount_minor else -amount_minor end) <> 0`;

/** What may come, go and come again has a reversal between each two. */
const REPEATED = `
  select order_id as subject,
         kind || ' of ' || reference || ' stands ' || standing || ' times' as detail
  from (
    select order_id, reference, replace(kind, '_reversed', '') as kind,
           sum(case when kind like '%\\_reversed' then -1 else 1 end) as standing
    from postings where side = 'debit' group by 1, 2, 3
  ) entries where standing not in (0, 1)`;

const DIFFERENT = `
  select id as subject, 'the books hold ' || booked || ', the order shows ' || shown as detail
  from (
    select id, (view ->> 'amountPaid')::bigint - (view ->> 'amountRefunded')::bigint - coalesce((
             select sum((dispute ->> 'amount')::bigint)
             from json_array_elements(view -> 'disputes') as dispute
             where dispute ->> 'status' = 'lost'), 0) as shown,
           coalesce((
             select sum(case side when 'debit' then amount_minor else -amount_minor end)
             from postings
             where order_id = id and account like 'gateway\\_clearing:%'), 0) as booked
    from orders
  ) money where shown <> booked`;

const STRANGERS = `
  select distinct order_id as subject, 'money of an order that is not there' as detail
  from postings where order_id not in (select id from orders)`;

export const balancedBooks: Invariant = {
  name: 'I4 the books balance',
  check: async ({ evidence: { database } }) => {
    const found: Violation[] = [];
    const ofBooks = BOOK_CHECKS.map(([, query]) => query);
    for (const query of [UNBALANCED, REPEATED, DIFFERENT, STRANGERS, ...ofBooks])
      found.push(...(await select(database, query)));
    return found;
  },
};

async function select(database: pg.Pool, query: string): Promise<Violation[]> {
  const { rows } = await database.query<{ subject: string; detail: string }>(query);
  return rows.map(({ subject, detail }) => wrong(subject, detail));
}
