/** Which order a gateway's payment belongs to, for events and commands that name only the payment. */
import { and, eq } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { gatewayPayments } from '../schema/orders.ts';

interface Claim {
  gateway: string;
  paymentId: string;
  orderId: string;
}

/** Makes it a payment of this order, unless it is one of another already. @returns whose it is now */
export async function claimPayment(database: Database, claim: Claim): Promise<string | null> {
  await database.db.insert(gatewayPayments).values(claim).onConflictDoNothing();
  return orderOfPayment(database, claim.gateway, claim.paymentId);
}

/** Takes back a claim of an order that does not know the payment after all. */
export async function releasePayment({ db }: Database, claim: Claim): Promise<void> {
  const { gateway, paymentId, orderId } = claim;
  await db
    .delete(gatewayPayments)
    .where(
      and(
        eq(gatewayPayments.gateway, gateway),
        eq(gatewayPayments.paymentId, paymentId),
        eq(gatewayPayments.orderId, orderId),
      ),
    );
}

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
