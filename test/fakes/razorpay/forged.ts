/** Events that Razorpay might send of an order, whether it is so or not: banks and replayers say anything. */
import type { Told } from '../../support/gateway-driver.ts';
import { AMOUNT, CURRENCY } from '../../support/shop.ts';
import { capturesOf } from './life.ts';
import { newId, nowS, type World } from './world.ts';

const REFUND: Readonly<Record<string, [event: string, status: string]>> = {
  'refund.pending': ['created', 'pending'],
  'refund.succeeded': ['processed', 'processed'],
  'refund.failed': ['failed', 'failed'],
};

const DISPUTE: Readonly<Record<string, [event: string, status: string]>> = {
  'dispute.opened': ['created', 'open'],
  'dispute.won': ['won', 'won'],
  'dispute.lost': ['lost', 'lost'],
};

export interface Forged {
  event: string;
  entities: Record<string, object>;
}

/** Null for what Razorpay has no event for: payments under way, expiry, voids, money taken back. */
export function forged(world: World, told: Told): Forged | null {
  const { type, orderId, paymentId: order_id, amountMinor: amount = AMOUNT } = told;
  const { refundId = newId('rfnd'), disputeId = newId('disp') } = told;
  const money = { amount, currency: CURRENCY, created_at: nowS() };
  const id = capturesOf(world, order_id)[0]?.id ?? newId('pay');
  const paymentAs = (status: string, captured: boolean) => {
    return { ...money, id, entity: 'payment', order_id, status, captured };
  };
  if (type === 'payment.authorized' || type === 'payment.failed')
    return { event: type, entities: { payment: paymentAs(type.slice(8), false) } };
  const payment = paymentAs('captured', true);
  if (type === 'payment.captured') {
    // The one event that says whose it is, so that it can also be said wrongly.
    const notes = { orderId, mode: 'test' };
    const order = { ...money, id: order_id, entity: 'order', receipt: null, notes };
    return { event: 'order.paid', entities: { payment, order } };
  }
  const [refundEvent, refundStatus] = REFUND[type] ?? [];
  if (refundEvent !== undefined) {
    const refund = { ...money, id: refundId, payment_id: id, status: refundStatus };
    return { event: `refund.${refundEvent}`, entities: { refund, payment } };
  }
  const [disputeEvent, status] = DISPUTE[type] ?? [];
  if (disputeEvent === undefined) return null;
  const terms = { status, phase: 'chargeback', amount_deducted: status === 'lost' ? amount : 0 };
  const dispute = { ...money, id: disputeId, payment_id: id, ...terms };
  return { event: `payment.dispute.${disputeEvent}`, entities: { payment, dispute } };
}
