/**
 * Facts about payments and captures. A payment's status has a rank and only moves forward; a capture
 * is one entry under its own id, so the same money can never be counted twice.
 */
import {
  type CaptureFact,
  captureIdOf,
  factKey,
  type PaymentFact,
  type PaymentSnapshot,
} from './facts.ts';
import { askGateway } from './inquiry.ts';
import type { Capture, Payment } from './ledger.ts';
import { capturedMinor, outstandingMinor, stateOf, uncommittedMinor } from './sums.ts';
import type { Cell, Row } from './table.ts';
import { cellFor, conclude, keyFor, start, type Turn, type Verdict } from './turn.ts';

/** Ranks by design: a late `failed` never undoes an authorization's successor, a capture beats all. */
const RANK: Record<Payment['status'], number> = {
  created: 0,
  pending: 1,
  authorized: 2,
  failed: 3,
  expired: 4,
  voided: 5,
  captured: 6,
};

export function addPayment(turn: Turn, snapshot: PaymentSnapshot): Payment {
  const { paymentId, amountMinor, currency } = snapshot;
  const known = turn.ledger.payments[paymentId];
  if (known !== undefined) return known;
  const payment: Payment = {
    paymentId,
    amountMinor,
    currency,
    status: 'created',
    mismatched: false,
    movedAtVersion: turn.ledger.version,
  };
  turn.ledger.payments[paymentId] = payment;
  return payment;
}

export function applyPaymentFact(turn: Turn, fact: PaymentFact, payment: Payment): Verdict {
  if (fact.type === 'payment.captured') return applyCapture(turn, fact, payment);
  const from = stateOf(turn.ledger);
  const status = statusOf(fact);
  const isBackwards = RANK[status] <= RANK[payment.status];
  if (isBackwards && !isTrustedComeback(turn, fact, payment))
    return applyOldStatus(turn, fact, payment);
  const cell = cellFor(classify(turn, fact), from);
  moveTo(turn, payment, status);
  if (cell.review === 'amount_mismatch') payment.mismatched = true;
  if (status === 'pending' || status === 'authorized') liftExpiry(turn, cell);
  finishCancel(turn);
  askFor(turn, cell, payment);
  return conclude(turn, cell, factKey(fact), from);
}

function statusOf(fact: PaymentFact): Payment['status'] {
  return fact.type.slice('payment.'.length) as Payment['status'];
}

function moveTo(turn: Turn, payment: Payment, status: Payment['status']): void {
  payment.status = status;
  payment.movedAtVersion = turn.ledger.version + 1;
}

function isEnded(payment: Payment): boolean {
  return ['failed', 'expired', 'voided'].includes(payment.status);
}

/** Only the gateway's own answer, asked for after the payment ended, may bring it back to life. */
function isTrustedComeback(turn: Turn, fact: PaymentFact, payment: Payment): boolean {
  return (
    fact.type === 'payment.authorized' &&
    isEnded(payment) &&
    turn.event.source === 'effect' &&
    turn.ledger.inquiry.askedAtVersion >= payment.movedAtVersion
  );
}

function applyOldStatus(turn: Turn, fact: PaymentFact, payment: Payment): Verdict {
  if (fact.type === 'payment.authorized' && isEnded(payment)) {
    const from = stateOf(turn.ledger);
    const cell = cellFor('payment.authorized.after_end', from);
    askFor(turn, cell, payment);
    return { outcome: 'stale', reason: `authorized after ${payment.status}: the gateway is asked` };
  }
  return { outcome: 'stale', reason: `the payment is ${payment.status} already` };
}

function classify(turn: Turn, fact: PaymentFact): Row {
  if (fact.type !== 'payment.authorized') return fact.type;
  const outstanding = outstandingMinor(turn.ledger);
  if (fact.currency === turn.ledger.terms.currency && fact.amountMinor === outstanding)
    return uncommittedMinor(turn.ledger) === outstanding
      ? 'payment.authorized'
      : 'payment.authorized.surplus';
  return 'payment.authorized.mismatch';
}

