/**
 * Facts about payments. A payment's status has a rank and only moves forward; only the gateway's own
 * present truth may bring an ended one back. Captures have a file of their own.
 */

import type { Payment } from '../ledger.ts';
import { followsPresentRules } from '../rules.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import { outstandingMinor, stateOf, uncommittedMinor } from '../sums.ts';
import type { Row } from '../table.ts';
import {
  applyRow,
  type Calls,
  cellFor,
  keyFor,
  makeCalls,
  movePayment,
  record,
  start,
  type Turn,
  type Verdict,
} from '../turn.ts';
import { applyCapture } from './captures.ts';
import { type Fact, factKey, type PaymentFact, type SnapshotStatus } from './facts.ts';

/** Ranks by design: a late `failed` never undoes an authorization's successor, a capture beats all. */
const RANK: Record<Payment['status'], number> = {
  created: 0,
  pending: 1,
  authorized: 2,
  failed: 3,
  expired: 4,
  voided: 5,
  gone: 6,
  captured: 7,
};

export function applyPaymentFact(turn: Turn, fact: PaymentFact, payment: Payment): Verdict {
  if (!isOfStatus(fact)) return applyCapture(turn, fact, payment);
  const status = statusOf(fact);
  const isBackwards = RANK[status] <= RANK[payment.status];
  if (isBackwards && !isTrustedComeback(turn, fact, payment))
    return applyOldStatus(turn, fact, payment);
  return applyRow(turn, classify(turn, fact, payment), {
    cause: factKey(fact),
    evolve: (cell) => {
      // Alive again, it may be voided after all.
      if (isBackwards && payment.voiding === false) delete payment.voiding;
      movePayment(turn, payment, status);
      if (cell.review === 'amount_mismatch') payment.mismatched = true;
      if (cell.to === 'pending') turn.ledger.expired = false;
    },
    calls: callsFor(turn, payment),
  });
}

/** A fact about a payment's status; a capture is money and has a file of its own. */
type StatusFact = PaymentFact & { type: Exclude<PaymentFact['type'], 'payment.captured'> };

function isOfStatus(fact: PaymentFact): fact is StatusFact {
  return fact.type !== 'payment.captured';
}

/** What may bring an ended payment back, and meanwhile makes the order ask. */
const AFTER_END: Partial<Record<PaymentFact['type'], Row>> = {
  'payment.authorized': 'payment.authorized.after_end',
  'payment.pending': 'payment.pending.after_end',
};

function statusOf(fact: PaymentFact): SnapshotStatus {
  return fact.type.slice('payment.'.length) as SnapshotStatus;
}

function isEnded(payment: Payment): boolean {
  return ['failed', 'expired', 'voided', 'gone'].includes(payment.status);
}

/** What may bring an ended payment back: a bank's late yes, or another try at the same payment that takes days. */
function isComeback(turn: Turn, type: PaymentFact['type'], payment: Payment): boolean {
  if (type === 'payment.authorized') return isEnded(payment);
  const isOver = payment.status === 'failed' || payment.status === 'gone';
  return type === 'payment.pending' && isOver && followsPresentRules(turn.ledger);
}

/** Told again by a webhook, it may be the present truth that it was before. */
export function mayBeComeback(turn: Turn, { type, paymentId }: Fact): boolean {
  const payment = turn.ledger.payments[paymentId];
  return type === 'payment.pending' && payment !== undefined && isComeback(turn, type, payment);
}

/** Only the gateway's own answer, asked for after the payment ended, may bring it back to life. */
function isTrustedComeback(turn: Turn, fact: PaymentFact, payment: Payment): boolean {
  return (
    isComeback(turn, fact.type, payment) &&
    turn.isPresentTruth &&
    turn.ledger.inquiry.askedAtVersion >= payment.movedAtVersion
  );
}

function applyOldStatus(turn: Turn, fact: PaymentFact, payment: Payment): Verdict {
  const row = AFTER_END[fact.type];
  if (row !== undefined && isComeback(turn, fact.type, payment)) {
    const cell = cellFor(row, stateOf(turn.ledger));
    makeCalls(cell, callsFor(turn, payment));
    const told = statusOf(fact);
    return { outcome: 'stale', reason: `${told} after ${payment.status}: the gateway is asked` };
  }
  return { outcome: 'stale', reason: `the payment is ${payment.status} already` };
}

function classify(turn: Turn, fact: StatusFact, payment: Payment): Row {
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

/** The gateway, asked, no longer knows it: nobody can pay it there, and nothing more can be asked of it. */
export function endGone(turn: Turn, payment: Payment): void {
  const { event } = turn;
  const { paymentId } = payment;
  const verdict = applyRow(turn, 'payment.gone', {
    cause: `payment.gone:${paymentId}`,
    evolve: () => {
      movePayment(turn, payment, 'gone');
      delete payment.voiding;
      delete payment.captureMinor;
    },
  });
  const reason = `the gateway no longer knows ${paymentId}: ${verdict.reason}`;
  const origin = { source: 'gateway', type: 'payment.gone', eventId: event.id } as const;
  record(turn, { ...verdict, reason }, origin);
}

/** What was under way has ended without an end: the customer is asked how to pay once more. */
export function reopen(turn: Turn, payment: Payment): void {
  const { event } = turn;
  const verdict = applyRow(turn, 'payment.reopened', {
    cause: `payment.reopened:${payment.paymentId}`,
    evolve: () => {
      movePayment(turn, payment, 'created');
      delete payment.expiresAt;
    },
  });
  record(turn, verdict, { source: 'gateway', type: 'payment.reopened', eventId: event.id });
}

/** What the calls of a table cell mean for one payment. */
export function callsFor(turn: Turn, payment: Payment): Calls {
  return {
    fetch: () => askGateway(turn),
    void: () => voidPayment(turn, payment),
    capture: () => capturePayment(turn, payment, outstandingMinor(turn.ledger)),
  };
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
