/**
 * How an event changes a run: the state machine decides, and what follows from it is noted here. Nothing
 * here knows Temporal: a simulation takes events up in the same way.
 */
import type { DomainEvent } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { type Transition, transition } from '../domain/transition.ts';
import { rungDeadline } from './alarms.ts';
import { readSignal } from './read-signal.ts';
import { noteRecords, openNow, type Run } from './run.ts';

/** One event that was taken up, for whoever watches. */
export interface Taken {
  before: Ledger;
  event: DomainEvent;
  after: Transition;
}

export function takeUp(run: Run, event: DomainEvent): Taken {
  const before = run.ledger;
  const after = transition(before, event);
  run.ledger = after.ledger;
  run.journal.push(event);
  noteRecords(run, after.records);
  run.due.push(...after.effects);
  return { before, event, after };
}

/**
 * Goes on from the ledger that a lost task has written: what it decided was read, and may be done. Whatever
 * has happened since the last record is taken up on top of it, unless the lost task had heard of it.
 */
export function adopt(run: Run, other: Ledger): Taken[] {
  const events = run.journal.filter(({ id }) => !other.seen.includes(id));
  run.ledger = other;
  run.recorded = other.revision;
  run.journal = [];
  run.unsent = [];
  const taken = events.map((event) => takeUp(run, event));
  // Only now: what has happened since may have ended what was open there.
  run.due = openNow(run);
  return taken;
}

/**
 * Takes up everything that lies there, results before signals, each on its own.
 *
 * @param now in epoch milliseconds; it stands still in a workflow as long as nothing is waited for
 */
export function takeUpAll(run: Run, now: number): Taken[] {
  const taken = run.other === null ? [] : adopt(run, run.other);
  run.other = null;
  for (let event = nextEvent(run, now); event !== null; event = nextEvent(run, now))
    taken.push(takeUp(run, event));
  return taken;
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
