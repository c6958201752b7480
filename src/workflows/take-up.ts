/**
 * How an event changes a run: the state machine decides, and what follows from it is noted here. Nothing
 * here knows Temporal: a simulation takes events up in the same way.
 */
import { copyOf } from '../domain/copy.ts';
import type { DomainEvent } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { applyTo } from '../domain/transition.ts';
import { rungDeadline } from './alarms.ts';
import { readSignal } from './inbox/read-signal.ts';
import { noteRecords, openNow, type Run } from './run.ts';

/** Events that were applied one after another, for whoever watches. */
export interface Taken {
  before: Ledger;
  events: DomainEvent[];
  after: Ledger;
}

/** Applies events in order. The ledger is copied once for all of them, so that an event costs the same at any size. */
export function takeUp(run: Run, events: Iterable<DomainEvent>): Taken {
  const taken: Taken = { before: run.ledger, events: [], after: run.ledger };
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
 * Goes on from the ledger that a lost task has written: what it decided was read, and may be done. Whatever
 * has happened since the last record is taken up on top of it, unless the lost task had heard of it.
 */
export function adopt(run: Run, other: Ledger): Taken {
  const events = run.journal.filter(({ id }) => !other.seen.includes(id));
  run.ledger = other;
  run.recorded = other.revision;
  run.journal = [];
  run.unsent = [];
  const taken = takeUp(run, events);
  // Only now: what has happened since may have ended what was open there.
  run.due = openNow(run);
  return taken;
}

/**
 * Takes up what lies there, results before signals, each on its own. Only signals are limited: a task that is
 * done again, because it was lost with its worker, may have more results and takes up the same signals, so that
 * what the lost one has written of them is known for what it is.
 *
 * @param now in epoch milliseconds; it stands still in a workflow as long as nothing is waited for
 * @param mostSignals the rest of the inbox stays where it lies
 */
export function takeUpSome(run: Run, now: number, mostSignals: number): Taken[] {
  const taken = run.other === null ? [] : [adopt(run, run.other)];
  run.other = null;
  return [...taken, takeUp(run, nextEvents(run, now, mostSignals))];
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
  const deadline = rungDeadline(run);
  if (deadline === null) return null;
  run.rungAt = null;
  const { name, at } = deadline;
  const id = `${name}-${at}`;
  return { type: 'deadline.reached', deadline: name, id, source: 'timer', at: Math.max(now, at) };
}
