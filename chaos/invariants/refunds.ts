/** Refunds: no more goes back than came in, and one request is at most one refund of each payment. */
import type { Operation, Violation } from '../evidence.ts';
import { type GatewayPayment, standingOf, sumOf } from './gateway-truth.ts';
import { groupBy, type Invariant, type OrderRow, type Remains, wrong } from './remains.ts';

export const refundedOnce: Invariant = {
  name: 'I7 no refund happens twice',
  check: ({ gateway, orders, operations }: Remains) => {
    const byOrder = groupBy(gateway.payments, ({ orderId }) => orderId ?? '');
    const asked = groupBy(
      operations.filter(({ kind }) => kind === 'refund'),
      ({ orderId }) => orderId,
    );
    return [
      ...gateway.payments.filter(isOverRefunded).map(({ id }) => wrong(id, 'over-refunded')),
      ...[...orders.values()].flatMap((order) => [
        ...sharedRefunds(order),
        ...unaskedRefunds(order, byOrder.get(order.id) ?? [], asked.get(order.id) ?? []),
      ]),
    ];
  },
};

function isOverRefunded(payment: GatewayPayment): boolean {
  const leaving = payment.refunds.filter(({ status }) => ['pending', 'succeeded'].includes(status));
  return sumOf(leaving) > standingOf(payment) && !payment.captures.some(({ reversed }) => reversed);
}

function sharedRefunds({ id, view }: OrderRow): Violation[] {
  const made = view.refunds.flatMap(({ refundId }) => refundId ?? []);
  return [...new Set(made)]
    .filter((refundId) => made.filter((other) => other === refundId).length > 1)
    .map((refundId) => wrong(id, `${refundId} stands for two requests`));
}

/**
 * Whoever asks once, or decides once, makes at most one refund of each payment that was captured. An
 * order that nobody asked may have refunds of somebody else's, made at the gateway.
 */
function unaskedRefunds(
  { id, view }: OrderRow,
  payments: readonly GatewayPayment[],
  asked: readonly Operation[],
): Violation[] {
  const keys = new Set(asked.map(({ idempotencyKey }) => idempotencyKey));
  const decided = view.reviews.filter(({ status }) => ['approved', 'rejected'].includes(status));
  const captured = payments.filter(({ captures }) => captures.length > 0).length;
  const most = (keys.size + decided.length) * captured;
  const made =
    most === 0
      ? view.refunds.filter(({ origin }) => origin === 'api').length
      : payments.reduce((total, { refunds }) => total + refunds.length, 0);
  if (made <= most) return [];
  return [wrong(id, `${made} refunds were made, where at most ${most} were asked for`)];
}
