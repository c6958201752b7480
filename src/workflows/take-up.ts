/** How an event changes a run: the state machine decides, and what follows from it is noted here. */
import type { DomainEvent } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { type Transition, transition } from '../domain/transition.ts';
import { noteRecords, openNow, type Run } from './run.ts';

export function takeUp(run: Run, event: DomainEvent): Transition {
  const after = transition(run.ledger, event);
  run.ledger = after.ledger;
  run.journal.push(event);
  noteRecords(run, after.records);
  run.due.push(...after.effects);
  return after;
}

/**
 * Goes on from the ledger that a lost task has written: what it decided was read, and may be done. Whatever
 * has happened since the last record is taken up on top of it, unless the lost task had heard of it.
 */
export function adopt(run: Run, other: Ledger): void {
  const events = run.journal.filter(({ id }) => !other.seen.includes(id));
  run.ledger = other;
  run.recorded = other.revision;
  run.journal = [];
  run.unsent = [];
  for (const event of events) takeUp(run, event);
  // Only now: what has happened since may have ended what was open there.
  run.due = openNow(run);
}
