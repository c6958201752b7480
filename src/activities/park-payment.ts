/**
 * Parks a payment that names an order of ours and that another installation made, for an operator to attach
 * or to close. The same payment parked again is the same row.
 */
import type { Database } from '../store/database.ts';
import { parkEvent } from '../store/parked-events.ts';
import type { RunEffect } from './business-effect.ts';

export function createParkPayment({ database }: { database: Database }): RunEffect<'park_payment'> {
  return async ({ order, command: { paymentId, status, amountMinor, currency } }) => {
    const about = { type: `payment.${status}`, paymentId, amountMinor, currency };
    await parkEvent(database, {
      gateway: order.gateway,
      reason: 'foreign_payment',
      orderId: order.id,
      eventId: `foreign_payment:${paymentId}`,
      about,
      body: Buffer.from(JSON.stringify({ orderId: order.id, ...about })),
    });
  };
}
