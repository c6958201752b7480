/**
 * Refunds and what banks make of them later: settled, bounced, taken back.
 * More than was captured is never refunded, pending refunds included.
 */

import { newId } from './ids.ts';
import { amountRefundableMinor, type Payment, type Refund, type RefundStatus } from './payment.ts';
import { changed, refused, UNCHANGED, type Verdict } from './verdict.ts';

export type RefundRequest = {
  readonly amountMinor?: number | undefined;
  readonly status: 'succeeded' | 'pending';
  readonly createdAt: string;
};

type SettledStatus = Exclude<RefundStatus, 'pending'>;

// A bank may bounce a refund after it reported success, so `failed` follows `succeeded` too.
const SETTLED_FROM: Record<SettledStatus, readonly RefundStatus[]> = {
  succeeded: ['pending'],
  failed: ['pending', 'succeeded'],
  reversed: ['succeeded'],
};

/** Refunds the named amount, or all that is left; over-refunds are refused. */
export function refund(payment: Payment, request: RefundRequest): Verdict {
  const { status, createdAt } = request;
  const refundableMinor = amountRefundableMinor(payment);
  const amountMinor = request.amountMinor ?? refundableMinor;
  if (amountMinor <= 0 || amountMinor > refundableMinor) {
    return refused(
      422,
      'refund_exceeds_captured',
      `Payment ${payment.id} has ${Math.max(refundableMinor, 0)} left to refund.`,
    );
  }
  const entry: Refund = { id: newId('sbx_ref'), status, amountMinor, createdAt };
  return changed(
    { ...payment, refunds: [...payment.refunds, entry] },
    { type: `refund.${status}`, amountMinor, refundId: entry.id },
  );
}

/** Moves a refund to what the bank decided; the same decision again changes nothing. */
export const settleRefund =
  (refundId: string, status: SettledStatus) =>
  (payment: Payment): Verdict => {
    const target = payment.refunds.find(({ id }) => id === refundId);
    if (target?.status === status) return UNCHANGED;
    if (target === undefined || !SETTLED_FROM[status].includes(target.status)) {
      return refused(
        409,
        'refund_settled',
        `Refund ${refundId} is ${target?.status ?? 'unknown'} and cannot become ${status}.`,
      );
    }
    const refunds = payment.refunds.map((entry) =>
      entry === target ? { ...entry, status } : entry,
    );
    const { amountMinor } = target;
    return changed({ ...payment, refunds }, { type: `refund.${status}`, amountMinor, refundId });
  };
