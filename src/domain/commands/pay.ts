/**
 * Our tries to open a payment at the gateway: at most one is live at a time, and one whose answer is
 * lost is asked for again under its own key, never under a new one.
 */

import { applyRow, type EffectStarter } from '../apply-row.ts';
import { type Context, fromGateway, keyFor, type Verdict } from '../context.ts';
import { isMisconfigured } from '../effects/gateway-failure.ts';
import type { Refusal } from '../events.ts';
import type { PaymentSnapshot } from '../facts/facts.ts';
import { namesOfAll } from '../facts/gateway-ids.ts';
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
import type { RowOf } from '../table.ts';
import { answerWaiting, type CommandOf, rejected, UNSETTLED } from './waiting.ts';

/** More tries than any person makes; a script that retries for ever is stopped here. */
const MAX_ATTEMPTS = 20;

export function pay(context: Context, command: CommandOf<'pay'>): Verdict | null {
  const { ledger } = context;
  if (ledger.terms.amountMinor === 0) return payNothing(context, command);
  const from = stateOf(ledger);
  if (from !== 'paid' && isMoneyInReview(ledger)) return rejected('order_in_review');
  const isLate = ledger.expired || command.at >= ledger.expiresAt;
  if (from === 'failed' && isLate) return rejected('order_closed');
  const live = liveAttempt(ledger);
  return live === undefined ? payAnew(context, command) : payAgain(context, command, live);
}

/** A coupon of 100 %: paid without a gateway. */
function payNothing(context: Context, command: CommandOf<'pay'>): Verdict {
  const { ledger } = context;
  return applyRow(context, 'pay.nothing_due', {
    cause: command.id,
    caller: { command },
    evolve: () => {
      ledger.nothingDue = true;
    },
  });
}

