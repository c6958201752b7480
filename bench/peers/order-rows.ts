/** The row of an order, for the peers that keep one. */
import type { Pool } from 'pg';
import type { Money, OrderStatus } from './http-edge.ts';

export const ORDER_TABLE = `
  create table orders (
    id text primary key,
    state text not null default 'initiated',
    version integer not null default 1,
    payment_id text,
    amount_minor bigint not null,
    currency text not null,
    created_at timestamptz not null default now()
  )`;

export async function insertOrder(pool: Pool, orderId: string, { amountMinor, currency }: Money) {
  const { rowCount } = await pool.query({
    name: 'insert-order',
    text: `insert into orders (id, amount_minor, currency) values ($1, $2, $3)
           on conflict do nothing`,
    values: [orderId, amountMinor, currency],
  });
  return rowCount === 1 ? 'created' : 'known';
}

/** @returns null before the first click, undefined when there is no such order */
export async function paymentOf(pool: Pool, orderId: string): Promise<string | null | undefined> {
  const { rows } = await pool.query<{ payment_id: string | null }>({
    name: 'payment-of',
    text: 'select payment_id from orders where id = $1',
    values: [orderId],
  });
  return rows[0]?.payment_id;
}

/** A webhook may have overtaken the answer to the click; the order is paid then and stays so. */
export async function recordPayment(pool: Pool, orderId: string, paymentId: string): Promise<void> {
  await pool.query({
    name: 'record-payment',
    text: `update orders set payment_id = $2, version = version + 1,
             state = case state when 'initiated' then 'pending' else state end
           where id = $1 and payment_id is null`,
    values: [orderId, paymentId],
  });
}

/**
 * Doing it again changes nothing.
 * @throws Error when there is no such order
 */
export async function markPaid(pool: Pool, orderId: string): Promise<void> {
  const { rows } = await pool.query<{ known: boolean }>({
    name: 'mark-paid',
    text: `with paid as (
             update orders set state = 'paid', version = version + 1
             where id = $1 and state <> 'paid'
           )
           select exists (select from orders where id = $1) as known`,
    values: [orderId],
  });
  if (rows[0]?.known !== true) throw new Error(`there is no order ${orderId} to mark as paid`);
}

/** @returns undefined when there is no such order */
export async function statusOf(pool: Pool, orderId: string): Promise<OrderStatus | undefined> {
  const { rows } = await pool.query<OrderStatus>({
    name: 'status-of',
    text: 'select state, version from orders where id = $1',
    values: [orderId],
  });
  return rows[0];
}
