/** The three effects of a paid order, each one row that exists once. */
import type pg from 'pg';
import { PRICE } from '../side.ts';

/** The tables of the effects, in an empty database. */
export const EFFECT_TABLES = ['entitlements', 'invoices', 'ledger_entries']
  .map(
    (table) => `create table ${table} (
      order_id text primary key, amount bigint not null, created_at timestamptz not null default now()
    )`,
  )
  .join(';\n');

export type NaiveActivities = ReturnType<typeof createNaiveActivities>;

export function createNaiveActivities(pool: pg.Pool) {
  const insertInto = (table: string) => async (orderId: string) => {
    await pool.query({
      name: `insert-${table}`,
      text: `insert into ${table} (order_id, amount) values ($1, $2) on conflict do nothing`,
      values: [orderId, PRICE.amountMinor],
    });
  };
  return {
    grantEntitlement: insertInto('entitlements'),
    issueInvoice: insertInto('invoices'),
    postLedger: insertInto('ledger_entries'),
  };
}
