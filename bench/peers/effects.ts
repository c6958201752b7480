/**
 * The three effects of a paid order, the same on every peer: a row each in a table of its own, which
 * its key allows once. Each is a statement of its own, because in the world outside they are three
 * systems; none of them may be folded into another.
 */
import type { Pool } from 'pg';
import { EFFECTS, type Effect } from '../side.ts';
import type { Money } from './http-edge.ts';

const TABLES: Record<Effect, string> = {
  entitlement: 'entitlements',
  invoice: 'invoices',
  ledger: 'ledger_entries',
};

/** For the bench: a select for each effect that gives one `order_id` a durable row. */
export const EFFECT_ROWS: Readonly<Record<Effect, string>> = {
  entitlement: `select order_id from ${TABLES.entitlement}`,
  invoice: `select order_id from ${TABLES.invoice}`,
  ledger: `select order_id from ${TABLES.ledger}`,
};

export const EFFECT_TABLES = EFFECTS.map(
  (effect) => `create table ${TABLES[effect]} (
    order_id text primary key,
    amount_minor bigint not null,
    currency text not null,
    created_at timestamptz not null default now()
  )`,
);

/** Doing it again finds what was done. Resolves when the row is durable. */
export async function performEffect(
  pool: Pool,
  effect: Effect,
  order: Money & { orderId: string },
): Promise<void> {
  await pool.query({
    name: `perform-${effect}`,
    text: `insert into ${TABLES[effect]} (order_id, amount_minor, currency)
           values ($1, $2, $3) on conflict do nothing`,
    values: [order.orderId, order.amountMinor, order.currency],
  });
}
