/** Refunds: no more goes back than came in, and one refund is one request's. */
import { isByHand } from '../../src/domain/facts/manual.ts';
import {
  type Finding,
  type GatewayPayment,
  type Invariant,
  ownPayments,
  type RecordedOrder,
  standingOf,
  sumOf,
  wrong,
} from './evidence.ts';

export const refundedOnce: Invariant = {
  name: 'I7 no refund happens twice',
  check: (evidence) => [
    ...ownPayments(evidence)
      .filter(isOverRefunded)
      .map(({ id }) => wrong(id, 'over-refunded')),
    ...(evidence.order === null ? [] : sharedRefunds(evidence.order)),
  ],
};

function isOverRefunded(payment: GatewayPayment): boolean {
  // What a person gave back by hand, the gateway cannot count.
  const leaving = payment.refunds.filter(
    ({ id, status }) => !isByHand(id) && ['pending', 'succeeded'].includes(status),
  );
  return sumOf(leaving) > standingOf(payment) && !payment.captures.some(({ reversed }) => reversed);
}

function sharedRefunds({ id, view }: RecordedOrder): Finding[] {
  const made = view.refunds.flatMap(({ refundId }) => refundId ?? []);
  return [...new Set(made)]
    .filter((refundId) => made.filter((other) => other === refundId).length > 1)
    .map((refundId) => wrong(id, `${refundId} stands for two requests`));
}
