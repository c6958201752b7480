/** What comes back from effects: the gateway's answers, refusals and silences, and finished work. */

import { applyRow } from '../apply-row.ts';
import { cancelsUnanswered, refuseVoid, takeVoided } from '../commands/cancel.ts';
import { capturePending, refuseCaptureRequest } from '../commands/capture.ts';
import { attemptUnanswered, refuseAttempt, takeCreated } from '../commands/pay.ts';
import { refundUnanswered, refuseRefund, takeRefund } from '../commands/refund.ts';
import { syncUnanswered, takeFetched } from '../commands/verify.ts';
import { voidsUnanswered } from '../commands/void.ts';
import { type Context, record } from '../context.ts';
import type { EffectEvent, Refusal } from '../events.ts';
import { takeSnapshot } from '../facts/snapshots.ts';
import type { EffectEntry } from '../ledger.ts';
import { putEffect, removeEffect } from '../ledger-index.ts';
import { type Answer, type Effect, type GatewayCall, isBusinessEffect } from './effects.ts';
import { noteGatewayCall } from './gateway-failure.ts';
import { refuseCapture } from './refused-capture.ts';

export function applyEffectEvent(context: Context, event: EffectEvent): void {
  const entry = context.ledger.effects[event.key];
  if (entry === undefined || entry.status === 'done') return;
  const { command } = entry;
  if (isBusinessEffect(command)) return finishBusinessEffect(context, event, entry);
  // A gateway call is asked again under the same key where need be, so its entry ends here.
  removeEffect(context.ledger, event.key);
  noteGatewayCall(context.ledger, command, event);
  if (event.type === 'effect.answered' && event.answer !== null)
    return take(context, event.answer, command);
  if (event.type === 'effect.refused') return refused(context, command, event);
  return unanswered(context, command);
}

function finishBusinessEffect(context: Context, event: EffectEvent, entry: EffectEntry): void {
  const { command } = entry;
  const origin = { source: event.source, type: command.effect, eventId: event.key };
  const attempts = entry.attempts + event.attempts;
  if (event.type === 'effect.answered') {
    putEffect(context.ledger, { command, status: 'done', attempts, error: null });
    return record(context, { outcome: 'applied', reason: 'done' }, origin);
  }
  const error = event.type === 'effect.refused' ? event.code : event.reason;
  if (wasDelivered(command, event))
    applyRow(context, 'resend.refused', {
      cause: event.key,
      evolve: () => putEffect(context.ledger, { command, status: 'done', attempts, error }),
      reason: `refused when sent again, delivered before: ${error}`,
      origin,
    });
  else
    applyRow(context, 'effect.failed', {
      cause: event.key,
      evolve: () => putEffect(context.ledger, { command, status: 'failed', attempts, error }),
      reason: `effect_failed: ${error}`,
      origin,
    });
}

/** What the other system has got already holds nothing back where it does not take it a second time. */
function wasDelivered(command: Effect, event: EffectEvent): boolean {
  // Sent where nobody was to be told, and again once somebody is: that is the first time for them.
  if (event.type === 'effect.refused' && event.isUndelivered === true) return false;
  return 'times' in command && command.times !== undefined;
}

function take(context: Context, answer: Answer, command: GatewayCall): void {
  if (answer.to === 'create_payment' && command.effect === 'create_payment')
    return takeCreated(context, command.attempt, answer);
  if (answer.to === 'fetch_payments') return takeFetched(context, answer.payments, answer.missing);
  if (answer.to === 'refund_payment' && command.effect === 'refund_payment')
    return takeRefund(context, answer.refund, command.requestKey);
  if (answer.to === 'capture_payment' && command.effect === 'capture_payment') {
    if (answer.payment !== null) takeSnapshot(context, answer.payment);
    return capturePending(context, command.requestKey);
  }
  if (answer.to === 'void_payment') {
    if (answer.payment === null) return unanswered(context, command);
    takeVoided(context, answer.payment);
  }
}

function refused(context: Context, command: GatewayCall, refusal: Refusal): void {
  switch (command.effect) {
    case 'create_payment':
      return refuseAttempt(context, command.attempt, refusal);
    case 'void_payment':
      return refuseVoid(context, command.paymentId, refusal);
    case 'capture_payment':
      return command.requestKey === undefined
        ? refuseCapture(context, command.paymentId, refusal)
        : refuseCaptureRequest(context, command.requestKey, refusal);
    case 'refund_payment':
      return refuseRefund(context, command.requestKey, refusal);
    case 'fetch_payments':
      return syncUnanswered(context);
  }
}

/** Outcome unknown: waiting callers get that answer, and the call is retried on schedule. */
function unanswered(context: Context, command: GatewayCall): void {
  switch (command.effect) {
    case 'create_payment':
      attemptUnanswered(context, command.attempt);
      return cancelsUnanswered(context);
    case 'fetch_payments':
      return syncUnanswered(context);
    case 'void_payment':
      voidsUnanswered(context);
      return cancelsUnanswered(context);
    case 'capture_payment':
      return capturePending(context, command.requestKey);
    case 'refund_payment':
      return refundUnanswered(context, command.requestKey);
  }
}
