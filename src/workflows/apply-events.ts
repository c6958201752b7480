/**
 * Applies events to a run: the state machine decides, and what follows from it is queued here. No Temporal, so
 * that the simulation runs the same code.
 */
import { copyOf } from '../domain/copy.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { applyTo } from '../domain/transition.ts';
import { readSignal } from './inbox/read-signal.ts';
import { noteRecords, openNow, type Run } from './run.ts';
import { firedDeadline } from './timers.ts';

/** Events that were applied one after another, for the simulation's checks. */
export interface AppliedEvents {
  before: Ledger;
  events: DomainEvent[];
  after: Ledger;
}

/** Applies events in order. The ledger is copied once for all of them, so that an event costs the same at any size. */
export function applyEvents(run: Run, events: Iterable<DomainEvent>): AppliedEvents {
  const taken: AppliedEvents = { before: run.ledger, events: [], after: run.ledger };
  for (const event of events) {
    if (taken.events.length === 0) run.ledger = copyOf(taken.before);
    taken.events.push(event);
    const { records, effects } = applyTo(run.ledger, event);
    run.journal.push(event);
    noteRecords(run, records);
    run.due.push(...effects);
  }
  taken.after = run.ledger;
  return taken;
}

/**
 * Continues from the ledger that a lost task has written: what it decided may be done already. Events since
 * the last record are applied on top of it, unless the lost task had applied them.
 */
export function rebaseOnto(run: Run, other: Ledger): AppliedEvents {
  const events = run.journal.filter(({ id }) => !other.seen.includes(id));
  run.ledger = other;
  run.recorded = other.revision;
  run.journal = [];
  run.unsent = [];
  const taken = applyEvents(run, events);
  // Only now: what has happened since may have ended what was open there.
  run.due = openNow(run);
  return taken;
}

/**
 * Applies what is queued, results before signals, one by one. Only signals are limited: a task that is repeated,
 * because it was lost with its worker, may have more results and applies the same signals, so that what the lost
 * one has written of them is recognized.
 *
 * @param now in epoch milliseconds; it stands still in a workflow as long as nothing is waited for
 * @param mostSignals the rest of the inbox stays where it lies
 */
export function applyQueued(run: Run, now: number, mostSignals: number): AppliedEvents[] {
  const taken = run.other === null ? [] : [rebaseOnto(run, run.other)];
  run.other = null;
  return [...taken, applyEvents(run, nextEvents(run, now, mostSignals))];
}

/** One at a time, as the next deadline is known only when the event before it has been applied. */
function* nextEvents(run: Run, now: number, mostSignals: number): Generator<DomainEvent> {
  const last = run.signalsTaken + mostSignals;
  for (;;) {
    if (run.results.length === 0 && run.signalsTaken >= last) return;
    const event = nextEvent(run, now);
    if (event === null) return;
    yield event;
  }
}

function nextEvent(run: Run, now: number): DomainEvent | null {
  const result = run.results.shift();
  if (result !== undefined) return result;
  const item = run.inbox.shift();
  if (item !== undefined) {
    run.signalsTaken += 1;
    return readSignal(item, now);
  }
  const deadline = firedDeadline(run);
  if (deadline === null) return null;
  run.firedTimerAt = null;
  const { name, at } = deadline;
  const id = `${name}-${at}`;
  return { type: 'deadline.reached', deadline: name, id, source: 'timer', at: Math.max(now, at) };
}
