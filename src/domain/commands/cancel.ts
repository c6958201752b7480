/**
 * Cancelling: the gateway is asked to void first, and only when nothing can be paid any more is the order
 * cancelled. A capture that won the race keeps it paid.
 */

import type { Refusal } from '../events.ts';
import type { PaymentSnapshot } from '../facts/facts.ts';
import { callsFor, countRefusal, endGone, voidPayment } from '../facts/payments.ts';
import { takeSnapshot } from '../facts/snapshots.ts';
import type { Ledger } from '../ledger.ts';
import { followsPresentRules } from '../rules.ts';
import {
  isAnythingLive,
  isDisputed,
  isNeedless,
  isPayable,
  refundableMinor,
  stateOf,
} from '../sums.ts';
import type { Row } from '../table.ts';
import {
  applyRow,
  cellFor,
  makeCalls,
  openReview,
  record,
  type Turn,
  type Verdict,
} from '../turn.ts';
import { requestRefund } from './refund.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED, wait, withReason } from './waiting.ts';

export function cancel(turn: Turn, command: CommandOf<'cancel'>): Verdict | null {
  const verdict = requestCancel(turn, command);
  return verdict && withReason(verdict, command.reason);
}

function requestCancel(turn: Turn, command: CommandOf<'cancel'>): Verdict | null {
  const { ledger } = turn;
  const from = stateOf(ledger);
  const isOld = !followsPresentRules(ledger);
  if (isOld && from === 'partially_paid') return rejected('order_already_paid');
  const isLive = isAnythingLive(ledger) || (!isOld && hasPayable(ledger));
  const row = cancelRow(ledger, isLive);
  const cell = cellFor(row, from);
  if (cell.code !== undefined) return rejected(cell.code);
  if (cell.verdict === 'duplicate')
    return { outcome: 'duplicate', reason: 'the order is cancelled already' };
  const isRepeat = ledger.cancelRequested;
  // What came of a part goes back once the order is cancelled, which may be after the voids alone: refundCancelled.
  const calls = { void: () => voidAll(turn) };
  const evolve = (): void => {
    ledger.cancelRequested = true;
    if (isOld) voidAll(turn);
  };
  if (!isLive) return applyRow(turn, row, { cause: command.id, evolve, calls });
  evolve();
  makeCalls(cell, calls);
  return wait(turn, command, {}, isRepeat);
}

/** Refunding what a bank may take back anyway would pay it out twice. */
function cancelRow(ledger: Ledger, isLive: boolean): Row {
  if (stateOf(ledger) === 'partially_paid' && isDisputed(ledger))
    return 'cancel.requested.disputed';
  return isLive ? 'cancel.requested.live' : 'cancel.requested';
}

/** The order has just been cancelled: what came of a part goes back. */
export function refundCancelled(turn: Turn): void {
  const { ledger } = turn;
  const amountMinor = refundableMinor(ledger);
  if (amountMinor === 0) return;
  if (isDisputed(ledger)) openReview(turn, 'dispute_after_cancel', 'cancel');
  else requestRefund(turn, { requestKey: 'cancel', amountMinor, reason: 'cancelled' });
}

/** Its customer may be paying it this moment: only when it is voided is the order cancelled. */
function hasPayable({ payments }: Ledger): boolean {
  return Object.values(payments).some(isPayable);
}

/** Also what failed: in a tab that is still open, another card could pay it. */
export function voidAll(turn: Turn): void {
  for (const payment of Object.values(turn.ledger.payments))
    if (isPayable(payment)) voidPayment(turn, payment);
}

export function takeVoided(turn: Turn, snapshot: PaymentSnapshot): void {
  const payment = takeSnapshot(turn, snapshot);
  if (followsPresentRules(turn.ledger)) {
    if (payment.status === 'failed' && snapshot.status === 'failed') {
      payment.voiding = false;
      // With that, the order may be cancelled.
      turn.ledger.version += 1;
    }
    return;
  }
  // Where a gateway, asked to void it, calls a payment failed, nobody can pay it there any more.
  if (payment.status === 'failed') delete payment.voiding;
}

/** An order that is over wants no more money: what could still be paid is voided, each once. */
export function voidNeedless(turn: Turn): void {
  const { ledger } = turn;
  if (!isOver(ledger) || !followsPresentRules(ledger)) return;
  for (const payment of Object.values(ledger.payments))
    if (isNeedless(payment)) voidPayment(turn, payment);
}

/** Paid, refunded, cancelled, or failed with no time left to try again. */
function isOver(ledger: Ledger): boolean {
  const state = stateOf(ledger);
  if (state === 'failed') return ledger.expired && ledger.terms.voidsWhenFailed === true;
  return state === 'paid' || state === 'refunded' || state === 'cancelled';
}

/** The gateway will not void: the wish to cancel ends, and what came instead is asked for. */
export function refuseVoid(turn: Turn, paymentId: string, { isGone }: Refusal): void {
  const { ledger, event } = turn;
  const payment = ledger.payments[paymentId];
  if (payment === undefined) return;
  if (isGone && isPayable(payment)) return endGone(turn, payment);
  const row = payment.status === 'authorized' ? 'void.refused.authorized' : 'void.refused';
  const verdict = applyRow(turn, row, {
    cause: `void:${paymentId}`,
    evolve: () => {
      payment.voiding = false;
      countRefusal(payment);
      ledger.cancelRequested = false;
    },
    calls: callsFor(turn, payment),
  });
  record(turn, verdict, { source: 'gateway', type: 'void_payment.refused', eventId: event.id });
}

/** Nobody knows yet whether everything is over. */
export function cancelsUnanswered(turn: Turn): void {
  answerCancels(turn, UNSETTLED);
}

/** The caller of a cancel hears what became of the order as soon as it is sure. */
export function answerCancelsByState(turn: Turn): void {
  const { ledger } = turn;
  const state = stateOf(ledger);
  if (state === 'cancelled')
    return answerCancels(turn, { outcome: 'applied', reason: 'the order is cancelled' });
  const isKept = state === 'partially_paid' && !ledger.cancelRequested;
  if (state === 'paid' || isKept || state === 'refunded')
    return answerCancels(turn, rejected('order_already_paid'));
  // The void was refused, and the gateway, asked why, has not said that anything was paid.
  if (!ledger.cancelRequested && !ledger.inquiry.open)
    answerCancels(turn, {
      outcome: 'applied',
      reason: `not cancelled: ${state}`,
      answer: { unsettled: true },
    });
}

function answerCancels(turn: Turn, verdict: Verdict): void {
  answerWaiting(
    turn,
    (command) => command.type === 'cancel',
    () => verdict,
  );
}
