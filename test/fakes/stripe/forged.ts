/** Events that Stripe might send of a payment, whether it is so or not: banks and replayers say anything. */
import type { Told } from '../../support/gateway-driver.ts';
import { AMOUNT, CURRENCY } from '../../support/shop.ts';
import { newId, type StripeEvent, seconds } from './objects.ts';
import { newEvent } from './webhooks.ts';

const INTENT_STATUS: Readonly<Record<string, [type: string, status: string]>> = {
  'payment.pending': ['processing', 'processing'],
  'payment.authorized': ['amount_capturable_updated', 'requires_capture'],
  'payment.captured': ['succeeded', 'succeeded'],
  'payment.failed': ['payment_failed', 'requires_payment_method'],
  'payment.expired': ['canceled', 'canceled'],
  'payment.voided': ['canceled', 'canceled'],
};

const REFUND_STATUSES = ['pending', 'succeeded', 'failed'];

const DISPUTE: Readonly<Record<string, [type: string, status: string]>> = {
  opened: ['created', 'needs_response'],
  won: ['closed', 'won'],
  lost: ['closed', 'lost'],
};

/** Null for what Stripe has no event for. */
export function forged(told: Told): StripeEvent | null {
  const { type, paymentId, amountMinor: amount = AMOUNT } = told;
  const [kind = '', word = ''] = type.split('.');
  const money = { amount, currency: CURRENCY.toLowerCase(), created: seconds(), livemode: false };
  if (kind === 'refund') {
    if (!REFUND_STATUSES.includes(word)) return null;
    const id = told.refundId ?? newId('re');
    const refund = { id, object: 'refund', payment_intent: paymentId, status: word, metadata: {} };
    return newEvent('refund.updated', { ...money, ...refund });
  }
  if (kind === 'dispute') {
    const [name, status] = DISPUTE[word] ?? [];
    const id = told.disputeId ?? newId('dp');
    const dispute = { id, object: 'dispute', payment_intent: paymentId, status, metadata: {} };
    return newEvent(`charge.dispute.${name}`, { ...money, ...dispute });
  }
  return forgedIntent(told, money);
}

function forgedIntent({ type, orderId, paymentId }: Told, money: { amount: number }) {
  const [name, status] = INTENT_STATUS[type] ?? [];
  if (name === undefined) return null;
  return newEvent(`payment_intent.${name}`, {
    ...money,
    id: paymentId,
    object: 'payment_intent',
    amount_received: type === 'payment.captured' ? money.amount : 0,
    status,
    cancellation_reason: type === 'payment.expired' ? 'automatic' : null,
    last_payment_error: type === 'payment.failed' ? { type: 'card_error' } : null,
    metadata: { orderId },
  });
}
