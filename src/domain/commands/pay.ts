/**
 * Our tries to open a payment at the gateway: at most one is live at a time, and one whose answer is
 * lost is asked for again under its own key, never under a new one.
 */

import {
  applyRow,
  type Context,
  cellFor,
  keyFor,
  makeCalls,
  record,
  start,
  type Verdict,
} from '../context.ts';
import { isMisconfigured } from '../effects/gateway-failure.ts';
import type { Refusal } from '../events.ts';
import type { PaymentSnapshot } from '../facts/facts.ts';
import { voidPayment } from '../facts/payments.ts';
import { takeSnapshot } from '../facts/snapshots.ts';
import type { Attempt, Ledger } from '../ledger.ts';
import type { ReviewReason } from '../reviews/reasons.ts';
import { countsOpenedAlone, followsPresentRules } from '../rules.ts';
import { isKeyForgotten } from '../schedule/deadlines.ts';
import { askGateway } from '../schedule/gateway-sync.ts';
import {
  isUnwanted,
  isVoidable,
  liveAttempt,
  livePayments,
  openReviews,
  outstandingMinor,
  stateOf,
} from '../sums.ts';
import type { Row } from '../table.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED, wait } from './waiting.ts';

/** More tries than any person makes; a script that retries for ever is stopped here. */
const MAX_ATTEMPTS = 20;

export function pay(context: Context, command: CommandOf<'pay'>): Verdict | null {
  const { ledger } = context;
  const from = stateOf(ledger);
  if (from !== 'paid' && isMoneyInReview(ledger)) return rejected('order_in_review');
  const isLate = ledger.expired || command.at >= ledger.expiresAt;
  if (from === 'failed' && isLate) return rejected('order_closed');
  const live = liveAttempt(ledger);
  const cell = cellFor(live === undefined ? newAttemptRow(ledger) : 'pay.repeated', from);
  if (cell.code !== undefined) return rejected(cell.code);
  if (ledger.cancelRequested) return rejected('order_closed');
  if (live !== undefined) return payAgain(context, command, live);
  const unopened = unopenedBefore(ledger);
  if (unopened !== undefined && unopened.times >= MAX_ATTEMPTS) return unpayable(unopened.code);
  // It was no attempt: this one has its number, and the customer has as many as before.
  if (unopened !== undefined) ledger.attempts.pop();
  if (ledger.attempts.length >= MAX_ATTEMPTS) return rejected('too_many_attempts');
  const attempt: Attempt = {
    number: ledger.attempts.length + 1,
    amountMinor: outstandingMinor(ledger),
    status: 'requested',
    paymentId: null,
    checkout: null,
    createdAt: command.at,
    supersedes: failedPaymentIds(ledger),
    ...(unopened === undefined ? {} : { unopened }),
  };
  ledger.attempts.push(attempt);
  makeCalls(cell, { create: () => createPayment(context, attempt) });
  return wait(context, command, { attempt: attempt.number });
}

function unopenedBefore({ attempts }: Ledger): Attempt['unopened'] {
  const last = attempts.at(-1);
  return last?.status === 'refused' ? last.unopened : undefined;
}

/** Its own words for why, also when the gateway was not asked once more. */
function unpayable(gatewayCode: string): Verdict {
  return {
    outcome: 'rejected',
    reason: `the gateway refused: ${gatewayCode}`,
    answer: { code: 'payment_refused', gatewayCode },
  };
}

/** Money may be in flight that no attempt of ours began; a second attempt could charge twice. */
function newAttemptRow(ledger: Ledger): Row {
  const isInFlight = livePayments(ledger).some(({ status }) => status !== 'created');
  return isInFlight ? 'pay.requested.in_flight' : 'pay.requested';
}

/** Reviews that say nothing of this order's money: an effect of ours that failed, and payments that are not its own. */
const HARMLESS: readonly ReviewReason[] = ['effect_failed', 'wrong_order', 'unmatched'];

function isMoneyInReview(ledger: Ledger): boolean {
  return openReviews(ledger).some(({ reason }) => !HARMLESS.includes(reason));
}

function payAgain(context: Context, command: CommandOf<'pay'>, live: Attempt): Verdict | null {
  const answer = { attempt: live.number };
  if (live.status === 'requested') return wait(context, command, answer, true);
  if (isToBeTriedAgain(context, live)) {
    live.status = 'requested';
    createPayment(context, live);
    return wait(context, command, answer);
  }
  const unsettled = live.status === 'unknown';
  return {
    outcome: 'duplicate',
    reason: `attempt ${live.number} is open already`,
    answer: unsettled ? { ...answer, unsettled } : answer,
  };
}

/**
 * A refused key is corrected by an operator at any time, and the customer is here now: the schedule would let
 * both wait. Nothing has happened under the attempt's own key, which is used again.
 */
