/** What comes back from effects: the gateway's answers, refusals and silences, and finished work. */

import { cancelsUnanswered, refuseVoid, takeVoided } from '../commands/cancel.ts';
import { attemptUnanswered, refuseAttempt, takeCreated } from '../commands/pay.ts';
import { refundUnanswered, refuseRefund, takeRefund } from '../commands/refund.ts';
import { inquiryUnanswered, takeFetched } from '../commands/verify.ts';
import type { EffectEvent, Refusal } from '../events.ts';
import { callsFor, countRefusal, endGone } from '../facts/payments.ts';
import { takeSnapshot } from '../facts/snapshots.ts';
import type { EffectEntry } from '../ledger.ts';
import { putEffect, removeEffect } from '../ledger-index.ts';
import { followsPresentRules } from '../rules.ts';
import { isPayable } from '../sums.ts';
import { applyRow, openReview, record, type Turn } from '../turn.ts';
import { type Answer, type GatewayCall, isBusinessEffect } from './effects.ts';
import { noteGatewayCall } from './gateway-failure.ts';

export function applyEffectEvent(turn: Turn, event: EffectEvent): void {
  const entry = turn.ledger.effects[event.key];
  if (entry === undefined || entry.status === 'done') return;
  const { command } = entry;
  if (isBusinessEffect(command)) return finishBusinessEffect(turn, event, entry);
  // A gateway call is asked again under the same key where need be, so its entry ends here.
  removeEffect(turn.ledger, event.key);
  noteGatewayCall(turn.ledger, command, event);
  if (event.type === 'effect.answered' && event.answer !== null)
    return take(turn, event.answer, command);
  if (event.type === 'effect.refused') return refused(turn, command, event);
  return unanswered(turn, command);
}

function finishBusinessEffect(turn: Turn, event: EffectEvent, entry: EffectEntry): void {
  const { command } = entry;
  const origin = { source: event.source, type: command.effect, eventId: event.key };
  const attempts = entry.attempts + event.attempts;
  if (event.type === 'effect.answered') {
    putEffect(turn.ledger, { command, status: 'done', attempts, error: null });
    return record(turn, { outcome: 'applied', reason: 'done' }, origin);
  }
  const error = event.type === 'effect.refused' ? event.code : event.reason;
  putEffect(turn.ledger, { command, status: 'failed', attempts, error });
  openReview(turn, 'effect_failed', event.key);
  record(turn, { outcome: 'review', reason: `effect_failed: ${error}` }, origin);
}

function take(turn: Turn, answer: Answer, command: GatewayCall): void {
  if (answer.to === 'create_payment' && command.effect === 'create_payment')
    return takeCreated(turn, command.attempt, answer);
  if (answer.to === 'fetch_payments') return takeFetched(turn, answer.payments, answer.missing);
  if (answer.to === 'refund_payment' && command.effect === 'refund_payment')
    return takeRefund(turn, answer.refund, command.requestKey);
  if (answer.to === 'capture_payment') takeSnapshot(turn, answer.payment);
  if (answer.to === 'void_payment') takeVoided(turn, answer.payment);
}

function refused(turn: Turn, command: GatewayCall, refusal: Refusal): void {
  switch (command.effect) {
    case 'create_payment':
      return refuseAttempt(turn, command.attempt, refusal);
    case 'void_payment':
      return refuseVoid(turn, command.paymentId, refusal);
    case 'capture_payment':
      return refuseCapture(turn, command.paymentId, refusal);
    case 'refund_payment':
      return refuseRefund(turn, command.requestKey, refusal);
    case 'fetch_payments':
      return inquiryUnanswered(turn);
  }
}

function refuseCapture(turn: Turn, paymentId: string, { isGone }: Refusal): void {
  const { ledger, event } = turn;
  const payment = ledger.payments[paymentId];
  if (payment === undefined) return;
  if (isGone && isPayable(payment)) return endGone(turn, payment);
  const verdict = applyRow(turn, 'capture.refused', {
    cause: `capture:${paymentId}`,
    evolve: () => {
      delete payment.captureMinor;
      if (followsPresentRules(ledger)) payment.captureRefused = true;
      countRefusal(payment);
    },
    calls: callsFor(turn, payment),
  });
  record(turn, verdict, { source: 'gateway', type: 'capture_payment.refused', eventId: event.id });
}

/** Nobody knows what happened: whoever waits is told so, and the schedule asks again. */
function unanswered(turn: Turn, command: GatewayCall): void {
  switch (command.effect) {
    case 'create_payment':
      attemptUnanswered(turn, command.attempt);
      return cancelsUnanswered(turn);
    case 'fetch_payments':
      return inquiryUnanswered(turn);
    case 'void_payment':
      return cancelsUnanswered(turn);
    case 'refund_payment':
      return refundUnanswered(turn, command.requestKey);
    case 'capture_payment':
      return;
  }
}
