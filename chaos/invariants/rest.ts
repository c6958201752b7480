/** Rest: every order has come to an end or waits for somebody else, and no workflow is broken or stuck. */
import {
  type Client,
  type WorkflowExecutionDescription,
  WorkflowNotFoundError,
} from '@temporalio/client';
import type { Evidence, Violation } from '../evidence.ts';
import { type Invariant, type OrderRow, type Remains, wrong } from './remains.ts';

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

export const comesToRest: Invariant = {
  name: 'I9 every order comes to rest',
  check: async ({ evidence, orders }: Remains) => [
    ...(await brokenRuns(evidence.temporal.client)),
    ...(await stuckRuns(evidence, [...orders.values()])),
    ...(await lateOutcomes(evidence)),
    ...[...orders.values()].flatMap(unfinished),
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

async function stuckRuns(evidence: Evidence, orders: readonly OrderRow[]): Promise<Violation[]> {
  const found: Violation[] = [];
  for (let i = 0; i < orders.length; i += AT_ONCE) {
    const some = orders.slice(i, i + AT_ONCE);
    found.push(...(await Promise.all(some.map((order) => stuckRun(evidence, order)))).flat());
  }
  return found;
}

async function stuckRun({ temporal, settings }: Evidence, order: OrderRow): Promise<Violation[]> {
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

function unfinished({ id, view, unanswered, isPolling }: OrderRow): Violation[] {
  const owed = view.effects
    .filter(({ status }) => status !== 'done')
    .map(({ key, status }) => wrong(id, `${key} is ${status}`));
  const forgotten = view.refunds
    .filter(({ status }) => status === 'requested' && !isPolling)
    .map((refund) => wrong(id, `refund ${refund.id} waits, and nobody will ask again`));
  const silent = unanswered === 0 ? [] : [wrong(id, `${unanswered} inputs have had no answer`)];
  return [...owed, ...forgotten, ...silent];
}
