/** What comes back from effects: the gateway's answers, refusals and silences, and finished work. */
import { applyFact, refuseHeld, releaseHeld } from './apply-fact.ts';
import { answerWaiting, createPayment, rejected } from './commands.ts';
import { POSTPONED_EXPIRY_MS, postponeSettlement } from './deadlines.ts';
import { type Answer, type Effect, type GatewayCall, isBusinessEffect } from './effects.ts';
import type { EffectEvent } from './events.ts';
import { factsOf, type PaymentSnapshot, type RefundSnapshot } from './facts.ts';
import { askGateway } from './inquiry.ts';
import type { EffectEntry } from './ledger.ts';
import { addPayment, askFor, voidPayment } from './payments.ts';
import { acceptRequest, askForRefund } from './refunds.ts';
import { isAnythingLive, livePayments, stateOf } from './sums.ts';
import { cellFor, conclude, openReview, record, type Turn, type Verdict } from './turn.ts';

/** How often the gateway may deny a payment that a webhook spoke of before a person looks. */
const MAX_MISSES = 3;

export function applyEffectEvent(turn: Turn, event: EffectEvent): void {
  const entry = turn.ledger.effects[event.key];
  if (entry === undefined || entry.status === 'done') return;
  entry.attempts += event.attempts;
  const { command } = entry;
  if (isBusinessEffect(command)) return finishBusinessEffect(turn, event, entry);
  // A gateway call is asked again under the same key where need be, so its entry ends here.
  delete turn.ledger.effects[event.key];
  if (event.type === 'effect.answered' && event.answer !== null)
    return take(turn, event.answer, command);
  if (event.type === 'effect.refused') return refused(turn, command, event.code);
  return unanswered(turn, command);
}

function finishBusinessEffect(turn: Turn, event: EffectEvent, entry: EffectEntry): void {
  const origin = { source: event.source, type: entry.command.effect, eventId: event.key };
  if (event.type === 'effect.answered') {
    entry.status = 'done';
    entry.error = null;
    return record(turn, { outcome: 'applied', reason: 'done' }, origin);
  }
  entry.status = 'failed';
  entry.error = event.type === 'effect.refused' ? event.code : event.reason;
  openReview(turn, 'effect_failed', event.key);
  record(turn, { outcome: 'review', reason: `effect_failed: ${entry.error}` }, origin);
}

function take(turn: Turn, answer: Answer, command: GatewayCall): void {
  switch (answer.to) {
    case 'create_payment':
      return takeCreated(turn, answer.payment, answer.checkout, command);
    case 'fetch_payments':
      return takeFetched(turn, answer.payments, answer.missing);
    case 'capture_payment':
    case 'void_payment':
      takeSnapshot(turn, answer.payment);
      return;
    case 'refund_payment':
      return takeRefund(turn, answer.refund, command);
  }
}

function takeCreated(
  turn: Turn,
  snapshot: PaymentSnapshot,
  checkout: Record<string, string>,
  command: Effect,
): void {
  const { ledger } = turn;
  const number = command.effect === 'create_payment' ? command.attempt : 0;
  const attempt = ledger.attempts[number - 1];
  if (attempt === undefined) return;
  attempt.status = 'open';
  attempt.paymentId = snapshot.paymentId;
  attempt.checkout = checkout;
  ledger.version += 1;
  const payment = takeSnapshot(turn, snapshot);
  const isUnwanted = ledger.cancelRequested || ['cancelled', 'refunded'].includes(stateOf(ledger));
  if (isUnwanted && payment.status !== 'captured') voidPayment(turn, payment.paymentId);
  answerPays(turn, number, { outcome: 'applied', reason: `attempt ${number} is open` });
}

function answerPays(turn: Turn, attempt: number, verdict: Verdict): void {
  answerWaiting(
    turn,
    (command) => command.type === 'pay' && command.answer.attempt === attempt,
    () => verdict,
  );
}

/** Adopts the payment and applies what it tells; only what was news leaves a record. */
function takeSnapshot(turn: Turn, snapshot: PaymentSnapshot): ReturnType<typeof addPayment> {
  const payment = addPayment(turn, snapshot);
  releaseHeld(turn, snapshot.paymentId);
  for (const fact of factsOf(snapshot)) {
    const verdict = applyFact(turn, fact);
    if (verdict.outcome === 'duplicate' || verdict.outcome === 'stale') continue;
    record(turn, verdict, { source: 'gateway', type: fact.type, eventId: turn.event.id });
  }
  return payment;
}

