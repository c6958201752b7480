/** Rest: no workflow is broken or stuck, and nothing happens long after the last fault. */
import {
  type Client,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { RecordedOrder } from '../../test/invariants/evidence.ts';
import { nothingOwed } from '../../test/invariants/nothing-owed.ts';
import type { Evidence, Violation } from '../evidence.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';

/** A task that needs more tries than this, when nothing is broken any more, is stuck. */
const MAX_TASK_ATTEMPTS = 3;
/** A gateway that refuses to speak is asked as often in a row; whatever is tried more often is stuck. */
const MAX_ACTIVITY_ATTEMPTS = 4;
/** Enough to be quick, few enough for a development server on two cores. */
const AT_ONCE = 16;

const BROKEN = `ExecutionStatus IN ('Failed', 'Terminated', 'TimedOut', 'Canceled')`;

/** What the world told or effects did later than the run allows for; callers may come at any time. */
const LATE = `
  select order_id as subject, source || ' ' || type || ' was taken up only at ' || at as detail
  from order_events
  where outcome in ('applied', 'review') and source in ('webhook', 'effect')
    and at > to_timestamp($1::float8 / 1000)`;

export const runsComeToRest: Invariant = {
  name: nothingOwed.name,
  check: async ({ evidence, orders }: Remains) => [
    ...(await brokenRuns(evidence.temporal.client)),
    ...(await stuckRuns(evidence, [...orders.values()])),
    ...(await lateOutcomes(evidence)),
  ],
};

async function brokenRuns({ workflow }: Client): Promise<Violation[]> {
  const found: Violation[] = [];
  for await (const { workflowId, runId, status } of workflow.list({ query: BROKEN })) {
    // An operator may end a run, or set it back; what counts is that the order has gone on.
    const present = await workflow.getHandle(workflowId).describe();
    if (status.name !== 'TERMINATED' || present.runId === runId)
      found.push(wrong(workflowId, `its workflow is ${status.name}`));
  }
  return found;
}

async function stuckRuns(
  evidence: Evidence,
  orders: readonly RecordedOrder[],
): Promise<Violation[]> {
  const found: Violation[] = [];
  for (let i = 0; i < orders.length; i += AT_ONCE) {
    const some = orders.slice(i, i + AT_ONCE);
    found.push(...(await Promise.all(some.map((order) => stuckRun(evidence, order)))).flat());
  }
  return found;
}

async function stuckRun(
  { temporal, settings }: Evidence,
  order: RecordedOrder,
): Promise<Violation[]> {
  const { id: orderId, isClosed } = order;
  try {
    const { status, raw } = await temporal.client.workflow.getHandle(orderId).describe();
    if (status.name === 'COMPLETED') return [];
    return attemptsOf(raw)
      .filter(({ attempt, most }) => attempt > most)
      .map(({ name, attempt }) => wrong(orderId, `${name} is being tried, time ${attempt}`));
  } catch (error) {
    const isGone = settings.hasLostNamespace && isClosed;
    if (error instanceof WorkflowNotFoundError)
      return isGone ? [] : [wrong(orderId, 'it has no workflow')];
    throw error;
  }
}

function attemptsOf({
  pendingWorkflowTask,
  pendingActivities,
}: WorkflowExecutionDescription['raw']) {
  const activities = (pendingActivities ?? []).map(({ activityType, attempt }) => ({
    name: `activity ${activityType?.name}`,
    attempt: Number(attempt),
    most: MAX_ACTIVITY_ATTEMPTS,
  }));
  const attempt = Number(pendingWorkflowTask?.attempt ?? 0);
  return [{ name: 'a workflow task', attempt, most: MAX_TASK_ATTEMPTS }, ...activities];
}

async function lateOutcomes({ database, settings }: Evidence): Promise<Violation[]> {
  const limit = settings.faultsEndedAt + settings.drainLimitMs;
  const { rows } = await database.query<{ subject: string; detail: string }>(LATE, [limit]);
  return rows.map(({ subject, detail }) => wrong(subject, detail));
}
