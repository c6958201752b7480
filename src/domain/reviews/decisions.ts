/** What an approval or a rejection does, reason by reason. What is not named here is an acknowledgement. */

import { applyRow, type EffectStarter } from '../apply-row.ts';
import { voidAll } from '../commands/cancel.ts';
import { isCaptureUnderWay, openRequests, requestCapture } from '../commands/capture.ts';
import { requestRefund, reserve } from '../commands/refund.ts';
import type { Context } from '../context.ts';
import { endAccess } from '../effects/access.ts';
import { capturePayment, voidPayment } from '../facts/payments.ts';
import type { Ledger, Payment, Review } from '../ledger.ts';
import { putRefundRequest } from '../ledger-index.ts';
import {
  attemptOf,
  capturablePayment,
  dueMinor,
  isUnwanted,
  netMinor,
  refundableMinor,
  uncommittedMinor,
} from '../sums.ts';
import { type EffectsOf, type RowOf, TABLE } from '../table.ts';
import type { ReviewReason } from './reasons.ts';

type DecisionRow = RowOf<'review'>;

const APPROVED: Partial<Record<ReviewReason, RowOf<'review.approved'>>> = {
  paid_after_cancel: 'review.approved.paid_after_cancel',
  captured_after_refund: 'review.approved.refunded',
  dispute_flip: 'review.approved.refunded',
  amount_mismatch: 'review.approved.held',
  capture_refused: 'review.approved.held',
  authorization_expiring: 'review.approved.expiring',
  capture_reversed: 'review.approved.capture_reversed',
  refund_failed: 'review.approved.refund',
  refund_reversed: 'review.approved.refund',
  partial_expired: 'review.approved.partial_expired',
  key_expired: 'review.approved.key_expired',
};

const REJECTED: Partial<Record<ReviewReason, RowOf<'review.rejected'>>> = {
  paid_after_cancel: 'review.rejected.late',
  captured_after_refund: 'review.rejected.late',
  overpaid: 'review.rejected.excess',
  double_payment: 'review.rejected.excess',
  currency_mismatch: 'review.rejected.currency_mismatch',
  partial_expired: 'review.rejected.partial_expired',
  amount_mismatch: 'review.rejected.held',
  capture_refused: 'review.rejected.held',
  authorization_expiring: 'review.rejected.expiring',
  authorized_after_cancel: 'review.rejected.unvoided',
  authorized_after_refund: 'review.rejected.unvoided',
  cancel_diverged: 'review.rejected.unvoided',
};

export function decisionRow(
  { cancelRequested }: Ledger,
  reason: ReviewReason,
  decision: 'approve' | 'reject',
): DecisionRow {
  if (decision === 'approve') return APPROVED[reason] ?? 'review.approved';
  const row = REJECTED[reason] ?? 'review.rejected';
  const isCancelling = row === 'review.rejected.unvoided' && cancelRequested;
  return isCancelling ? 'review.rejected.unvoided.cancelling' : row;
}

export function refundsOn(row: DecisionRow): boolean {
  return Object.values(TABLE[row]).some(({ effects }) => effects.includes('refund'));
}

export function evolveBy(context: Context, review: Review, row: DecisionRow): void {
  const { ledger } = context;
  switch (row) {
    case 'review.approved.paid_after_cancel':
      ledger.cancelled = false;
      return;
    case 'review.approved.refunded':
      ledger.refunded = false;
      return;
    case 'review.approved.partial_expired':
      return extend(context);
    case 'review.approved.key_expired':
      return giveUp(context, review);
    case 'review.rejected.partial_expired':
      ledger.cancelled = true;
  }
}

/** What the effects of a decision are for its review. */
export function effectsOf(
  context: Context,
  review: Review,
  row: DecisionRow,
): Record<EffectsOf<DecisionRow>, (starter: EffectStarter) => void> {
  const isHeld = row === 'review.approved.held';
  return {
    capture: (starter) =>
      row === 'review.approved.expiring'
        ? requestCapture(starter, `review:${review.id}`)
        : settleHeld(context),
    void: isHeld ? () => settleHeld(context) : (starter) => voidFor(starter, row),
    refund: (starter) => refundFor(starter, review, row),
    revoke: endAccess,
  };
}

function voidFor(starter: EffectStarter, row: DecisionRow): void {
  if (row === 'review.rejected.expiring') return voidCapturable(starter);
  if (row !== 'review.rejected.held') return voidAll(starter);
  for (const payment of mismatchedPayments(starter.ledger)) voidPayment(starter, payment);
}

/** What is being captured is left alone. */
function voidCapturable(starter: EffectStarter): void {
  const payment = capturablePayment(starter.ledger);
  if (payment !== undefined && !isCaptureUnderWay(starter.ledger, payment))
    voidPayment(starter, payment);
}

