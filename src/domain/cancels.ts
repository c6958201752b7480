/**
 * Cancelling: the gateway is asked to void first, and only when nothing can be paid any more is the order
 * cancelled. A capture that won the race keeps it paid.
 */
import type { PaymentSnapshot } from './facts.ts';
import { askFor, countRefusal, voidPayment } from './payments.ts';
import { takeSnapshot } from './snapshots.ts';
import { isAnythingLive, isPayable, stateOf } from './sums.ts';
import { cellFor, conclude, record, stick, type Turn, type Verdict } from './turn.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED, wait, withReason } from './waiting.ts';

export function cancel(turn: Turn, command: CommandOf<'cancel'>): Verdict | null {
  const verdict = requestCancel(turn, command);
  return verdict && withReason(verdict, command.reason);
}

function requestCancel(turn: Turn, command: CommandOf<'cancel'>): Verdict | null {
  const { ledger } = turn;
  const from = stateOf(ledger);
  const isLive = isAnythingLive(ledger);
  const cell = cellFor(isLive ? 'cancel.requested.live' : 'cancel.requested', from);
  if (cell.code !== undefined) return rejected(cell.code);
  if (cell.verdict === 'duplicate')
    return { outcome: 'duplicate', reason: 'the order is cancelled already' };
  const isRepeat = ledger.cancelRequested;
  ledger.cancelRequested = true;
  voidAll(turn);
  if (isLive) return wait(turn, command, {}, isRepeat);
  stick(ledger);
  return conclude(turn, cell, command.id, from);
}

/** Also what failed: in a tab that is still open, another card could pay it. */
export function voidAll(turn: Turn): void {
  for (const payment of Object.values(turn.ledger.payments))
    if (isPayable(payment)) voidPayment(turn, payment);
}

export function takeVoided(turn: Turn, snapshot: PaymentSnapshot): void {
  const payment = takeSnapshot(turn, snapshot);
  // Where a gateway, asked to void it, calls a payment failed, nobody can pay it there any more.
  if (payment.status === 'failed') delete payment.voiding;
}

/** The gateway will not void: the wish to cancel ends, and what came instead is asked for. */
export function refuseVoid(turn: Turn, paymentId: string): void {
  const { ledger, event } = turn;
  const from = stateOf(ledger);
  const payment = ledger.payments[paymentId];
  if (payment === undefined) return;
  const cell = cellFor(
    payment.status === 'authorized' ? 'void.refused.authorized' : 'void.refused',
    from,
  );
  payment.voiding = false;
  countRefusal(payment);
  ledger.cancelRequested = false;
  askFor(turn, cell, payment);
  const verdict = conclude(turn, cell, `void:${paymentId}`, from);
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
  if (state === 'paid' || state === 'partially_paid' || state === 'refunded')
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