function takeFetched(turn: Turn, payments: PaymentSnapshot[], missing: string[]): void {
  const { ledger } = turn;
  const versionBefore = ledger.version;
  const foreign: string[] = [];
  for (const snapshot of payments) {
    const isOurs = snapshot.orderId === ledger.terms.orderId;
    if (isOurs || ledger.payments[snapshot.paymentId] !== undefined) takeSnapshot(turn, snapshot);
    else foreign.push(snapshot.paymentId);
  }
  for (const paymentId of foreign) refuseHeld(turn, paymentId, 'wrong_order');
  for (const paymentId of missing) countMiss(turn, paymentId);
  closeInquiry(turn, ledger.version > versionBefore, foreign);
}

function countMiss(turn: Turn, paymentId: string): void {
  const held = turn.ledger.held.filter(({ event }) => event.fact.paymentId === paymentId);
  for (const fact of held) fact.misses += 1;
  if (held.some((fact) => fact.misses >= MAX_MISSES)) refuseHeld(turn, paymentId, 'unmatched');
}

function closeInquiry(turn: Turn, wasNews: boolean, foreign: string[]): void {
  const { inquiry } = turn.ledger;
  inquiry.open = false;
  if (inquiry.again && !wasNews) return askGateway(turn);
  answerWaiting(
    turn,
    (command) => command.type === 'verify',
    (command) => verifyVerdict(turn, command.paymentId, wasNews, foreign),
  );
  if (inquiry.purpose.expiry) finishExpiry(turn);
  if (inquiry.purpose.settlement && !wasNews) turn.ledger.closed = true;
  inquiry.purpose = { expiry: false, settlement: false };
}

function verifyVerdict(
  turn: Turn,
  paymentId: string | null,
  wasNews: boolean,
  foreign: string[],
): Verdict {
  if (paymentId !== null && foreign.includes(paymentId))
    return rejected('payment_belongs_to_other_order');
  const state = stateOf(turn.ledger);
  const told = `the gateway was asked: ${state}`;
  const isUnknown = paymentId !== null && turn.ledger.payments[paymentId] === undefined;
  const answer = isUnknown ? { unsettled: true } : {};
  return { outcome: wasNews ? 'applied' : 'duplicate', reason: told, answer };
}

/** The gateway was asked and nothing was paid; money still in flight gets a little longer. */
function finishExpiry(turn: Turn): void {
  const { ledger, event } = turn;
  const from = stateOf(ledger);
  if (from !== 'pending' && from !== 'initiated') return;
  const isInFlight =
    livePayments(ledger).some((payment) => payment.status !== 'created') ||
    ledger.attempts.some(({ status }) => status === 'requested' || status === 'unknown');
  if (isInFlight) {
    ledger.expiresAt = event.at + POSTPONED_EXPIRY_MS;
    return;
  }
  ledger.expired = true;
  const verdict = conclude(turn, cellFor('order.expired', from), 'expiry', from);
  record(turn, verdict, { source: 'timer', type: 'order.expired', eventId: event.id });
}

function takeRefund(turn: Turn, refund: RefundSnapshot, command: GatewayCall): void {
  const requestKey = command.effect === 'refund_payment' ? command.requestKey : '';
  const request = turn.ledger.refundRequests[requestKey];
  if (request !== undefined) acceptRequest(request, refund.refundId);
  const { refundId, paymentId, amountMinor, currency, status } = refund;
  const type = `refund.${status}` as const;
  const verdict = applyFact(turn, { type, paymentId, refundId, amountMinor, currency });
  if (verdict.outcome !== 'duplicate' && verdict.outcome !== 'stale')
    record(turn, verdict, { source: 'gateway', type, eventId: turn.event.id });
  answerRefunds(turn, requestKey, { outcome: 'applied', reason: `${refundId} is ${status}` });
}

function answerRefunds(turn: Turn, requestKey: string, verdict: Verdict): void {
  answerWaiting(
    turn,
    (command) => command.type === 'refund' && command.answer.requestKey === requestKey,
    () => verdict,
  );
}

