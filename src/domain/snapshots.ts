/** A gateway's whole word about one payment: the payment is adopted, and what is news in it is applied. */
import { applyFact, releaseHeld } from './apply-fact.ts';
import { factsOf, type PaymentSnapshot } from './facts.ts';
import type { Payment } from './ledger.ts';
import { attemptOf, stateOf } from './sums.ts';
import { cellFor, conclude, isNews, openReview, record, type Turn, wasReviewed } from './turn.ts';

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
  turn.isPresentTruth = false;
  doubtRefunds(turn, snapshot);
  return payment;
}

function isAnswerToQuestion({ event }: Turn): boolean {
  return event.type === 'effect.answered' && event.answer?.to === 'fetch_payments';
}

function adopt(turn: Turn, snapshot: PaymentSnapshot): Payment {
  const { ledger, event } = turn;
  const { paymentId, amountMinor, currency } = snapshot;
  const from = stateOf(ledger);
  const payment: Payment = {
    paymentId,
    amountMinor,
    currency,
    status: 'created',
    mismatched: false,
    movedAtVersion: ledger.version,
  };
  ledger.payments[paymentId] = payment;
  // Our own attempt says so itself when it is answered.
  if (attemptOf(ledger, paymentId) !== undefined) return payment;
  const verdict = conclude(turn, cellFor('payment.adopted', from), paymentId, from);
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
