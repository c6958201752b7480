/** Charges: nobody pays more than the order unless a person knows, and every payment is one attempt's. */
import {
  type Finding,
  type GatewayPayment,
  type Invariant,
  lostOf,
  ownPayments,
  type RecordedOrder,
  refundedOf,
  standingOf,
  wrong,
} from './evidence.ts';

/** A person decides, or has decided, what becomes of money beyond the order's amount. */
const KNOWN_EXCESS = [
  'overpaid',
  'double_payment',
  'paid_after_cancel',
  'captured_after_refund',
  'refund_failed',
  'refund_reversed',
  'key_expired',
  'refund_by_hand',
  'dispute_flip',
];

/** To reject one of these is to leave the money with the shop. */
const LEFT_AS_IT_IS = ['refund_failed', 'refund_reversed', 'refund_by_hand', 'dispute_flip'];

export const chargedOnce: Invariant = {
  name: 'I6 no order is charged twice',
  check(evidence) {
    const { order, payments } = evidence;
    if (order === null || payments === null) return [];
    const own = ownPayments(evidence);
    return [...excess(order, own), ...unwanted(order, own), ...strays(order, own)];
  },
};

/** A review of it is open, or a person has approved it, or has left a refund that failed as it is. */
function isExcessKnown({ view }: RecordedOrder): boolean {
  return view.reviews.some(
    ({ reason, status }) =>
      KNOWN_EXCESS.includes(reason) &&
      (status === 'open' ||
        status === 'approved' ||
        (status === 'rejected' && LEFT_AS_IT_IS.includes(reason))),
  );
}

/** Minor units of the order's currency that neither went back to the customer nor were lost to the bank. */
function heldMinor({ currency }: RecordedOrder, payments: readonly GatewayPayment[]): number {
  return payments
    .filter((payment) => payment.currency === currency)
    .reduce(
      (total, payment) => total + standingOf(payment) - refundedOf(payment) - lostOf(payment),
      0,
    );
}

function excess(order: RecordedOrder, payments: readonly GatewayPayment[]): Finding[] {
  const held = heldMinor(order, payments);
  if (held <= order.amountMinor || isExcessKnown(order)) return [];
  return [wrong(order.id, `${held} charged for ${order.amountMinor}, and no review of it`)];
}

/** Money that came for an order that is over waits for a person, too. */
function unwanted(order: RecordedOrder, payments: readonly GatewayPayment[]): Finding[] {
  if (order.state !== 'cancelled' && order.state !== 'refunded') return [];
  const held = heldMinor(order, payments);
  const isMoving = order.view.refunds.some(({ status }) =>
    ['requested', 'pending'].includes(status),
  );
  if (held <= 0 || isMoving || isExcessKnown(order)) return [];
  return [wrong(order.id, `${order.state}, and ${held} are held that no review is about`)];
}

/** A payment that the order does not know was made by a call that was made twice. */
function strays({ id, view }: RecordedOrder, payments: readonly GatewayPayment[]): Finding[] {
  const known = new Set(view.payments.map((payment) => payment.id));
  const unknown = payments.filter((payment) => !known.has(payment.id));
  const unnamed = view.payments.filter((payment) => payment.id === null);
  return unknown
    .slice(unnamed.length)
    .map((payment) => wrong(id, `${payment.id} at the gateway belongs to no attempt`));
}
