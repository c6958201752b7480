/**
 * One event being applied: the draft ledger it works on and what has come of it so far. A context lives inside a
 * single call of `transition` and is never kept.
 */
import { type Effect, effectKey } from './effects/effects.ts';
import type { CommandAnswer, DomainEvent, Outcome, OutcomeRecord } from './events.ts';
import type { Ledger, Payment, Review } from './ledger.ts';
import { addCause, indexOf, putEffect, putReview } from './ledger-index.ts';
import type { OrderState } from './order.ts';
import type { ReviewReason } from './reviews/reasons.ts';
import { followsPresentRules } from './rules.ts';
import { isAnythingLive, isPayable, isRefundedInFull, netMinor, stateOf } from './sums.ts';
import { type Ask, type Cell, type Row, TABLE } from './table.ts';

export interface Context {
  ledger: Ledger;
  event: DomainEvent;
  records: OutcomeRecord[];
  started: Effect[];
  /**
   * Is what is being applied the gateway's present truth? Webhooks may be old, and so may the answer to
   * a repeated call: a gateway replays what it answered the first time.
   */
  isPresentTruth: boolean;
}

export interface Verdict {
  outcome: Outcome;
  reason: string;
  answer?: CommandAnswer;
  /** The ledger changed although the outcome is one that usually changes nothing. */
  changed?: boolean;
}

/** The gateway tells what is known with every answer; only the rest is worth a record. */
export function isWorthRecording({ outcome, changed = false }: Verdict): boolean {
  return changed || outcome === 'applied' || outcome === 'review' || outcome === 'rejected';
}

export function cellFor(row: Row, state: OrderState): Cell {
  return TABLE[row][state];
}

/** What the calls of a cell mean for the event at hand. */
export type Calls = Partial<Record<Ask, () => void>>;

export interface RowChange {
  /** Names the cause in a review: a fact's key, or what the event is about. */
  cause: string;
  /** Changes the ledger as the event says; which calls, review and state follow is the table's alone. */
  evolve?: (cell: Cell) => void;
  calls?: Calls;
}

/** Carries out a row of the table for the state that the event meets: the change, its calls, its review, its outcome. */
export function applyRow(
  context: Context,
  row: Row,
  { cause, evolve, calls = {} }: RowChange,
): Verdict {
  const from = stateOf(context.ledger);
  const cell = cellFor(row, from);
  evolve?.(cell);
  makeCalls(cell, calls);
  return conclude(context, cell, cause, from);
}

/** Makes the calls that a cell names, and no other. */
export function makeCalls({ asks }: Cell, calls: Calls): void {
  for (const ask of asks) calls[ask]?.();
}

/** Starts an effect unless its key was ever used: deciding twice never asks twice. */
export function start(context: Context, command: Effect): void {
  if (context.ledger.effects[command.key] !== undefined) return;
  putEffect(context.ledger, { command, status: 'pending', attempts: 0, error: null });
  context.started.push(command);
}

export function keyFor(context: Context, effect: Effect['effect'], cause: string | number): string {
  return effectKey(context.ledger.terms.orderId, effect, cause);
}

/** Opens a review, or adds a further cause to the one that is open for this reason. */
export function openReview(context: Context, reason: ReviewReason, cause: string): Review {
  const { ledger, event } = context;
  const known = ledger.reviews.find(
    (review) => review.reason === reason && review.status === 'open',
  );
  if (known !== undefined) {
    if (addCause(ledger, known, cause)) known.version = ledger.version + 1;
    return known;
  }
  const review: Review = {
    id: `rev_${ledger.reviews.length + 1}`,
    reason,
    status: 'open',
    version: ledger.version + 1,
    openedAt: event.at,
    causes: [cause],
    note: null,
  };
  putReview(ledger, review);
  return review;
}

/** Does what a table cell says about late confirmation and reviews, and puts the result into words. */
function conclude(context: Context, cell: Cell, cause: string, from: OrderState): Verdict {
  if (cell.late) context.ledger.late = true;
  if (cell.review !== undefined) openReview(context, cell.review, cause);
  const missing = deficit(context.ledger);
  if (missing !== undefined) openReview(context, missing, cause);
  latchFinalStatus(context.ledger);
  const to = stateOf(context.ledger);
  const moved = from === to ? `stays ${to}` : `${from} → ${to}`;
  if (cell.verdict === 'stale')
    return { outcome: 'stale', reason: `too late to matter, ${moved}`, changed: true };
  const called = cell.review ?? missing;
  if (called !== undefined) return { outcome: 'review', reason: `${called}, ${moved}` };
  return { outcome: 'applied', reason: cell.late ? `${moved}, confirmed late` : moved };
}

const DEFICIT_REASONS: readonly ReviewReason[] = ['over_refund', 'double_loss', 'capture_reversed'];

/** More went out than came in, in whatever order the events arrived: one review is opened for it. */
function deficit(ledger: Ledger): ReviewReason | undefined {
  const isReported = ledger.reviews.some(({ reason }) => DEFICIT_REASONS.includes(reason));
  return netMinor(ledger) < 0 && !isReported ? 'over_refund' : undefined;
}

/** What follows from the facts and then stays, whatever comes, until an approved review lifts it. */
export function latchFinalStatus(ledger: Ledger): void {
  const state = stateOf(ledger);
  const isPart = state === 'partially_paid' && followsPresentRules(ledger);
  const isOver =
    (state === 'failed' || state === 'initiated' || isPart) &&
    !isAnythingLive(ledger) &&
    !isBeingVoided(ledger);
  if (ledger.cancelRequested && isOver) {
    ledger.cancelled = true;
    ledger.cancelRequested = false;
  }
  if (!ledger.cancelled && isRefundedInFull(ledger)) ledger.refunded = true;
}

/** A failed payment can be paid until the gateway has said that it is void. */
function isBeingVoided(ledger: Ledger): boolean {
  return (
    followsPresentRules(ledger) &&
    Object.values(ledger.payments).some((payment) => payment.voiding === true && isPayable(payment))
  );
}

/** Has a review ever been opened for this cause, decided or not? */
export function wasReviewed(ledger: Ledger, reason: ReviewReason, cause: string): boolean {
  return indexOf(ledger).causesByReason.get(reason)?.has(cause) ?? false;
}

export function movePayment(context: Context, payment: Payment, status: Payment['status']): void {
  payment.status = status;
  payment.movedAtVersion = context.ledger.version + 1;
}

/** Writes the one outcome record that an input leaves, and counts it. */
export function record(context: Context, given: Verdict, origin: RecordOrigin): void {
  const { ledger } = context;
  const { changed = false, ...verdict } = given;
  if (changed || verdict.outcome === 'applied' || verdict.outcome === 'review') ledger.version += 1;
  if (verdict.outcome === 'duplicate') ledger.counters.duplicates += 1;
  if (verdict.outcome === 'stale') ledger.counters.stale += 1;
  if (verdict.outcome === 'rejected') ledger.counters.rejected += 1;
  ledger.recorded += 1;
  context.records.push({
    seq: ledger.recorded,
    at: context.event.at,
    ...origin,
    ...verdict,
    version: ledger.version,
  });
}

export type RecordOrigin = Pick<OutcomeRecord, 'source' | 'type' | 'eventId'>;