function refused(turn: Turn, command: GatewayCall, code: string): void {
  const { ledger } = turn;
  const origin = {
    source: 'gateway',
    type: `${command.effect}.refused`,
    eventId: turn.event.id,
  } as const;
  const from = stateOf(ledger);
  switch (command.effect) {
    case 'create_payment': {
      const attempt = ledger.attempts[command.attempt - 1];
      if (attempt !== undefined) attempt.status = 'refused';
      record(turn, conclude(turn, cellFor('pay.refused', from), command.key, from), origin);
      return answerPays(turn, command.attempt, {
        outcome: 'rejected',
        reason: `the gateway refused: ${code}`,
        answer: { code: 'gateway_declined' },
      });
    }
    case 'void_payment': {
      const payment = ledger.payments[command.paymentId];
      const row = payment?.status === 'authorized' ? 'void.refused.authorized' : 'void.refused';
      const cell = cellFor(row, from);
      ledger.cancelRequested = false;
      if (payment !== undefined) askFor(turn, cell, payment);
      record(turn, conclude(turn, cell, command.key, from), origin);
      return answerCancels(turn, {
        outcome: 'applied',
        reason: `not voided: ${code}`,
        answer: { unsettled: true },
      });
    }
    case 'capture_payment': {
      const payment = ledger.payments[command.paymentId];
      const cell = cellFor('capture.refused', from);
      if (payment !== undefined) askFor(turn, cell, payment);
      return record(turn, conclude(turn, cell, command.key, from), origin);
    }
    case 'refund_payment': {
      const request = ledger.refundRequests[command.requestKey];
      if (request !== undefined) request.status = 'refused';
      openReview(turn, 'refund_failed', `request:${command.requestKey}`);
      record(turn, { outcome: 'review', reason: `refund_failed: ${code}` }, origin);
      return answerRefunds(turn, command.requestKey, {
        outcome: 'applied',
        reason: `refused: ${code}`,
      });
    }
    case 'fetch_payments':
      return unanswered(turn, command);
  }
}

/** Nobody knows what happened: whoever waits is told so, and the schedule asks again. */
function unanswered(turn: Turn, command: GatewayCall): void {
  const { ledger } = turn;
  const silent: Verdict = {
    outcome: 'applied',
    reason: 'the gateway has not answered yet',
    answer: { unsettled: true },
  };
  switch (command.effect) {
    case 'create_payment': {
      const attempt = ledger.attempts[command.attempt - 1];
      if (attempt !== undefined) attempt.status = 'unknown';
      return answerPays(turn, command.attempt, silent);
    }
    case 'fetch_payments':
      return abandonInquiry(turn, silent);
    case 'void_payment':
      return answerCancels(turn, silent);
    case 'refund_payment':
      return answerRefunds(turn, command.requestKey, silent);
    case 'capture_payment':
      return;
  }
}

function abandonInquiry(turn: Turn, silent: Verdict): void {
  const { ledger, event } = turn;
  const { purpose } = ledger.inquiry;
  if (purpose.expiry) ledger.expiresAt = event.at + POSTPONED_EXPIRY_MS;
  if (purpose.settlement) postponeSettlement(ledger, event.at);
  ledger.inquiry.open = false;
  ledger.inquiry.again = false;
  ledger.inquiry.purpose = { expiry: false, settlement: false };
  answerWaiting(
    turn,
    (command) => command.type === 'verify',
    () => silent,
  );
}

function answerCancels(turn: Turn, verdict: Verdict): void {
  answerWaiting(
    turn,
    (command) => command.type === 'cancel',
    () => verdict,
  );
}

/** What the schedule asks again, always under the key that was used before. */
export function askAgain(turn: Turn): void {
  const { ledger } = turn;
  for (const attempt of ledger.attempts)
    if (attempt.status === 'unknown') createPayment(turn, attempt);
  const isUnwanted = ledger.cancelRequested || ['cancelled', 'refunded'].includes(stateOf(ledger));
  if (isUnwanted) for (const { paymentId } of livePayments(ledger)) voidPayment(turn, paymentId);
  for (const request of Object.values(ledger.refundRequests))
    if (request.status === 'requested') askForRefund(turn, request.requestKey);
  askGateway(turn);
}

/** The caller of a cancel hears what became of the order as soon as it is sure. */
export function answerCancelsByState(turn: Turn): void {
  const state = stateOf(turn.ledger);
  if (state === 'cancelled')
    return answerCancels(turn, { outcome: 'applied', reason: 'the order is cancelled' });
  if (state === 'paid' || state === 'partially_paid')
    return answerCancels(turn, rejected('order_already_paid'));
  if (!isAnythingLive(turn.ledger) && !turn.ledger.cancelRequested)
    answerCancels(turn, {
      outcome: 'applied',
      reason: `not cancelled: ${state}`,
      answer: { unsettled: true },
    });
}