function liftExpiry(turn: Turn, cell: Cell): void {
  if (cell.to === 'pending') turn.ledger.expired = false;
}

function applyCapture(turn: Turn, fact: PaymentFact, payment: Payment): Verdict {
  const { ledger } = turn;
  const from = stateOf(ledger);
  const captureId = captureIdOf(fact);
  const { paymentId, amountMinor, currency } = fact;
  if (currency !== ledger.terms.currency) {
    ledger.foreignCaptures[captureId] = { captureId, paymentId, amountMinor, currency };
    return conclude(turn, cellFor('payment.captured.currency', from), factKey(fact), from);
  }
  const tombstone = ledger.captures[captureId];
  const total = capturedMinor(ledger) + amountMinor;
  const row = tombstone?.reversed ? 'payment.captured.reversed' : captureRow(turn, total);
  const cell = cellFor(row, from);
  putCapture(turn, { captureId, paymentId, amountMinor, captured: true, reversed: false });
  moveTo(turn, payment, 'captured');
  // A capture that won the race against a cancel keeps the order paid.
  ledger.cancelRequested = false;
  post(turn, 'capture', captureId, amountMinor);
  if (tombstone?.reversed) post(turn, 'capture_reversed', captureId, amountMinor);
  return conclude(turn, cell, factKey(fact), from);
}

function captureRow(turn: Turn, totalMinor: number): Row {
  const { amountMinor } = turn.ledger.terms;
  if (totalMinor < amountMinor) return 'payment.captured.partial';
  return totalMinor === amountMinor ? 'payment.captured.exact' : 'payment.captured.over';
}

export function applyCaptureReversed(turn: Turn, fact: CaptureFact): Verdict {
  const { ledger } = turn;
  const from = stateOf(ledger);
  const captureId = captureIdOf(fact);
  const { paymentId, amountMinor } = fact;
  const isKnown = ledger.captures[captureId]?.captured ?? false;
  const cell = cellFor(isKnown ? 'capture.reversed' : 'capture.reversed.early', from);
  putCapture(turn, { captureId, paymentId, amountMinor, captured: false, reversed: true });
  if (isKnown) post(turn, 'capture_reversed', captureId, amountMinor);
  return conclude(turn, cell, factKey(fact), from);
}

/** Merges with what is known: whichever of capture and reversal came first, both end up on record. */
function putCapture(turn: Turn, capture: Capture): void {
  const known = turn.ledger.captures[capture.captureId];
  turn.ledger.captures[capture.captureId] = {
    ...capture,
    captured: capture.captured || (known?.captured ?? false),
    reversed: capture.reversed || (known?.reversed ?? false),
  };
}

function post(
  turn: Turn,
  kind: 'capture' | 'capture_reversed',
  reference: string,
  amountMinor: number,
): void {
  start(turn, {
    effect: 'post_ledger',
    key: keyFor(turn, 'post_ledger', `${kind}-${reference}`),
    kind,
    reference,
    amountMinor,
    currency: turn.ledger.terms.currency,
  });
}

/** Cancelled once everything that could still have been paid is over and nothing was. */
export function finishCancel(turn: Turn): void {
  const { ledger } = turn;
  if (!ledger.cancelRequested) return;
  const state = stateOf(ledger);
  if (state !== 'failed' && state !== 'initiated') return;
  ledger.cancelled = true;
  ledger.cancelRequested = false;
}

export function askFor(turn: Turn, cell: Cell, payment: Payment): void {
  const { paymentId } = payment;
  if (cell.asks.includes('fetch')) askGateway(turn);
  if (cell.asks.includes('void')) voidPayment(turn, paymentId);
  if (cell.asks.includes('capture'))
    start(turn, {
      effect: 'capture_payment',
      key: keyFor(turn, 'capture_payment', paymentId),
      paymentId,
      amountMinor: outstandingMinor(turn.ledger),
    });
}

export function voidPayment(turn: Turn, paymentId: string): void {
  start(turn, { effect: 'void_payment', key: keyFor(turn, 'void_payment', paymentId), paymentId });
}