function payAnew(context: Context, command: CommandOf<'pay'>): Verdict | null {
  const { ledger } = context;
  const unopened = unopenedBefore(ledger);
  // It was no attempt: this one has its number, and the customer has as many as before.
  const attempts = unopened === undefined ? ledger.attempts : ledger.attempts.slice(0, -1);
  const attempt: Attempt = {
    number: attempts.length + 1,
    amountMinor: outstandingMinor(ledger),
    status: 'requested',
    paymentId: null,
    checkout: null,
    createdAt: command.at,
    supersedes: failedPaymentIds(ledger),
    ...(unopened === undefined ? {} : { unopened }),
  };
  return applyRow(context, newAttemptRow(ledger), {
    cause: command.id,
    caller: { command, answer: { attempt: attempt.number } },
    refusal: () => {
      if (ledger.cancelRequested) return rejected('order_closed');
      if (unopened !== undefined && unopened.times >= MAX_ATTEMPTS) return unpayable(unopened.code);
      return attempts.length >= MAX_ATTEMPTS ? rejected('too_many_attempts') : undefined;
    },
    evolve: () => {
      ledger.attempts = [...attempts, attempt];
    },
    effects: { create: (starter) => createPayment(starter, attempt) },
  });
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
function newAttemptRow(ledger: Ledger): RowOf<'pay.requested'> {
  const isInFlight = livePayments(ledger).some(({ status }) => status !== 'created');
  return isInFlight ? 'pay.requested.in_flight' : 'pay.requested';
}

/**
 * Reviews that say nothing of money that came unasked: an effect of ours that failed, payments that are not its own,
 * and what the shop has yet to capture.
 */
const HARMLESS: readonly ReviewReason[] = [
  'effect_failed',
  'wrong_order',
  'unmatched',
  'authorization_expiring',
];

function isMoneyInReview(ledger: Ledger): boolean {
  return openReviews(ledger).some(({ reason }) => !HARMLESS.includes(reason));
}

function payAgain(context: Context, command: CommandOf<'pay'>, live: Attempt): Verdict | null {
  const row = sameAttemptRow(context, live);
  const isUnknown = live.status === 'unknown' && row === 'pay.repeated';
  return applyRow(context, row, {
    cause: command.id,
    caller: {
      command,
      answer: { attempt: live.number, ...(isUnknown ? { unsettled: true } : {}) },
      isDuplicate: row === 'pay.repeated.opening',
    },
    refusal: () => (context.ledger.cancelRequested ? rejected('order_closed') : undefined),
    evolve: () => {
      live.status = 'requested';
    },
    reason: `attempt ${live.number} is open already`,
    effects: { create: (starter) => createPayment(starter, live) },
  });
}

function sameAttemptRow(context: Context, live: Attempt): RowOf<'pay.repeated'> {
  if (live.status === 'requested') return 'pay.repeated.opening';
  return isToBeTriedAgain(context, live) ? 'pay.repeated.misconfigured' : 'pay.repeated';
}

/**
 * A refused key is corrected by an operator at any time, and the customer is here now: the schedule would let
 * both wait. Nothing has happened under the attempt's own key, which is used again.
 */
function isToBeTriedAgain({ ledger, event }: Context, { status, createdAt }: Attempt): boolean {
  return (
    status === 'unknown' && isMisconfigured(ledger) && !isKeyForgotten(ledger, createdAt, event.at)
  );
}

function failedPaymentIds({ payments }: Ledger): string[] {
  return Object.values(payments)
    .filter(({ status }) => status === 'failed')
    .map(({ paymentId }) => paymentId);
}

/** A retry sends what was sent first: by then the attempt's own payment may be among the failed ones. */
export function createPayment(starter: EffectStarter, attempt: Attempt): void {
  const { number, amountMinor, supersedes = [], unopened } = attempt;
  // Under the key that was refused, a gateway may refuse again whatever has been corrected since.
  const cause = unopened === undefined ? number : `${number}.${unopened.times + 1}`;
  const key = keyFor(starter, 'create_payment', cause);
  starter.start({
    effect: 'create_payment',
    key,
    attempt: number,
    amountMinor,
    supersedes,
    ...namesOfAll(starter.ledger, supersedes),
    ...(starter.ledger.terms.manualCapture === undefined ? {} : { capture: 'manual' }),
  });
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
  if (code !== null && isVoidable(payment))
    applyRow(context, 'pay.opened.unwanted', {
      cause: payment.paymentId,
      effects: { void: (starter) => voidPayment(starter, payment) },
    });
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
  applyRow(context, 'pay.opened.superseded', {
    cause: `attempt:${attempt.number}`,
    evolve: () => {
      attempt.status = 'refused';
    },
    effects: { fetch: askGateway },
  });
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
  const { ledger } = context;
  const attempt = ledger.attempts[number - 1];
  applyRow(context, 'pay.refused', {
    cause: `attempt:${number}`,
    evolve: () => {
      if (attempt === undefined) return;
      attempt.status = 'refused';
      if (isUnpayable && countsOpenedAlone(ledger))
        attempt.unopened = { times: (attempt.unopened?.times ?? 0) + 1, code };
      else delete attempt.unopened;
    },
    origin: fromGateway(context, 'create_payment.refused'),
  });
  const declined = { ...unpayable(code), answer: { code: 'gateway_declined' } };
  answerPays(context, number, isUnpayable ? unpayable(code) : declined);
}

/** The outcome is unknown: a sync looks for the payment, and the call is retried on schedule. */
export function attemptUnanswered(context: Context, number: number): void {
  const { ledger } = context;
  const attempt = ledger.attempts[number - 1];
  const isKeyRefused = isMisconfigured(ledger);
  if (attempt?.status === 'requested')
    // With a key that the gateway refuses, a sync brings nothing either.
    applyRow(context, isKeyRefused ? 'pay.unanswered.misconfigured' : 'pay.unanswered', {
      cause: `attempt:${number}`,
      evolve: () => {
        attempt.status = 'unknown';
      },
      effects: { fetch: askGateway },
      origin: fromGateway(context, 'create_payment.unanswered'),
    });
  answerPays(context, number, isKeyRefused ? rejected('gateway_misconfigured') : UNSETTLED);
}

function answerPays(context: Context, attempt: number, verdict: Verdict): void {
  answerWaiting(
    context,
    ({ answer }) => answer.attempt === attempt,
    () => verdict,
  );
}
