/**
 * One step of the order: the record is written, and what is due is started. What is quickly done is tried
 * inside the workflow task, in one local activity together with the record: that costs the history one
 * event and the worker one turn. The rest runs beside the loop.
 */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { StepDone } from '../activities/take-step.ts';
import { type Effect, isQuick, type QuickEffect } from '../domain/effects.ts';
import { effectEvent } from '../domain/events.ts';
import { perform } from './perform.ts';
import { recordBeside } from './record.ts';
import { isRecordDue, noteRecorded, openNow, type Run } from './run.ts';
import { adopt, takeUp } from './take-up.ts';

/** Tried once. Two seconds are what a task may be held without harm to its neighbours. */
const insideTask = proxyLocalActivities<Activities>({
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 1 },
});

const NOTHING_DONE: StepDone = { results: [], recorded: null, other: null };

export async function takeStep(run: Run): Promise<void> {
  const due = run.due.splice(0).length > 0 ? openNow(run) : [];
  // While the record is being written beside the loop, nothing can be written down before it is tried.
  const effects = run.isRecording ? [] : due.filter(isQuick);
  const at = Date.now();
  const isTried = effects.length > 0 || isRecordDue(run);
  const { results, recorded, other } = isTried
    ? await tryInsideTask(run, effects, at)
    : NOTHING_DONE;
  if (other !== null) return adopt(run, other);
  if (recorded !== null) noteRecorded(run);
  // A lost task may have written another life of the order, in which this was never decided. What is held
  // back is due again as soon as it is written.
  const isWritten = run.ledger.revision === run.recorded;
  // Before anything else, and in this order: the record that is written has come about in the same way.
  for (const result of results) if (result !== null) takeUp(run, effectEvent(result, at));
  if (recorded === run.ledger.revision) noteRecorded(run);
  const done = new Set(effects.filter((_, i) => results[i]).map(({ key }) => key));
  for (const effect of due) if (!done.has(effect.key) && isWritten) startBeside(run, effect);
  if (isRecordDue(run)) recordBeside(run);
}

async function tryInsideTask(run: Run, effects: QuickEffect[], at: number): Promise<StepDone> {
  const { ledger, unsent, recorded: known } = run;
  try {
    return await insideTask.takeStep({ ledger, records: unsent, known, effects, at });
  } catch {
    return NOTHING_DONE;
  }
}

function startBeside(run: Run, effect: Effect): void {
  const { key } = effect;
  run.inFlight.push(key);
  void perform(effect, run.ledger).then((result) => {
    run.inFlight = run.inFlight.filter((other) => other !== key);
    run.results.push(effectEvent(result, Date.now()));
  });
}
