/**
 * One step of the order: what is due is started, and the record is written. What is quickly done is tried
 * inside the workflow task, all of it in one local activity together with the record: that costs the
 * history one event and the worker one turn. The rest runs beside the loop.
 */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { StepDone, StepRequest } from '../activities/take-step.ts';
import { type Effect, isQuick } from '../domain/effects.ts';
import { effectEvent } from '../domain/events.ts';
import { perform } from './perform.ts';
import { recordBeside } from './record.ts';
import type { Run } from './run.ts';
import { takeUp } from './take-up.ts';

/** Tried once. Two seconds are what a task may be held without harm to its neighbours. */
const insideTask = proxyLocalActivities<Activities>({
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 1 },
});

export async function takeStep(run: Run): Promise<void> {
  const due = run.due.splice(0);
  for (const effect of due) if (!isQuick(effect)) startBeside(run, effect);
  const effects = due.filter(isQuick);
  const isRecordDue = run.isRecordStale && !run.isRecording;
  if (effects.length === 0 && !isRecordDue) return;
  const at = Date.now();
  const unsent = isRecordDue ? [...run.unsent] : null;
  const { results, isRecorded } = await tryInsideTask({ ledger: run.ledger, effects, unsent, at });
  // Before anything else, and in this order: the record that is written has come about in the same way.
  for (const result of results) if (result !== null) takeUp(run, effectEvent(result, at));
  for (const [i, effect] of effects.entries()) if (!results[i]) startBeside(run, effect);
  if (!isRecordDue) return;
  if (!isRecorded) return recordBeside(run);
  run.isRecordStale = false;
  run.unsent = [];
}

async function tryInsideTask(request: StepRequest): Promise<StepDone> {
  try {
    return await insideTask.takeStep(request);
  } catch {
    return { results: [], isRecorded: false };
  }
}

function startBeside(run: Run, effect: Effect): void {
  run.effectsInFlight += 1;
  void perform(effect, run.ledger).then((result) => {
    run.effectsInFlight -= 1;
    run.results.push(effectEvent(result, Date.now()));
  });
}
