/** When an order wants to be woken: to ask the gateway, to expire, to close. All times are epoch ms. */
import type { DeadlineName } from '../events.ts';
import type { Ledger } from '../ledger.ts';
import { indexOf } from '../ledger-index.ts';
import { isDisputed, isNeedless, isPayable, isVoidable, openReviews, stateOf } from '../sums.ts';
import { authorizationWarning } from './authorization.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * When the gateway is asked about what is open, counted from the last change. Close together first,
 * as a lost webhook is noticed by the customer; a day apart last, as late authorizations take days.
 */
export const POLL_SCHEDULE_MS = [
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  6 * HOUR_MS,
  DAY_MS,
] as const;

/** A call may be repeated under its key for so long, where the order's terms do not say otherwise. */
const KEY_WINDOW_MS = 23 * HOUR_MS;

/**
 * How long a call may be repeated where the gateway remembers its key for `rememberedMs`: an hour less leaves room
 * for clocks and retries, and a quarter less where there is not much more than an hour.
 */
export function keyWindowOf(rememberedMs: number): number {
  return Math.max(rememberedMs - HOUR_MS, Math.floor((rememberedMs * 3) / 4));
}

export function isKeyForgotten(
  { terms }: Pick<Ledger, 'terms'>,
  askedAt: number,
  now: number,
): boolean {
  return now - askedAt >= (terms.keyWindowMs ?? KEY_WINDOW_MS);
}

export interface Deadline {
  name: DeadlineName;
  at: number;
}

export function nextDeadline(ledger: Ledger): Deadline | null {
  const deadlines = [
    expiry(ledger),
    authorizationWarning(ledger),
    poll(ledger),
    sync(ledger),
    settlement(ledger),
  ];
  return deadlines
    .filter((deadline) => deadline !== null)
    .reduce<Deadline | null>(
      (first, next) => (first !== null && first.at <= next.at ? first : next),
      null,
    );
}

function expiry(ledger: Ledger): Deadline | null {
  if (ledger.inquiry.purpose.expiry) return null;
  const state = stateOf(ledger);
  // Money taken back or a lifted cancellation may leave a part after the time was up: a review is opened for it.
  const isInReview = openReviews(ledger).some(({ reason }) => reason === 'partial_expired');
  const isWaiting =
    state === 'partially_paid' ? !isInReview : state === 'initiated' || state === 'pending';
  return isWaiting || isTryOpen(ledger) ? { name: 'expiry', at: ledger.expiresAt } : null;
}

/** Has it failed, and may its customer try again until it expires? What is left to pay then is voided. */
function isTryOpen(ledger: Ledger): boolean {
  const { closed, expired, payments, terms } = ledger;
  if (closed || expired || terms.voidsWhenFailed !== true) return false;
  return stateOf(ledger) === 'failed' && Object.values(payments).some(isNeedless);
}

function poll(ledger: Ledger): Deadline | null {
  return ledger.poll === null ? null : { name: 'poll', at: ledger.poll.at };
}

/**
 * When the gateway is asked about a paid order, counted from its last change: a refund or a dispute whose webhook
 * was lost would else be found at the close alone. Few questions, as nearly all of them find nothing.
 */
export const SYNC_SCHEDULE_MS = [DAY_MS, 3 * DAY_MS, 7 * DAY_MS] as const;

/** No later than the settlement, which asks as well. */
function sync(ledger: Ledger): Deadline | null {
  const { terms, updatedAt, syncedAt = 0, poll, inquiry } = ledger;
  const isWanted = terms.syncsWhenPaid === true && !ledger.closed && stateOf(ledger) === 'paid';
  if (!isWanted || poll !== null || inquiry.open) return null;
  const dueMs = SYNC_SCHEDULE_MS.find(
    (afterMs) => updatedAt + afterMs > syncedAt && afterMs < terms.settlementWindowMs,
  );
  return dueMs === undefined ? null : { name: 'sync', at: updatedAt + dueMs };
}

function settlement(ledger: Ledger): Deadline | null {
  if (ledger.closed || !hasNoPendingWork(ledger)) return null;
  const due = ledger.updatedAt + ledger.terms.settlementWindowMs;
  return { name: 'settlement', at: Math.max(due, ledger.settleNotBefore) };
}

/** Nothing is open that could still need this order: no sync, no call, no review. */
export function hasNoPendingWork(ledger: Ledger): boolean {
  const state = stateOf(ledger);
  if (state === 'initiated' || state === 'pending' || state === 'partially_paid') return false;
  return (
    !isTryOpen(ledger) &&
    !ledger.inquiry.open &&
    !ledger.cancelRequested &&
    ledger.held.length === 0 &&
    ledger.waiting.length === 0 &&
    openReviews(ledger).length === 0 &&
    !isMoneyMoving(ledger) &&
    !isDisputed(ledger) &&
    indexOf(ledger).pendingEffects.size === 0
  );
}

/** Is a refund, a void or a capture under way whose end is not known? */
function isMoneyMoving(ledger: Ledger): boolean {
  const { openRequests, pendingRefunds } = indexOf(ledger);
  return (
    openRequests.size > 0 ||
    pendingRefunds.size > 0 ||
    Object.values(ledger.payments).some(
      (payment) =>
        (isPayable(payment) && payment.voiding === true) ||
        (isVoidable(payment) && payment.captureMinor !== undefined),
    )
  );
}

/** Closing without having asked the gateway would miss what webhooks lost: try again later. */
export function postponeSettlement(ledger: Ledger, now: number): void {
  ledger.settleNotBefore = now + HOUR_MS;
}

/** Is anything open at the gateway that a lost webhook could be about? */
function wantsPoll(ledger: Ledger): boolean {
  if (ledger.closed) return false;
  const state = stateOf(ledger);
  const isOpen = state === 'pending' || state === 'partially_paid' || state === 'failed';
  const isInvolved = ledger.attempts.length > 0 || Object.keys(ledger.payments).length > 0;
  return (
    (isOpen && isInvolved) ||
    ledger.cancelRequested ||
    ledger.held.length > 0 ||
    isMoneyMoving(ledger) ||
    isDisputed(ledger)
  );
}

/** Restarts the schedule on a change, moves it on when its time has come, stops it when nothing is open. */
export function schedulePoll(ledger: Ledger, now: number, cause: 'change' | 'reached'): void {
  if (!wantsPoll(ledger)) {
    ledger.poll = null;
    return;
  }
  const last = POLL_SCHEDULE_MS.length - 1;
  const index =
    cause === 'change' || ledger.poll === null ? 0 : Math.min(ledger.poll.index + 1, last);
  ledger.poll = { index, at: now + (POLL_SCHEDULE_MS[index] ?? DAY_MS) };
}