function isToBeTriedAgain({ ledger, event }: Context, { status, createdAt }: Attempt): boolean {
  return status === 'unknown' && isMisconfigured(ledger) && !isKeyForgotten(createdAt, event.at);
}

function failedPaymentIds({ payments }: Ledger): string[] {
  return Object.values(payments)
    .filter(({ status }) => status === 'failed')
    .map(({ paymentId }) => paymentId);
}

/** What was asked first is asked again: by then the attempt's own payment may be among the failed ones. */
export function createPayment(context: Context, attempt: Attempt): void {
  const { number, amountMinor, supersedes = [], unopened } = attempt;
  // Under the key that was refused, a gateway may refuse again whatever has been corrected since.
  const cause = unopened === undefined ? number : `${number}.${unopened.times + 1}`;
  const key = keyFor(context, 'create_payment', cause);
  start(context, { effect: 'create_payment', key, attempt: number, amountMinor, supersedes });
}

export function takeCreated(
  context: Context,
  number: number,
  { payment: snapshot, checkout }: { payment: PaymentSnapshot; checkout: Record<string, string> },
): void {
  const { ledger } = context;
  const attempt = ledger.attempts[number - 1];
  if (attempt === undefined) return;
  if (isStillUnderWay(ledger, attempt, snapshot)) return keepEarlier(context, attempt);
  attempt.status = 'open';
  attempt.paymentId = snapshot.paymentId;
  attempt.checkout = checkout;
  ledger.version += 1;
  const payment = takeSnapshot(context, snapshot);
  const code = codeAgainst(ledger);
  if (code !== null && isVoidable(payment)) voidPayment(context, payment);
  const open: Verdict = { outcome: 'applied', reason: `attempt ${number} is open` };
  answerPays(context, number, code === null ? open : rejected(code));
}

/** The gateway could not end an earlier payment, because money is on its way there: there is no new one. */
function isStillUnderWay(ledger: Ledger, { supersedes = [] }: Attempt, snapshot: PaymentSnapshot) {
  const isEarlier = supersedes.includes(snapshot.paymentId);
  return isEarlier && snapshot.status === 'pending' && followsPresentRules(ledger);
}

/** The gateway is asked, so that the earlier payment comes back to life here as well. */
function keepEarlier(context: Context, attempt: Attempt): void {
  attempt.status = 'refused';
  askGateway(context);
  answerPays(context, attempt.number, rejected('attempt_in_progress'));
}

/** While the gateway was making the payment, the order may have come to want none. */
function codeAgainst(ledger: Ledger): string | null {
  if (stateOf(ledger) === 'paid') return 'order_already_paid';
  return isUnwanted(ledger) ? 'order_closed' : null;
}

export function refuseAttempt(
  context: Context,
  number: number,
  { code, isUnpayable = false }: Refusal,
): void {
  const { ledger, event } = context;
  const attempt = ledger.attempts[number - 1];
  const verdict = applyRow(context, 'pay.refused', {
    cause: `attempt:${number}`,
    evolve: () => {
      if (attempt === undefined) return;
      attempt.status = 'refused';
      if (isUnpayable && countsOpenedAlone(ledger))
        attempt.unopened = { times: (attempt.unopened?.times ?? 0) + 1, code };
      else delete attempt.unopened;
    },
  });
  record(context, verdict, {
    source: 'gateway',
    type: 'create_payment.refused',
    eventId: event.id,
  });
  const declined = { ...unpayable(code), answer: { code: 'gateway_declined' } };
  answerPays(context, number, isUnpayable ? unpayable(code) : declined);
}

/** Nobody knows whether there is a payment now: the gateway is asked, told once, and asked again. */
export function attemptUnanswered(context: Context, number: number): void {
  const { ledger, event } = context;
  const attempt = ledger.attempts[number - 1];
  const isKeyRefused = isMisconfigured(ledger);
  if (attempt?.status === 'requested') {
    const verdict = applyRow(context, 'pay.unanswered', {
      cause: `attempt:${number}`,
      evolve: () => {
        attempt.status = 'unknown';
      },
      // With a key that the gateway refuses, asking it brings nothing either.
      calls: isKeyRefused ? {} : { fetch: () => askGateway(context) },
    });
    const type = 'create_payment.unanswered';
    record(context, verdict, { source: 'gateway', type, eventId: event.id });
  }
  answerPays(context, number, isKeyRefused ? rejected('gateway_misconfigured') : UNSETTLED);
}

function answerPays(context: Context, attempt: number, verdict: Verdict): void {
  answerWaiting(
    context,
    (command) => command.type === 'pay' && command.answer.attempt === attempt,
    () => verdict,
  );
}
