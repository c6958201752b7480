/** Charges: nobody pays more than the order unless a person knows, and every payment is one attempt's. */
import type { Violation } from '../evidence.ts';
import { type GatewayPayment, refundedOf, standingOf } from './gateway-truth.ts';
import { groupBy, type Invariant, type OrderRow, standingReviews, wrong } from './remains.ts';

/** A person decides, or has decided, what becomes of money beyond the order's amount. */
const KNOWN_EXCESS = [
  'overpaid',
  'double_payment',
  'paid_after_cancel',
  'captured_after_refund',
  'refund_failed',
  'refund_reversed',
  'key_expired',
];

export const chargedOnce: Invariant = {
  name: 'I6 no order is charged twice',
  check: ({ gateway, orders }) => {
    const byOrder = groupBy(gateway.payments, ({ orderId }) => orderId ?? '');
    return [...orders.values()].flatMap((order) => {
      const payments = byOrder.get(order.id) ?? [];
      return [...excess(order, payments), ...unwanted(order, payments), ...strays(order, payments)];
    });
  },
};

function excess(order: OrderRow, payments: readonly GatewayPayment[]): Violation[] {
  const heldMinor = payments
    .filter(({ currency }) => currency === order.currency)
    .reduce((total, payment) => total + standingOf(payment) - refundedOf(payment), 0);
  const isKnown = standingReviews(order).some((reason) => KNOWN_EXCESS.includes(reason));
  if (heldMinor <= order.amountMinor || isKnown) return [];
  return [wrong(order.id, `${heldMinor} charged for ${order.amountMinor}, and no review of it`)];
}

/** Money that came for an order that is over waits for a person, too. */
function unwanted(order: OrderRow, payments: readonly GatewayPayment[]): Violation[] {
  if (order.state !== 'cancelled' && order.state !== 'refunded') return [];
  const lostMinor = (payment: GatewayPayment) =>
    payment.disputes
      .filter(({ status }) => status === 'lost')
      .reduce((total, { amount }) => total + amount, 0);
  const heldMinor = payments
    .filter(({ currency }) => currency === order.currency)
    .reduce(
      (total, payment) => total + standingOf(payment) - refundedOf(payment) - lostMinor(payment),
      0,
    );
  const isMoving = order.view.refunds.some(({ status }) =>
    ['requested', 'pending'].includes(status),
  );
  const isKnown = standingReviews(order).some((reason) => KNOWN_EXCESS.includes(reason));
  if (heldMinor <= 0 || isMoving || isKnown) return [];
  return [wrong(order.id, `${order.state}, and ${heldMinor} are held that no review is about`)];
}

/** A payment that the order does not know was made by a call that was made twice. */
function strays({ id, view }: OrderRow, payments: readonly GatewayPayment[]): Violation[] {
  const known = new Set(view.payments.map((payment) => payment.id));
  const unknown = payments.filter((payment) => !known.has(payment.id));
  const unnamed = view.payments.filter((payment) => payment.id === null);
  return unknown
    .slice(unnamed.length)
    .map((payment) => wrong(id, `${payment.id} at the gateway belongs to no attempt`));
}
