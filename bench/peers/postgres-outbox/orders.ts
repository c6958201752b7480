/**
 * An order as a row. Every input is one statement, so one transaction and one round trip: the
 * idempotency key, the state and what follows from it become durable together or not at all.
 */
import type { Pool } from 'pg';
import type { GatewayClient } from '../../gateway-client.ts';
import { EFFECTS } from '../../side.ts';
import type { Capture, Orders } from '../http-edge.ts';
import { openPayment } from '../open-payment.ts';
import { insertOrder, statusOf } from '../order-rows.ts';

/**
 * A concurrent delivery of the same event waits at the key until the first has committed, and then
 * finds it; a later one reads the index and writes nothing.
 */
const RECEIVE = `
  with heard as (
    insert into idempotency_keys (key, order_id) select $1, id from orders where id = $2
    on conflict do nothing returning order_id
  ), paid as (
    update orders set state = 'paid', version = version + 1 from heard
    where id = heard.order_id and state <> 'paid'
    returning id, amount_minor, currency
  ), queued as (
    insert into outbox (order_id, effect, amount_minor, currency)
    select id, effect, amount_minor, currency from paid, unnest($3::text[]) as effect
  )
  select exists (select from heard) as heard, exists (select from orders where id = $2) as known`;

export function createOrders(pool: Pool, gateway: GatewayClient): Orders {
  return {
    start: (orderId, price) => insertOrder(pool, orderId, price),
    pay: (orderId) => openPayment(pool, gateway, orderId),
    receive: (capture) => receive(pool, capture),
    verify: (orderId) => statusOf(pool, orderId),
  };
}

async function receive(pool: Pool, { eventId, orderId }: Capture) {
  const { rows } = await pool.query<{ heard: boolean; known: boolean }>({
    name: 'receive',
    text: RECEIVE,
    values: [eventId, orderId, EFFECTS],
  });
  if (rows[0]?.known !== true) throw new Error(`no order ${orderId}; the gateway sends this again`);
  return rows[0].heard ? 'accepted' : 'duplicate';
}
