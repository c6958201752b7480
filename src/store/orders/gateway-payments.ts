/** Which order a gateway's payment belongs to, for events and commands that name only the payment. */
import { and, eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { gatewayPayments } from '../schema/orders.ts';

/** The order's id, or null for a payment that no order has named. */
export async function orderOfPayment(
  { db }: Database,
  gateway: string,
  paymentId: string,
): Promise<string | null> {
  const [owner] = await db
    .select({ orderId: gatewayPayments.orderId })
    .from(gatewayPayments)
    .where(and(eq(gatewayPayments.gateway, gateway), eq(gatewayPayments.paymentId, paymentId)));
  return owner?.orderId ?? null;
}
