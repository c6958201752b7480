/** A click on the pay button, for the peers that keep an order as a row. */
import type { Pool } from 'pg';
import type { GatewayClient } from '../gateway-client.ts';
import { paymentOf, recordPayment } from './order-rows.ts';

/**
 * The gateway is asked before the row is written: its key is the order's, so asking again gives the
 * same payment, and a crash in between costs nothing.
 */
export async function openPayment(
  pool: Pool,
  gateway: GatewayClient,
  orderId: string,
): Promise<string | undefined> {
  const known = await paymentOf(pool, orderId);
  if (known !== null) return known;
  const paymentId = await gateway.openPayment(orderId);
  await recordPayment(pool, orderId, paymentId);
  return paymentId;
}
