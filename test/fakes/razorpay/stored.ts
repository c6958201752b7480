/** One of Razorpay's orders as a payment of ours, told from its own books. */
import type { StoredPayment } from '../../support/gateway-driver.ts';
import { capturesOf } from './life.ts';
import type { Order, World } from './world.ts';

export function stored(world: World, { id, currency, notes }: Order): StoredPayment {
  const taken = capturesOf(world, id);
  const ids = taken.map((payment) => payment.id);
  const capturesMinor = taken.map(({ amount }) => amount);
  const lost = [...world.disputes.values()].filter(
    ({ payment_id, status }) => ids.includes(payment_id) && status === 'lost',
  );
  return {
    paymentId: id,
    currency,
    capturesMinor,
    capturedMinor: capturesMinor.reduce((sum, amount) => sum + amount, 0),
    refundsMinor: [...world.refunds.values()]
      .filter(({ payment_id, status }) => ids.includes(payment_id) && status === 'processed')
      .map(({ amount }) => amount),
    lostMinor: lost.reduce((sum, { amount }) => sum + amount, 0),
    isVoided: 'voided' in notes,
  };
}
