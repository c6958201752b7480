/**
 * Pure planning and settling of one step: what is to be written and tried now, and what follows from the results.
 * No Temporal, no I/O.
 */
import type { StepDone } from '../activities/take-step.ts';
import type { WriteRecord } from '../activities/write-record.ts';
import { type Effect, isQuick, type QuickEffect } from '../domain/effects/effects.ts';
import { effectEvent } from '../domain/events.ts';
import { type AppliedEvents, applyEvents, rebaseOnto } from './apply-events.ts';
import { isRecordDue, noteRecorded, openNow, type Run } from './run.ts';

/** What is written down of an order. */
export type OrderRecord = Parameters<WriteRecord>[0];

/** What a step is about to do. */
export interface Step {
  due: Effect[];
  /** Tried at once, together with the record. */
  effects: QuickEffect[];
  /** Written first; null where there is nothing to write and nothing to try. */
  record: OrderRecord | null;
}

/** What a step leaves to be done in the background; the run has noted that it is in flight. */
export interface BackgroundWork {
  effects: Effect[];
  record: OrderRecord | null;
  taken: AppliedEvents[];
}

export const NOTHING_DONE: StepDone = { results: [], recorded: null, other: null };

/** @param limit the most effects that are started; the others stay due */
export function planStep(run: Run, limit: number): Step {
  // While the record is being written in the background, nothing can be written down before it is tried. All
  // that is open is due again once that is done.
  const isDue = run.due.splice(0).length > 0 && !run.isRecording;
  const open = isDue ? openNow(run) : [];
  const due = open.slice(0, limit);
  run.due.push(...open.slice(limit));
  const effects = due.filter(isQuick);
  const isTried = effects.length > 0 || isRecordDue(run);
  return { due, effects, record: isTried ? recordOf(run) : null };
}

/** @param at when the step began, in epoch milliseconds, as the activity was given it */
export function concludeStep(run: Run, step: Step, done: StepDone, at: number): BackgroundWork {
  const { results, recorded, other } = done;
  if (other !== null) return { effects: [], record: null, taken: [rebaseOnto(run, other)] };
  if (recorded !== null) noteRecorded(run);
  // A lost task may have written another life of the order, in which this was never decided. What is held
  // back is due again as soon as it is written.
  const isWritten = run.ledger.revision === run.recorded;
  // Before anything else, and in this order: the record that is written has come about in the same way.
  const taken = applyEvents(
    run,
    results.flatMap((result) => (result === null ? [] : [effectEvent(result, at)])),
  );
  if (recorded === run.ledger.revision) noteRecorded(run);
  const ended = new Set(step.effects.filter((_, i) => results[i]).map(({ key }) => key));
  const effects = isWritten ? step.due.filter(({ key }) => !ended.has(key)) : [];
  run.inFlight.push(...effects.map(({ key }) => key));
  const record = isRecordDue(run) ? recordOf(run) : null;
  if (record !== null) run.isRecording = true;
  return { effects, record, taken: [taken] };
}

function recordOf({ ledger, unsent, recorded }: Run): OrderRecord {
  return { ledger, records: [...unsent], known: recorded };
}
