/**
 * One event being applied: the draft ledger it works on and what has come of it so far. A context lives inside a
 * single call of `transition` and is never kept.
 */
import { type Effect, effectKey } from './effects/effects.ts';
import type { CommandAnswer, DomainEvent, Outcome, OutcomeRecord } from './events.ts';
import type { Ledger, Payment, WaitingCommand } from './ledger.ts';
import { indexOf } from './ledger-index.ts';
import type { ReviewReason } from './reviews/reasons.ts';
import { followsPresentRules, followsRules4 } from './rules.ts';
import { isAnythingLive, isPayable, isRefundedInFull, stateOf } from './sums.ts';

export interface Context {
  ledger: Ledger;
  event: DomainEvent;
  records: OutcomeRecord[];
  started: Effect[];
  /**
   * Is what is being applied the present state at the gateway? Webhooks may be old, and so may the answer to
   * a repeated call: a gateway replays what it answered the first time.
   */
  isPresentTruth: boolean;
  /** Does the fact name an authorization of its payment that the order has not heard of? Then it is no old one. */
  isNewAuthorization?: boolean;
}

export interface Verdict {
  outcome: Outcome;
  reason: string;
  answer?: CommandAnswer;
  /** The ledger changed although the outcome is one that usually changes nothing. */
  changed?: boolean;
}

/** Every answer of a gateway repeats what is known; only the rest is worth a record. */
export function isWorthRecording({ outcome, changed = false }: Verdict): boolean {
  return changed || outcome === 'applied' || outcome === 'review' || outcome === 'rejected';
}

export function keyFor(
  { ledger }: Pick<Context, 'ledger'>,
  effect: Effect['effect'],
  cause: string | number,
): string {
  return effectKey(ledger.terms.orderId, effect, cause);
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
  if (ledger.cancelled && followsRules4(ledger)) ledger.cancelRequested = false;
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

/** What a caller has asked for, with its name and its words where they came with it. */
export function fromCaller(
  command: Pick<WaitingCommand, 'id' | 'source' | 'actor'> & { type: string },
  note: string | undefined,
): RecordOrigin {
  const { id, source, type, actor } = command;
  return {
    source,
    type,
    eventId: id,
    ...(actor === undefined ? {} : { actor }),
    ...(note === undefined ? {} : { note }),
  };
}

/** What the gateway answered, or did not answer, to a call of the order. */
export function fromGateway({ event }: Context, type: string): RecordOrigin {
  return { source: 'gateway', type, eventId: event.id };
}

export type RecordOrigin = Pick<OutcomeRecord, 'source' | 'type' | 'eventId' | 'actor' | 'note'>;
