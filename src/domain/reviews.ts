/**
 * Manual reviews: what a person decides, and what each decision does. Decisions compare and set: the
 * same one again is a repeat, the opposite or a stale one is refused. A review never blocks later facts.
 */
import type { CommandEvent } from './events.ts';
import type { Review } from './ledger.ts';
import { voidPayment } from './payments.ts';
import { requestRefund } from './refunds.ts';
import { livePayments, netMinor, outstandingMinor, refundableMinor, stateOf } from './sums.ts';
import { keyFor, start, type Turn, type Verdict } from './turn.ts';

type ReviewCommand = Extract<CommandEvent, { type: 'review' }>;

export function decideReview(turn: Turn, command: ReviewCommand): Verdict {
  const review = turn.ledger.reviews.find(({ id }) => id === command.reviewId);
  if (review === undefined) return refuse('review_not_found');
  const decided = command.decision === 'approve' ? 'approved' : 'rejected';
  if (review.status === decided)
    return { outcome: 'duplicate', reason: `${review.id} is ${decided} already` };
  if (review.status !== 'open') return refuse('review_already_decided');
  if (review.version !== command.version) return refuse('review_stale');
  const from = stateOf(turn.ledger);
  review.status = decided;
  review.note = command.note;
  if (decided === 'approved') approve(turn, review);
  else reject(turn, review);
  const to = stateOf(turn.ledger);
  return { outcome: 'applied', reason: `${review.reason} ${decided}: ${from} → ${to}` };
}

function refuse(code: string): Verdict {
  return { outcome: 'rejected', reason: code, answer: { code } };
}

function approve(turn: Turn, review: Review): void {
  const { ledger } = turn;
  switch (review.reason) {
    case 'paid_after_cancel':
      ledger.cancelled = false;
      return;
    case 'captured_after_refund':
      ledger.refunded = false;
      return;
    case 'amount_mismatch':
      return captureMismatched(turn);
    case 'capture_reversed':
      return revokeAccess(turn);
    case 'refund_failed':
    case 'refund_reversed':
      return refundAnew(turn, review);
    case 'partial_expired':
      return extend(turn);
    default:
      // Everything else is an acknowledgement: the money is on record, the note says what was done.
      return;
  }
}

function reject(turn: Turn, review: Review): void {
  switch (review.reason) {
    case 'paid_after_cancel':
    case 'captured_after_refund':
      return refundMinor(turn, review, refundableMinor(turn.ledger));
    case 'overpaid':
    case 'double_payment':
      return refundMinor(turn, review, excessMinor(turn));
    case 'currency_mismatch':
      return refundForeign(turn, review);
    case 'partial_expired':
      turn.ledger.cancelled = true;
      return refundMinor(turn, review, refundableMinor(turn.ledger));
    case 'amount_mismatch':
    case 'authorized_after_cancel':
    case 'authorized_after_refund':
    case 'cancel_diverged':
      return voidUnwanted(turn);
    default:
      return;
  }
}

function excessMinor(turn: Turn): number {
  const { ledger } = turn;
  return Math.min(
    refundableMinor(ledger),
    Math.max(0, netMinor(ledger) - ledger.terms.amountMinor),
  );
}

function refundMinor(turn: Turn, review: Review, amountMinor: number): void {
  if (amountMinor > 0)
    requestRefund(turn, { requestKey: `review:${review.id}`, amountMinor, reason: review.reason });
}

/** A failed refund is tried as a new one: under the old key the gateway would answer the old failure. */
function refundAnew(turn: Turn, review: Review): void {
  const { refunds } = turn.ledger;
  const failedMinor = review.causes
    .map((cause) => refunds[cause.slice(cause.indexOf(':') + 1)])
    .reduce((total, refund) => total + (refund?.amountMinor ?? 0), 0);
  refundMinor(turn, review, Math.min(failedMinor, refundableMinor(turn.ledger)));
}

function refundForeign(turn: Turn, review: Review): void {
  const { ledger, event } = turn;
  for (const { captureId, paymentId, amountMinor, currency } of Object.values(
    ledger.foreignCaptures,
  )) {
    const requestKey = `review:${review.id}:${captureId}`;
    ledger.refundRequests[requestKey] = {
      requestKey,
      paymentId,
      amountMinor,
      currency,
      status: 'requested',
      refundId: null,
      reason: review.reason,
      createdAt: event.at,
      parentKey: requestKey,
    };
    const key = keyFor(turn, 'refund_payment', requestKey);
    start(turn, { effect: 'refund_payment', key, paymentId, requestKey, amountMinor, currency });
  }
}

function captureMismatched(turn: Turn): void {
  const { ledger } = turn;
  for (const payment of Object.values(ledger.payments)) {
    if (!payment.mismatched || payment.status !== 'authorized') continue;
    payment.mismatched = false;
    const { paymentId } = payment;
    const amountMinor = Math.min(payment.amountMinor, outstandingMinor(ledger));
    const key = keyFor(turn, 'capture_payment', paymentId);
    if (amountMinor > 0) start(turn, { effect: 'capture_payment', key, paymentId, amountMinor });
  }
}

function voidUnwanted(turn: Turn): void {
  const mismatched = Object.values(turn.ledger.payments).filter(
    (payment) => payment.mismatched && payment.status === 'authorized',
  );
  for (const { paymentId } of [...livePayments(turn.ledger), ...mismatched])
    voidPayment(turn, paymentId);
}

export function revokeAccess(turn: Turn): void {
  const { access } = turn.ledger;
  if (!access.granted) return;
  access.granted = false;
  start(turn, {
    effect: 'revoke_access',
    key: keyFor(turn, 'revoke_access', access.epoch),
    epoch: access.epoch,
    after: keyFor(turn, 'grant_access', access.epoch),
  });
}

/** A partly paid order gets as long again as it first had. */
function extend(turn: Turn): void {
  const { ledger, event } = turn;
  ledger.expired = false;
  ledger.expiresAt = event.at + (ledger.terms.expiresAt - ledger.terms.createdAt);
}
