/**
 * Cancelling: the gateway is asked to void first, and only when nothing can be paid any more is the order
 * cancelled. A capture that won the race keeps it paid.
 */

import {
  applyRow,
  type Context,
  cellFor,
  makeCalls,
  openReview,
  record,
  type Verdict,
} from '../context.ts';
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
import { requestRefund } from './refund.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED, wait, withReason } from './waiting.ts';

export function cancel(context: Context, command: CommandOf<'cancel'>): Verdict | null {
  const verdict = requestCancel(context, command);
  return verdict && withReason(verdict, command.reason);
}

function requestCancel(context: Context, command: CommandOf<'cancel'>): Verdict | null {
  const { ledger } = context;
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
  const calls = { void: () => voidAll(context) };
  const evolve = (): void => {
    ledger.cancelRequested = true;
    if (isOld) voidAll(context);
  };
  if (!isLive) return applyRow(context, row, { cause: command.id, evolve, calls });
  evolve();
  makeCalls(cell, calls);
  return wait(context, command, {}, isRepeat);
}

/** Refunding what a bank may take back anyway would pay it out twice. */
function cancelRow(ledger: Ledger, isLive: boolean): Row {
  if (stateOf(ledger) === 'partially_paid' && isDisputed(ledger))
    return 'cancel.requested.disputed';
  return isLive ? 'cancel.requested.live' : 'cancel.requested';
}

/** The order has just been cancelled: what came of a part goes back. */
export function refundCancelled(context: Context): void {
  const { ledger } = context;
  const amountMinor = refundableMinor(ledger);
  if (amountMinor === 0) return;
  if (isDisputed(ledger)) openReview(context, 'dispute_after_cancel', 'cancel');
  else requestRefund(context, { requestKey: 'cancel', amountMinor, reason: 'cancelled' });
}

/** Its customer may be paying it this moment: only when it is voided is the order cancelled. */
function hasPayable({ payments }: Ledger): boolean {
  return Object.values(payments).some(isPayable);
}

/** Also what failed: in a tab that is still open, another card could pay it. */
export function voidAll(context: Context): void {
  for (const payment of Object.values(context.ledger.payments))
    if (isPayable(payment)) voidPayment(context, payment);
}

export function takeVoided(context: Context, snapshot: PaymentSnapshot): void {
  const payment = takeSnapshot(context, snapshot);
  if (followsPresentRules(context.ledger)) {
    if (payment.status === 'failed' && snapshot.status === 'failed') {
      payment.voiding = false;
      // With that, the order may be cancelled.
      context.ledger.version += 1;
    }
    return;
  }
  // Where a gateway, asked to void it, calls a payment failed, nobody can pay it there any more.
  if (payment.status === 'failed') delete payment.voiding;
}

/** An order that is over wants no more money: what could still be paid is voided, each once. */
export function voidNeedless(context: Context): void {
  const { ledger } = context;
  if (!isOver(ledger) || !followsPresentRules(ledger)) return;
  for (const payment of Object.values(ledger.payments))
    if (isNeedless(payment)) voidPayment(context, payment);
}

/** Paid, refunded, cancelled, or failed with no time left to try again. */
function isOver(ledger: Ledger): boolean {
  const state = stateOf(ledger);
  if (state === 'failed') return ledger.expired && ledger.terms.voidsWhenFailed === true;
  return state === 'paid' || state === 'refunded' || state === 'cancelled';
}

/** The gateway will not void: the wish to cancel ends, and what came instead is asked for. */
export function refuseVoid(context: Context, paymentId: string, { isGone }: Refusal): void {
  const { ledger, event } = context;
  const payment = ledger.payments[paymentId];
  if (payment === undefined) return;
  if (isGone && isPayable(payment)) return endGone(context, payment);
  const row = payment.status === 'authorized' ? 'void.refused.authorized' : 'void.refused';
  const verdict = applyRow(context, row, {
    cause: `void:${paymentId}`,
    evolve: () => {
      payment.voiding = false;
      countRefusal(payment);
      ledger.cancelRequested = false;
    },
    calls: callsFor(context, payment),
  });
  record(context, verdict, { source: 'gateway', type: 'void_payment.refused', eventId: event.id });
}

/** Nobody knows yet whether everything is over. */
export function cancelsUnanswered(context: Context): void {
  answerCancels(context, UNSETTLED);
}

/** The caller of a cancel hears what became of the order as soon as it is sure. */
export function answerCancelsByState(context: Context): void {
  const { ledger } = context;
  const state = stateOf(ledger);
  if (state === 'cancelled')
    return answerCancels(context, { outcome: 'applied', reason: 'the order is cancelled' });
  const isKept = state === 'partially_paid' && !ledger.cancelRequested;
  if (state === 'paid' || isKept || state === 'refunded')
    return answerCancels(context, rejected('order_already_paid'));
  // The void was refused, and the gateway, asked why, has not said that anything was paid.
  if (!ledger.cancelRequested && !ledger.inquiry.open)
    answerCancels(context, {
      outcome: 'applied',
      reason: `not cancelled: ${state}`,
      answer: { unsettled: true },
    });
}

function answerCancels(context: Context, verdict: Verdict): void {
  answerWaiting(
    context,
    (command) => command.type === 'cancel',
    () => verdict,
  );
}