function refundFor(starter: EffectStarter, review: Review, row: DecisionRow): void {
  switch (row) {
    case 'review.rejected.excess':
      return refundMinor(
        starter,
        review,
        excessMinor(starter.ledger),
        doublesFirst(starter.ledger),
      );
    case 'review.rejected.currency_mismatch':
      return refundForeign(starter, review);
    case 'review.approved.refund':
      return refundAnew(starter, review);
    default:
      return refundMinor(starter, review, refundableMinor(starter.ledger));
  }
}

function excessMinor(ledger: Ledger): number {
  const excess = Math.max(0, netMinor(ledger) - dueMinor(ledger));
  return Math.min(refundableMinor(ledger), excess);
}

/**
 * Payments that no attempt of ours opened come first, then those that were captured last. An order of which all
 * is from before payments said who made them keeps the ledger's order, in which its history has to replay.
 */
function doublesFirst(ledger: Ledger): string[] {
  const payments = Object.values(ledger.payments);
  if (payments.every(({ madeBy }) => madeBy === undefined)) return Object.keys(ledger.payments);
  const inOrder = Object.values(ledger.captures).map(({ paymentId }) => paymentId);
  const latestFirst = [...new Set(inOrder.reverse())];
  const isStrange = (paymentId: string): boolean => attemptOf(ledger, paymentId) === undefined;
  // Of one that stands in it twice nothing is left the second time.
  return [...latestFirst.filter(isStrange), ...latestFirst];
}

function refundMinor(
  starter: EffectStarter,
  review: Review,
  amountMinor: number,
  paymentIds?: readonly string[],
): void {
  const instruction = { requestKey: `review:${review.id}`, amountMinor, reason: review.reason };
  requestRefund(starter, instruction, paymentIds);
}

/** A failed refund is tried as a new one: under the old key the gateway would answer the old failure. */
function refundAnew(starter: EffectStarter, review: Review): void {
  const { ledger } = starter;
  refundMinor(starter, review, Math.min(failedMinor(ledger, review), refundableMinor(ledger)));
}

/** Minor units of the refunds that a review is about. */
export function failedMinor({ refunds, refundRequests }: Ledger, { causes }: Review): number {
  return causes
    .map((cause) => cause.slice(cause.indexOf(':') + 1))
    .map((id) => refunds[id]?.amountMinor ?? refundRequests[id]?.amountMinor ?? 0)
    .reduce((total, amountMinor) => total + amountMinor, 0);
}

/** Only what this review is about: an earlier review may have sent earlier money back. */
function refundForeign(starter: EffectStarter, review: Review): void {
  for (const capture of Object.values(starter.ledger.foreignCaptures)) {
    const { captureId, paymentId, amountMinor, currency } = capture;
    if (!review.causes.includes(`payment.captured:${captureId}`)) continue;
    const instruction = { requestKey: `review:${review.id}:${captureId}`, reason: review.reason };
    reserve(starter, instruction, { paymentId, amountMinor, currency });
  }
}

/** Each held payment by itself, in their order: what one is captured for is no longer outstanding for the next. */
function settleHeld(context: Context): void {
  const { ledger } = context;
  for (const payment of mismatchedPayments(ledger)) {
    const heldMinor = payment.authorizedMinor ?? payment.amountMinor;
    const amountMinor = Math.min(heldMinor, uncommittedMinor(ledger));
    const isNotWanted = isUnwanted(ledger) || amountMinor === 0;
    applyRow(context, isNotWanted ? 'held.approved.unwanted' : heldRow(ledger), {
      cause: payment.paymentId,
      evolve: () => {
        if (!isNotWanted) payment.mismatched = false;
      },
      effects: {
        capture: (starter) => capturePayment(starter, payment, amountMinor),
        void: (starter) => voidPayment(starter, payment),
      },
    });
  }
}

/** Where the shop captures by hand, it decides when, and how much of it, as of any other authorization. */
function heldRow({ terms }: Ledger): 'held.approved' | 'held.approved.manual' {
  return terms.manualCapture === undefined ? 'held.approved' : 'held.approved.manual';
}

function mismatchedPayments(ledger: Ledger): Payment[] {
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
  for (const [requestKey, request] of openRequests(ledger))
    if (review.causes.includes(`capture:${requestKey}`)) request.status = 'refused';
  for (const request of Object.values(ledger.refundRequests)) {
    const isMeant = review.causes.includes(`refund:${request.requestKey}`);
    if (isMeant && request.status === 'requested')
      putRefundRequest(ledger, { ...request, status: 'refused' });
  }
}
