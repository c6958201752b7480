/**
 * Reads and writes payments as they are stored.
 * A payment is always saved whole, in the transaction that also holds its webhooks.
 */

import { asc, eq, getTableColumns } from 'drizzle-orm';
import type { Payment } from '../payments/payment.ts';
import { payments, refundOwners } from './schema.ts';
import type { Database } from './store.ts';

const { seq: _, ...columns } = getTableColumns(payments);

export async function findPayment(db: Database, id: string): Promise<Payment | undefined> {
  const [payment] = await db.select(columns).from(payments).where(eq(payments.id, id));
  return payment;
}

export async function findPaymentOfRefund(
  db: Database,
  refundId: string,
): Promise<Payment | undefined> {
  const [payment] = await db
    .select(columns)
    .from(payments)
    .innerJoin(refundOwners, eq(refundOwners.paymentId, payments.id))
    .where(eq(refundOwners.refundId, refundId));
  return payment;
}

/** All payments of an order, or of all orders, oldest first: never cut short, tests count them. */
export async function listPayments(db: Database, orderId?: string): Promise<Payment[]> {
  const ofOrder = orderId === undefined ? undefined : eq(payments.orderId, orderId);
  return db.select(columns).from(payments).where(ofOrder).orderBy(asc(payments.seq));
}

export async function savePayment(db: Database, payment: Payment): Promise<void> {
  await db
    .insert(payments)
    .values(payment)
    .onConflictDoUpdate({ target: payments.id, set: payment });
  if (payment.refunds.length === 0) return;
  const owners = payment.refunds.map(({ id }) => ({ refundId: id, paymentId: payment.id }));
  await db.insert(refundOwners).values(owners).onConflictDoNothing();
}
