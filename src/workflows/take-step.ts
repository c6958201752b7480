/**
 * Takes a step: the record is written, and what is due is started. What is quickly done is tried inside
 * the workflow task, in one local activity together with the record: that costs the history one event and
 * the worker one activation. The rest runs in the background.
 */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { StepDone, StepRequest } from '../activities/take-step.ts';
import type { Effect } from '../domain/effects/effects.ts';
import { onEffectSettled } from './completions.ts';
import { showDetails } from './details/show-details.ts';
import { effectsToStart } from './inbox/backlog.ts';
import { type FailingEffect, perform } from './perform.ts';
import { writeInBackground } from './record.ts';
import type { Run } from './run.ts';
import { concludeStep, NOTHING_DONE, planStep } from './step.ts';

/** Tried once. Two seconds are what a task may be held without harm to its neighbours. */
const insideTask = proxyLocalActivities<Activities>({
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 1 },
});

export async function takeStep(run: Run): Promise<void> {
  const step = planStep(run, effectsToStart(run));
  const at = Date.now();
  const { record: first, effects: quick } = step;
  const done =
    first === null ? NOTHING_DONE : await tryInsideTask({ ...first, effects: quick, at });
  const { effects, record } = concludeStep(run, step, done, at);
  for (const effect of effects) performInBackground(run, effect);
  if (record !== null) writeInBackground(run, record);
}

async function tryInsideTask(request: StepRequest): Promise<StepDone> {
  try {
    return await insideTask.takeStep(request);
  } catch {
    return NOTHING_DONE;
  }
}

function performInBackground(run: Run, effect: Effect): void {
  const { key } = effect;
  const show = (failing: FailingEffect): void => {
    run.failing.set(key, failing);
    showDetails(run);
  };
  void perform(effect, run.ledger, show).then((result) => {
    run.failing.delete(key);
    onEffectSettled(run, result, Date.now());
  });
}
