/**
 * Cancelling: the gateway is asked to void first, and only when nothing can be paid any more is the order
 * cancelled. A capture that won the race keeps it paid.
 */

import { applyRow, type EffectStarter } from '../apply-row.ts';
import { type Context, fromGateway, type Verdict } from '../context.ts';
import type { Refusal } from '../events.ts';
import type { PaymentSnapshot } from '../facts/facts.ts';
import { countRefusal, effectsFor, endGone, voidPayment } from '../facts/payments.ts';
import { takeSnapshot } from '../facts/snapshots.ts';
import type { Ledger, Payment } from '../ledger.ts';
import { followsPresentRules } from '../rules.ts';
import {
  authorizedMinor,
  isAnythingLive,
  isDisputed,
  isNeedless,
  isPayable,
  refundableMinor,
  stateOf,
  uncommittedMinor,
} from '../sums.ts';
import type { RowOf } from '../table.ts';
import { requestRefund } from './refund.ts';
import { voidsRefused } from './void.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED, withReason } from './waiting.ts';

export function cancel(context: Context, command: CommandOf<'cancel'>): Verdict | null {
  const verdict = requestCancel(context, command);
  return verdict && withReason(verdict, command.reason);
}

function requestCancel(context: Context, command: CommandOf<'cancel'>): Verdict | null {
  const { ledger } = context;
  return applyRow(context, cancelRow(ledger), {
    cause: command.id,
    caller: { command, isDuplicate: ledger.cancelRequested },
    evolve: () => {
      ledger.cancelRequested = true;
    },
    effects: { void: voidAll },
  });
}

function cancelRow(ledger: Ledger): RowOf<'cancel.requested'> {
  const isPart = stateOf(ledger) === 'partially_paid';
  if (!followsPresentRules(ledger)) {
    const isLive = isAnythingLive(ledger) && !isPart;
    return isLive ? 'cancel.requested.live' : 'cancel.requested.rules_0';
  }
  // Refunding what a bank may take back anyway would pay it out twice.
  if (isPart && isDisputed(ledger)) return 'cancel.requested.disputed';
  const isLive = isAnythingLive(ledger) || hasPayable(ledger);
  return isLive ? 'cancel.requested.live' : 'cancel.requested';
}

/** The order has just been cancelled: what was paid of it is refunded, after its voids. */
export function refundCancelled(context: Context): void {
  const { ledger } = context;
  const amountMinor = refundableMinor(ledger);
  if (amountMinor === 0) return;
  const instruction = { requestKey: 'cancel', amountMinor, reason: 'cancelled' };
  applyRow(context, isDisputed(ledger) ? 'order.cancelled.disputed' : 'order.cancelled', {
    cause: 'cancel',
    effects: { refund: (starter) => requestRefund(starter, instruction) },
  });
}

/** Its customer may be paying it this moment: only when it is voided is the order cancelled. */
function hasPayable({ payments }: Ledger): boolean {
  return Object.values(payments).some(isPayable);
}

/** Also what failed: in a tab that is still open, another card could pay it. */
export function voidAll(starter: EffectStarter): void {
  for (const payment of Object.values(starter.ledger.payments))
    if (isPayable(payment)) voidPayment(starter, payment);
}

export function takeVoided(context: Context, snapshot: PaymentSnapshot): void {
  const payment = takeSnapshot(context, snapshot);
  if (followsPresentRules(context.ledger)) {
    if (payment.status === 'failed' && snapshot.status === 'failed')
      applyRow(context, 'void.answered.failed', {
        cause: payment.paymentId,
        evolve: () => {
          payment.voiding = false;
          context.ledger.version += 1;
        },
      });
    return;
  }
  // A gateway that answers a void with a failed payment takes no more money for it.
  if (payment.status === 'failed') delete payment.voiding;
}

/** An order that is over wants no more money: what could still be paid is voided, each once. */
export function voidNeedless(context: Context): void {
  const { ledger } = context;
  if (!isOver(ledger) || !followsPresentRules(ledger)) return;
  for (const payment of Object.values(ledger.payments))
    if (isNeedless(payment))
      applyRow(context, 'payment.needless', {
        cause: payment.paymentId,
        effects: { void: (starter) => voidPayment(starter, payment) },
      });
}

/** Paid, refunded, cancelled, or failed with no time left to try again. */
function isOver(ledger: Ledger): boolean {
  const state = stateOf(ledger);
  if (state === 'failed') return ledger.expired && ledger.terms.voidsWhenFailed === true;
  return state === 'paid' || state === 'refunded' || state === 'cancelled';
}

/** The gateway refuses the void: the request to cancel ends, and a sync finds what came instead. */
export function refuseVoid(context: Context, paymentId: string, refusal: Refusal): void {
  const { ledger } = context;
  const payment = ledger.payments[paymentId];
  if (payment === undefined) return;
  if (refusal.isGone && isPayable(payment)) return endGone(context, payment);
  const isForReview = payment.status === 'authorized' && !isStillWanted(ledger, payment);
  applyRow(context, isForReview ? 'void.refused.authorized' : 'void.refused', {
    cause: `void:${paymentId}`,
    evolve: () => {
      payment.voiding = false;
      countRefusal(payment);
      ledger.cancelRequested = false;
    },
    effects: effectsFor(payment),
    origin: fromGateway(context, 'void_payment.refused'),
  });
  voidsRefused(context, paymentId, refusal.code);
}

/** The shop may capture it, or void it again: no decision is open, and its end is announced. */
function isStillWanted(ledger: Ledger, payment: Payment): boolean {
  if (ledger.terms.manualCapture === undefined || payment.mismatched) return false;
  return (
    stateOf(ledger) === 'partially_paid' &&
    authorizedMinor(ledger, payment) <= uncommittedMinor(ledger)
  );
}

/** The outcome is unknown as long as a call has no answer. */
export function cancelsUnanswered(context: Context): void {
  answerCancels(context, UNSETTLED);
}

/** Answers a waiting cancel as soon as its outcome is certain. */
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
