/** Refunds: one request is at most one refund of each payment. */
import type { GatewayPayment, RecordedOrder } from '../../test/invariants/evidence.ts';
import { groupBy, ownPayments } from '../../test/invariants/evidence.ts';
import { refundedOnce } from '../../test/invariants/refunds.ts';
import type { Operation, Violation } from '../evidence.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';

export const refundedAsAsked: Invariant = {
  name: refundedOnce.name,
  check: ({ orderEvidence, operations }: Remains) => {
    const asked = groupBy(
      operations.filter(({ kind }) => kind === 'refund'),
      ({ orderId }) => orderId,
    );
    return orderEvidence.flatMap((evidence) => {
      const { orderId, order } = evidence;
      if (order === null) return [];
      return unaskedRefunds(order, ownPayments(evidence), asked.get(orderId) ?? []);
    });
  },
};

/**
 * One request, or one decision, makes at most one refund of each payment that was captured. An order without
 * requests may have refunds that were made at the gateway.
 */
function unaskedRefunds(
  { id, view }: RecordedOrder,
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
