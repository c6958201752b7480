/** A PaymentIntent as a payment of ours, told from Stripe's own books. */
import type { StoredPayment } from '../../support/gateway-driver.ts';
import type { Account } from './account.ts';
import type { Intent } from './objects.ts';

/** By how much Stripe's units of a currency are divided to be those of ISO 4217. */
const STRIPE_UNITS: Readonly<Record<string, number>> = { isk: 100, ugx: 100, mga: 1 / 100 };

export function stored(account: Account, intent: Intent): StoredPayment {
  const { id, amount_received: received, currency, status } = intent;
  const inIso = (amount: number): number => amount / (STRIPE_UNITS[currency] ?? 1);
  const lost = account.disputesOf(id).filter((dispute) => dispute.status === 'lost');
  return {
    paymentId: id,
    currency: currency.toUpperCase(),
    capturedMinor: inIso(received),
    capturesMinor: received > 0 ? [inIso(received)] : [],
    refundsMinor: account
      .refundsOf(id)
      .filter((refund) => refund.status === 'succeeded')
      .map(({ amount }) => inIso(amount)),
    lostMinor: lost.reduce((total, { amount }) => total + inIso(amount), 0),
    isVoided: status === 'canceled',
  };
}
