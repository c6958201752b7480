/** A PaymentIntent as a payment of ours, told from Stripe's own books. */
import type { StoredPayment } from '../../support/gateway-driver.ts';
import type { Account } from './account.ts';
import type { Intent } from './objects.ts';

export function stored(account: Account, intent: Intent): StoredPayment {
  const { id, amount_received: capturedMinor, currency, status } = intent;
  const lost = account.disputesOf(id).filter((dispute) => dispute.status === 'lost');
  return {
    paymentId: id,
    currency: currency.toUpperCase(),
    capturedMinor,
    capturesMinor: capturedMinor > 0 ? [capturedMinor] : [],
    refundsMinor: account
      .refundsOf(id)
      .filter((refund) => refund.status === 'succeeded')
      .map(({ amount }) => amount),
    lostMinor: lost.reduce((total, { amount }) => total + amount, 0),
    isVoided: status === 'canceled',
  };
}
