/** What an approval or a rejection does, reason by reason. What is not named here is an acknowledgement. */

import { voidAll } from '../commands/cancel.ts';
import { requestRefund, reserve } from '../commands/refund.ts';
import type { Context } from '../context.ts';
import { revokeAccess } from '../effects/access.ts';
import { capturePayment, voidPayment } from '../facts/payments.ts';
import type { Review } from '../ledger.ts';
import { putRefundRequest } from '../ledger-index.ts';
import {
  attemptOf,
  dueMinor,
  isUnwanted,
  netMinor,
  refundableMinor,
  stateOf,
  uncommittedMinor,
} from '../sums.ts';
import type { ReviewReason } from './reasons.ts';

const REFUNDING: Record<'approve' | 'reject', ReviewReason[]> = {
  approve: ['refund_failed', 'refund_reversed'],
  reject: [
    'paid_after_cancel',
    'captured_after_refund',
    'overpaid',
    'double_payment',
    'currency_mismatch',
    'partial_expired',
  ],
};

export function refundsOn(reason: ReviewReason, decision: 'approve' | 'reject'): boolean {
  return REFUNDING[decision].includes(reason);
}

export function approve(context: Context, review: Review): void {
  const { ledger } = context;
  switch (review.reason) {
    case 'paid_after_cancel':
      ledger.cancelled = false;
      return;
    case 'captured_after_refund':
    case 'dispute_flip':
      ledger.refunded = false;
      return;
    case 'amount_mismatch':
    case 'capture_refused':
      return captureMismatched(context);
    case 'capture_reversed':
      // The money may have come again since: then access is paid for.
      return stateOf(ledger) === 'paid' ? undefined : revokeAccess(context);
    case 'refund_failed':
    case 'refund_reversed':
      return refundAnew(context, review);
    case 'partial_expired':
      return extend(context);
    case 'key_expired':
      return giveUp(context, review);
    default:
      return;
  }
}

export function reject(context: Context, review: Review): void {
  switch (review.reason) {
    case 'paid_after_cancel':
    case 'captured_after_refund':
      return refundMinor(context, review, refundableMinor(context.ledger));
    case 'overpaid':
    case 'double_payment':
      return refundMinor(context, review, excessMinor(context), doublesFirst(context));
    case 'currency_mismatch':
      return refundForeign(context, review);
    case 'partial_expired':
      context.ledger.cancelled = true;
      voidAll(context);
      return refundMinor(context, review, refundableMinor(context.ledger));
    case 'amount_mismatch':
    case 'capture_refused':
      return voidMismatched(context);
    case 'authorized_after_cancel':
    case 'authorized_after_refund':
    case 'cancel_diverged':
      return isUnwanted(context.ledger) ? voidAll(context) : undefined;
    default:
      return;
  }
}

function excessMinor({ ledger }: Context): number {
  const excess = Math.max(0, netMinor(ledger) - dueMinor(ledger));
  return Math.min(refundableMinor(ledger), excess);
}

/**
 * Payments that no attempt of ours opened come first, then those that were captured last. An order of which all
 * is from before payments said who made them keeps the ledger's order, in which its history has to replay.
 */
function doublesFirst({ ledger }: Context): string[] {
  const payments = Object.values(ledger.payments);
  if (payments.every(({ madeBy }) => madeBy === undefined)) return Object.keys(ledger.payments);
  const inOrder = Object.values(ledger.captures).map(({ paymentId }) => paymentId);
  const latestFirst = [...new Set(inOrder.reverse())];
  const isStrange = (paymentId: string): boolean => attemptOf(ledger, paymentId) === undefined;
  return [
    ...latestFirst.filter(isStrange),
    ...latestFirst.filter((paymentId) => !isStrange(paymentId)),
  ];
}

function refundMinor(
  context: Context,
  review: Review,
  amountMinor: number,
  paymentIds?: readonly string[],
): void {
  const order = { requestKey: `review:${review.id}`, amountMinor, reason: review.reason };
  if (amountMinor > 0) requestRefund(context, order, paymentIds);
}

/** A failed refund is tried as a new one: under the old key the gateway would answer the old failure. */
function refundAnew(context: Context, review: Review): void {
  const { refunds, refundRequests } = context.ledger;
  const failedMinor = review.causes
    .map((cause) => cause.slice(cause.indexOf(':') + 1))
    .map((id) => refunds[id]?.amountMinor ?? refundRequests[id]?.amountMinor ?? 0)
    .reduce((total, amountMinor) => total + amountMinor, 0);
  refundMinor(context, review, Math.min(failedMinor, refundableMinor(context.ledger)));
}

/** Only what this review is about: an earlier review may have sent earlier money back. */
function refundForeign(context: Context, review: Review): void {
  for (const capture of Object.values(context.ledger.foreignCaptures)) {
    const { captureId, paymentId, amountMinor, currency } = capture;
    if (!review.causes.includes(`payment.captured:${captureId}`)) continue;
    const order = { requestKey: `review:${review.id}:${captureId}`, reason: review.reason };
    reserve(context, order, { paymentId, amountMinor, currency });
  }
}

function captureMismatched(context: Context): void {
  const { ledger } = context;
  for (const payment of mismatchedPayments(context)) {
    const heldMinor = payment.authorizedMinor ?? payment.amountMinor;
    const amountMinor = Math.min(heldMinor, uncommittedMinor(ledger));
    if (isUnwanted(ledger) || amountMinor === 0) {
      voidPayment(context, payment);
      continue;
    }
    payment.mismatched = false;
    capturePayment(context, payment, amountMinor);
  }
}

function voidMismatched(context: Context): void {
  for (const payment of mismatchedPayments(context)) voidPayment(context, payment);
}

function mismatchedPayments({ ledger }: Context) {
  return Object.values(ledger.payments).filter(
    (payment) =>
      payment.mismatched &&
      payment.status === 'authorized' &&
      payment.currency === ledger.terms.currency,
  );
}

/** A partly paid order gets as long again as it first had. */
function extend({ ledger, event }: Context): void {
  ledger.expired = false;
  ledger.expiresAt = event.at + (ledger.terms.expiresAt - ledger.terms.createdAt);
}

/** A person found that the call never reached the gateway: what it was for is free again. */
function giveUp({ ledger }: Context, review: Review): void {
  for (const attempt of ledger.attempts) {
    const isMeant = review.causes.includes(`attempt:${attempt.number}`);
    if (isMeant && attempt.status === 'unknown') attempt.status = 'refused';
  }
  for (const request of Object.values(ledger.refundRequests)) {
    const isMeant = review.causes.includes(`refund:${request.requestKey}`);
    if (isMeant && request.status === 'requested')
      putRefundRequest(ledger, { ...request, status: 'refused' });
  }
}
