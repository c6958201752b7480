/** Applies a full payment snapshot: an unknown payment is adopted, and what is new in it becomes facts. */

import { applyRow } from '../apply-row.ts';
import {
  type Context,
  fromGateway,
  isWorthRecording,
  movePayment,
  record,
  wasReviewed,
} from '../context.ts';
import type { Payment } from '../ledger.ts';
import { putCapture } from '../ledger-index.ts';
import { followsPresentRules } from '../rules.ts';
import { adopt } from './adopt.ts';
import { applyFact, releaseHeld } from './apply-fact.ts';
import { takeDeadlines } from './disputes.ts';
import { factsOf, type PaymentSnapshot } from './facts.ts';
import { keepGatewayIds } from './gateway-ids.ts';
import { reopen } from './payments.ts';

/** Adopts the payment and applies its facts; only what is new leaves a record. */
export function takeSnapshot(context: Context, snapshot: PaymentSnapshot): Payment {
  const payment = context.ledger.payments[snapshot.paymentId] ?? adopt(context, snapshot);
  if (snapshot.installation !== undefined) payment.madeBy = snapshot.installation;
  keepGatewayIds(payment, snapshot.gatewayIds);
  releaseHeld(context, payment);
  context.isPresentTruth = isAnswerToQuestion(context);
  for (const fact of factsOf(snapshot)) {
    const verdict = applyFact(context, fact, payment);
    if (isWorthRecording(verdict))
      record(context, verdict, { source: 'gateway', type: fact.type, eventId: context.event.id });
  }
  // A part was captured, and the gateway holds nothing of the rest any more.
  if (snapshot.status === 'captured' && isHeld(context, payment)) {
    movePayment(context, payment, 'captured');
    context.ledger.version += 1;
  }
  if (context.isPresentTruth) {
    takePresent(context, payment, snapshot);
    takeDeadlines(context, snapshot);
  }
  context.isPresentTruth = false;
  takeFees(context, snapshot);
  takeDiscount(context, payment, snapshot);
  takeExpiry(context, payment, snapshot);
  recordUnknown(context, snapshot);
  recheckRefunds(context, snapshot);
  return payment;
}

function isAnswerToQuestion({ event }: Context): boolean {
  return event.type === 'effect.answered' && event.answer?.to === 'fetch_payments';
}

/** No fact says that a payment is only open; asked, the gateway says so of one that was under way. */
function takePresent(context: Context, payment: Payment, { status }: PaymentSnapshot): void {
  const { ledger } = context;
  const wasAskedSince = ledger.inquiry.askedAtVersion >= payment.movedAtVersion;
  const isOpenAgain = status === 'created' && payment.status === 'pending' && wasAskedSince;
  if (isOpenAgain && followsPresentRules(ledger)) reopen(context, payment);
}

function takeFees({ ledger }: Context, { captures }: PaymentSnapshot): void {
  for (const { captureId, feeMinor } of captures) {
    const capture = ledger.captures[captureId];
    if (feeMinor === undefined || capture === undefined || capture.feeMinor === feeMinor) continue;
    putCapture(ledger, { ...capture, feeMinor });
    ledger.version += 1;
  }
}

/** The gateway calls it paid in full, for less: the difference is its own. */
function takeDiscount(
  context: Context,
  payment: Payment,
  { discountMinor }: PaymentSnapshot,
): void {
  if (discountMinor === undefined || payment.discountMinor !== undefined) return;
  applyRow(context, 'payment.discounted', {
    cause: `payment.discounted:${payment.paymentId}`,
    evolve: () => {
      payment.discountMinor = discountMinor;
    },
    origin: fromGateway(context, 'payment.discounted'),
  });
}

/** Does its money wait for the shop to capture it? */
function isHeld({ ledger }: Context, { status }: Payment): boolean {
  return ledger.terms.manualCapture !== undefined && status === 'authorized';
}

/** A customer may pay a voucher for days, a shop capture for days: the order waits as long as its gateway does. */
function takeExpiry(context: Context, payment: Payment, { expiresAt }: PaymentSnapshot): void {
  const { ledger } = context;
  const isAwaited = payment.status === 'pending' || isHeld(context, payment);
  if (expiresAt === undefined || !isAwaited || payment.expiresAt === expiresAt) return;
  payment.expiresAt = expiresAt;
  ledger.expiresAt = Math.max(ledger.expiresAt, expiresAt);
  ledger.version += 1;
}

/** Each unknown word is recorded once, and no more than this many: further ones add nothing. */
const MAX_UNKNOWN = 20;

function recordUnknown(context: Context, { paymentId, unknown = [] }: PaymentSnapshot): void {
  const { ledger, event } = context;
  for (const what of unknown) {
    const described = `${paymentId}: ${what}`;
    const known = ledger.unknown ?? [];
    if (known.includes(described) || known.length >= MAX_UNKNOWN) continue;
    ledger.unknown = [...known, described];
    const reason = `not known to this version, and left out: ${described}`;
    const origin = { source: 'gateway', type: 'gateway.unknown', eventId: event.id } as const;
    record(context, { outcome: 'rejected', reason }, origin);
  }
}

/**
 * Money went back of a payment that the gateway itself holds for unpaid. An authorization that lapsed
 * is sent back by some gateways and needs no review; one that was never authorized does.
 */
function recheckRefunds(
  context: Context,
  { paymentId, status, captures, refunds }: PaymentSnapshot,
): void {
  const isUnpaid = status === 'created' || status === 'pending';
  if (!isUnpaid || captures.length > 0) return;
  for (const { refundId } of refunds.filter((refund) => refund.status === 'succeeded')) {
    if (wasReviewed(context.ledger, 'refund_without_capture', refundId)) continue;
    applyRow(context, 'refund.succeeded.uncaptured', {
      cause: refundId,
      reason: `refund_without_capture: ${refundId}, and ${paymentId} is ${status}`,
      origin: fromGateway(context, 'refund.succeeded'),
    });
  }
}
