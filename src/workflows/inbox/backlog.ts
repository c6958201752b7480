/**
 * What one workflow task of an order does at most. Temporal hands a task all signals that wait, and a task
 * that takes long delays every other order of its worker.
 */
import { sleep } from '@temporalio/workflow';
import { areEffectsBounded, isIntakeBounded } from '../patches.ts';
import type { Run } from '../run.ts';

/** Some tens of milliseconds of CPU. */
const SIGNALS_PER_TASK = 500;
/** As many as a step's local activity can try in its time. */
const EFFECTS_PER_STEP = 500;

export function hasBacklog({ inbox }: Run): boolean {
  return inbox.length > SIGNALS_PER_TASK && isIntakeBounded();
}

export function signalsToApply(isBacklog: boolean): number {
  return isBacklog ? SIGNALS_PER_TASK : Number.POSITIVE_INFINITY;
}

export function effectsToStart({ due }: Run): number {
  return due.length > EFFECTS_PER_STEP && areEffectsBounded()
    ? EFFECTS_PER_STEP
    : Number.POSITIVE_INFINITY;
}

/** Only what Temporal has to bring about ends a task: the shortest timer does. */
export async function endTask(): Promise<void> {
  await sleep(1, { summary: 'go on with the backlog' });
}
