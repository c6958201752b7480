/** A gateway's whole word about one payment: the payment is adopted, and what is news in it is applied. */

import type { Payment } from '../ledger.ts';
import { putCapture } from '../ledger-index.ts';
import { followsPresentRules } from '../rules.ts';
import { attemptOf } from '../sums.ts';
import { applyRow, isNews, openReview, record, type Turn, wasReviewed } from '../turn.ts';
import { applyFact, releaseHeld } from './apply-fact.ts';
import { factsOf, type PaymentSnapshot } from './facts.ts';
import { reopen } from './payments.ts';

/** Adopts the payment and applies what it tells; only what was news leaves a record. */
export function takeSnapshot(turn: Turn, snapshot: PaymentSnapshot): Payment {
  const payment = turn.ledger.payments[snapshot.paymentId] ?? adopt(turn, snapshot);
  if (snapshot.installation !== undefined) payment.madeBy = snapshot.installation;
  releaseHeld(turn, snapshot.paymentId);
  turn.isPresentTruth = isAnswerToQuestion(turn);
  for (const fact of factsOf(snapshot)) {
    const verdict = applyFact(turn, fact);
    if (isNews(verdict))
      record(turn, verdict, { source: 'gateway', type: fact.type, eventId: turn.event.id });
  }
  if (turn.isPresentTruth) takePresent(turn, payment, snapshot);
  turn.isPresentTruth = false;
  takeFees(turn, snapshot);
  takeDiscount(turn, payment, snapshot);
  takeExpiry(turn, payment, snapshot);
  tellUnknown(turn, snapshot);
  doubtRefunds(turn, snapshot);
  return payment;
}

function isAnswerToQuestion({ event }: Turn): boolean {
  return event.type === 'effect.answered' && event.answer?.to === 'fetch_payments';
}

/** No fact says that a payment is only open; asked, the gateway says so of one that was under way. */
function takePresent(turn: Turn, payment: Payment, { status }: PaymentSnapshot): void {
  const { ledger } = turn;
  const wasAskedSince = ledger.inquiry.askedAtVersion >= payment.movedAtVersion;
  const isOpenAgain = status === 'created' && payment.status === 'pending' && wasAskedSince;
  if (isOpenAgain && followsPresentRules(ledger)) reopen(turn, payment);
}

function takeFees({ ledger }: Turn, { captures }: PaymentSnapshot): void {
  for (const { captureId, feeMinor } of captures) {
    const capture = ledger.captures[captureId];
    if (feeMinor === undefined || capture === undefined || capture.feeMinor === feeMinor) continue;
    putCapture(ledger, { ...capture, feeMinor });
    ledger.version += 1;
  }
}

/** The gateway calls it paid in full, for less: the difference is its own. */
function takeDiscount(turn: Turn, payment: Payment, { discountMinor }: PaymentSnapshot): void {
  const { event } = turn;
  if (discountMinor === undefined || payment.discountMinor !== undefined) return;
  const verdict = applyRow(turn, 'payment.discounted', {
    cause: `payment.discounted:${payment.paymentId}`,
    evolve: () => {
      payment.discountMinor = discountMinor;
    },
  });
  record(turn, verdict, { source: 'gateway', type: 'payment.discounted', eventId: event.id });
}

/** A customer may pay a voucher for days: the order waits as long as its gateway does. */
function takeExpiry({ ledger }: Turn, payment: Payment, { expiresAt }: PaymentSnapshot): void {
  if (expiresAt === undefined || payment.status !== 'pending' || payment.expiresAt === expiresAt)
    return;
  payment.expiresAt = expiresAt;
  ledger.expiresAt = Math.max(ledger.expiresAt, expiresAt);
  ledger.version += 1;
}

/** Each thing that is not known is told once; beyond this many they say nothing new to anybody. */
const MAX_UNKNOWN = 20;

function tellUnknown(turn: Turn, { paymentId, unknown = [] }: PaymentSnapshot): void {
  const { ledger, event } = turn;
  for (const what of unknown) {
    const told = `${paymentId}: ${what}`;
    const known = ledger.unknown ?? [];
    if (known.includes(told) || known.length >= MAX_UNKNOWN) continue;
    ledger.unknown = [...known, told];
    const reason = `not known to this version, and left out: ${told}`;
    const origin = { source: 'gateway', type: 'gateway.unknown', eventId: event.id } as const;
    record(turn, { outcome: 'rejected', reason }, origin);
  }
}

function adopt(turn: Turn, snapshot: PaymentSnapshot): Payment {
  const { ledger, event } = turn;
  const { paymentId, amountMinor, currency } = snapshot;
  const payment: Payment = {
    paymentId,
    amountMinor,
    currency,
    status: 'created',
    mismatched: false,
    movedAtVersion: ledger.version,
  };
  const evolve = (): void => {
    ledger.payments[paymentId] = payment;
  };
  // Our own attempt says so itself when it is answered.
  if (attemptOf(ledger, paymentId) !== undefined) {
    evolve();
    return payment;
  }
  const verdict = applyRow(turn, 'payment.adopted', { cause: paymentId, evolve });
  record(turn, verdict, { source: 'gateway', type: 'payment.adopted', eventId: event.id });
  return payment;
}

/**
 * Money went back of a payment that the gateway itself holds for unpaid. An authorization that lapsed
 * is sent back by some gateways and needs nobody; one that was never authorized is for a person.
 */
function doubtRefunds(turn: Turn, { paymentId, status, captures, refunds }: PaymentSnapshot): void {
  const isUnpaid = status === 'created' || status === 'pending';
  if (!isUnpaid || captures.length > 0) return;
  for (const { refundId } of refunds.filter((refund) => refund.status === 'succeeded')) {
    if (wasReviewed(turn.ledger, 'refund_without_capture', refundId)) continue;
    openReview(turn, 'refund_without_capture', refundId);
    const reason = `refund_without_capture: ${refundId}, and ${paymentId} is ${status}`;
    const origin = { type: 'refund.succeeded', eventId: turn.event.id } as const;
    record(turn, { outcome: 'review', reason }, { source: 'gateway', ...origin });
  }
}
