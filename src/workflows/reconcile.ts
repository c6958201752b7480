/**
 * Reconciliation by the gateways' APIs: one run fetches one day and imports it, and the schedule's run does so for each
 * day that is due. What is due is asked of the database, so that a day which failed, or which nobody was there to fetch,
 * is fetched by a later run.
 */
import { defineSearchAttributeKey, WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  ChildWorkflowFailure,
  executeChild,
  isCancellation,
  proxyActivities,
  TimeoutFailure,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import { FETCH_DAY, IMPORT_DAY, NOTE_DAY } from '../activities/policies.ts';
import {
  type DailyInput,
  type DailyResult,
  type DayInput,
  type DayResult,
  dayWorkflowId,
} from './reconciliation.ts';

const { fetchSettlementDay } = proxyActivities<Activities>(FETCH_DAY);
const { importSettlementDay } = proxyActivities<Activities>(IMPORT_DAY);
const { dueSettlementDays, failSettlementDay } = proxyActivities<Activities>(NOTE_DAY);

/** When the schedule was due, which is not when its run began: Temporal sets it. */
const DUE_AT = defineSearchAttributeKey('TemporalScheduledStartTime', 'DATETIME');

/** Fetches and imports one day; it fails for nothing that a gateway or a person may cause. */
export async function reconcileDay(input: DayInput): Promise<DayResult> {
  const request = { ...input, fetchId: workflowInfo().runId };
  try {
    await fetchSettlementDay(request);
    return { state: 'imported', ...(await importSettlementDay(request)) };
  } catch (error) {
    const problem = problemOf(error);
    const { gateway, day, fetchId } = request;
    await CancellationScope.nonCancellable(() =>
      failSettlementDay({ gateway, day, fetchId, problem }),
    );
    return { state: 'failed', problem, isDefinite: isDefinite(error) };
  }
}

/** What the day itself is at fault for, and no outage. */
function isDefinite(error: unknown): boolean {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  return cause instanceof ApplicationFailure && cause.nonRetryable === true;
}

function problemOf(error: unknown): string {
  if (isCancellation(error)) return 'it was cancelled';
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (cause instanceof TimeoutFailure) return 'no worker has finished it in time';
  return (cause ?? (error as Error)).message;
}

/** One day alone may fail as an outage does, for instance by a list that never stands still. */
const OUTAGES_IN_A_ROW = 2;

/** Fetches every day that is due, one after the other, and answers what came of each. */
export async function reconcileDaily(settings: DailyInput): Promise<DailyResult> {
  const { gateway, zone } = settings;
  const at = dueAt();
  const results: DailyResult = {};
  let outages = 0;
  for (const day of await dueSettlementDays({ gateway, zone, at })) {
    const { state, isForAll } = await resultOf({ ...settings, day });
    results[day] = state;
    outages = isForAll ? outages + 1 : 0;
    // The others would meet the same outage, each for hours: the next run goes on with them.
    if (outages === OUTAGES_IN_A_ROW) break;
  }
  return results;
}

async function resultOf(
  input: DayInput,
): Promise<{ state: DailyResult[string]; isForAll?: boolean }> {
  try {
    const workflowId = dayWorkflowId(input);
    const result = await executeChild(reconcileDay, { workflowId, args: [input] });
    return { state: result.state, isForAll: result.state === 'failed' && !result.isDefinite };
  } catch (error) {
    // Somebody has asked for this day a moment ago.
    if (error instanceof WorkflowExecutionAlreadyStartedError) return { state: 'under way' };
    // Ended by hand: the next run looks at the day again.
    if (error instanceof ChildWorkflowFailure) return { state: 'failed' };
    throw error;
  }
}

/** A run that is started by hand is due now. */
function dueAt(): number {
  return workflowInfo().typedSearchAttributes.get(DUE_AT)?.getTime() ?? Date.now();
}
