/**
 * Facts about payments. A payment's status has a rank and only moves forward; only the gateway's own
 * present truth may bring an ended one back. Captures have a file of their own.
 */
import { applyCapture } from './captures.ts';
import { factKey, type PaymentFact } from './facts.ts';
import { askGateway } from './inquiry.ts';
import type { Payment } from './ledger.ts';
import { outstandingMinor, stateOf, uncommittedMinor } from './sums.ts';
import type { Cell, Row } from './table.ts';
import { cellFor, conclude, keyFor, movePayment, start, type Turn, type Verdict } from './turn.ts';

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

export function applyPaymentFact(turn: Turn, fact: PaymentFact, payment: Payment): Verdict {
  if (fact.type === 'payment.captured') return applyCapture(turn, fact, payment);
  const from = stateOf(turn.ledger);
  const status = statusOf(fact);
  const isBackwards = RANK[status] <= RANK[payment.status];
  if (isBackwards && !isTrustedComeback(turn, fact, payment))
    return applyOldStatus(turn, fact, payment);
  const cell = cellFor(classify(turn, fact, payment), from);
  movePayment(turn, payment, status);
  if (cell.review === 'amount_mismatch') payment.mismatched = true;
  if (cell.to === 'pending') turn.ledger.expired = false;
  askFor(turn, cell, payment);
  return conclude(turn, cell, factKey(fact), from);
}

function statusOf(fact: PaymentFact): Payment['status'] {
  return fact.type.slice('payment.'.length) as Payment['status'];
}

function isEnded(payment: Payment): boolean {
  return ['failed', 'expired', 'voided'].includes(payment.status);
}

/** Only the gateway's own answer, asked for after the payment ended, may bring it back to life. */
function isTrustedComeback(turn: Turn, fact: PaymentFact, payment: Payment): boolean {
  return (
    fact.type === 'payment.authorized' &&
    isEnded(payment) &&
    turn.isPresentTruth &&
    turn.ledger.inquiry.askedAtVersion >= payment.movedAtVersion
  );
}

function applyOldStatus(turn: Turn, fact: PaymentFact, payment: Payment): Verdict {
  if (fact.type === 'payment.authorized' && isEnded(payment)) {
    askFor(turn, cellFor('payment.authorized.after_end', stateOf(turn.ledger)), payment);
    return { outcome: 'stale', reason: `authorized after ${payment.status}: the gateway is asked` };
  }
  return { outcome: 'stale', reason: `the payment is ${payment.status} already` };
}

function classify(turn: Turn, fact: PaymentFact, payment: Payment): Row {
  const { ledger } = turn;
  if (fact.type !== 'payment.authorized') return fact.type;
  if (ledger.cancelRequested || payment.voiding === true) return 'payment.authorized.surplus';
  const outstanding = outstandingMinor(ledger);
  if (fact.currency !== ledger.terms.currency || fact.amountMinor !== outstanding)
    return 'payment.authorized.mismatch';
  return uncommittedMinor(ledger) === outstanding
    ? 'payment.authorized'
    : 'payment.authorized.surplus';
}

/** Asks the gateway for what a table cell wants done with a payment. */
export function askFor(turn: Turn, cell: Cell, payment: Payment): void {
  if (cell.asks.includes('fetch')) askGateway(turn);
  if (cell.asks.includes('void')) voidPayment(turn, payment);
  if (cell.asks.includes('capture')) capturePayment(turn, payment, outstandingMinor(turn.ledger));
}

/** The first amount asked for stands: under the same key the gateway would refuse another one. */
export function capturePayment(turn: Turn, payment: Payment, wantedMinor: number): void {
  const { paymentId } = payment;
  const amountMinor = payment.captureMinor ?? wantedMinor;
  payment.captureMinor = amountMinor;
  const key = keyFor(turn, 'capture_payment', causeFor(payment));
  start(turn, { effect: 'capture_payment', key, paymentId, amountMinor });
}

export function voidPayment(turn: Turn, payment: Payment): void {
  const { paymentId } = payment;
  payment.voiding = true;
  const key = keyFor(turn, 'void_payment', causeFor(payment));
  start(turn, { effect: 'void_payment', key, paymentId });
}

/** Under a key that was refused, a gateway refuses again, whatever has become possible since. */
function causeFor({ paymentId, refusals = 0 }: Payment): string {
  return refusals === 0 ? paymentId : `${paymentId}.${refusals + 1}`;
}

export function countRefusal(payment: Payment): void {
  payment.refusals = (payment.refusals ?? 0) + 1;
}
