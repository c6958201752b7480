/** How an event changes a run: the state machine decides, and what follows from it is noted here. */
import type { DomainEvent } from '../domain/events.ts';
import { transition } from '../domain/transition.ts';
import { noteRecords, type Run } from './run.ts';

export function takeUp(run: Run, event: DomainEvent): void {
  const { ledger, records, effects } = transition(run.ledger, event);
  run.ledger = ledger;
  run.isRecordStale = true;
  noteRecords(run, records);
  run.due.push(...effects);
}
