/** Temporal itself, asked directly: what a history holds and what runs right now. */
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { sharedStack } from './stack.ts';

const GLANCE_MS = 50;
/** A history is read whole each time. */
const HISTORY_GLANCE_MS = 200;

/** Pending activities are numbered by state in Temporal's API: this one is "started". */
const STARTED = 2;

let client: Promise<Client> | undefined;

export function temporalClient(): Promise<Client> {
  client ??= connect();
  return client;
}

async function connect(): Promise<Client> {
  const { temporalAddress, temporalNamespace } = await sharedStack();
  const connection = await Connection.connect({ address: temporalAddress });
  return new Client({ connection, namespace: temporalNamespace });
}

/** Waits until a worker has this activity of the order in its hands. */
export async function untilActivityRuns(orderId: string, activityType: string): Promise<void> {
  const handle = (await temporalClient()).workflow.getHandle(orderId);
  await pWaitFor(
    async () => {
      const { raw } = await handle.describe();
      return (raw.pendingActivities ?? []).some(
        ({ activityType: type, state }) => type?.name === activityType && state === STARTED,
      );
    },
    { interval: GLANCE_MS },
  );
}

/** The longest that a history waits for what a story is about, such as an activity's last time-out. */
const STORY_TIMEOUT_MS = 120_000;

/** Waits until the history of the order's last run says so. */
export async function untilHistory(
  orderId: string,
  isSo: (events: HistoryEvent[]) => boolean,
): Promise<void> {
  const handle = (await temporalClient()).workflow.getHandle(orderId);
  const isReported = async () => isSo((await handle.fetchHistory()).events ?? []);
  await pWaitFor(isReported, { interval: HISTORY_GLANCE_MS, timeout: STORY_TIMEOUT_MS });
}

/** Names of the signals that Temporal has in the order's history, in their order. */
export async function signalsOf(orderId: string): Promise<string[]> {
  const { workflow } = await temporalClient();
  const { events } = await workflow.getHandle(orderId).fetchHistory();
  return (events ?? []).flatMap(
    ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName ?? [],
  );
}

/** Waits until the server itself, and not the task of the order, sees to this activity. */
export function untilScheduled(orderId: string, activityType: string): Promise<void> {
  return untilHistory(orderId, (events) =>
    events.some(
      ({ activityTaskScheduledEventAttributes: scheduled }) =>
        scheduled?.activityType?.name === activityType,
    ),
  );
}

/** Waits until the order's run has closed by itself. */
export async function untilClosed(orderId: string): Promise<void> {
  const handle = (await temporalClient()).workflow.getHandle(orderId);
  await pWaitFor(async () => (await handle.describe()).status.name === 'COMPLETED', {
    interval: GLANCE_MS,
  });
}

/** A signal that arrived while the run was closing: the server hands it over and asks again, as designed. */
const UNHANDLED_COMMAND = 1;

/** Workflow tasks that failed for a reason that should not be. */
export function failedTasksIn(events: HistoryEvent[]): number {
  return events.filter(({ workflowTaskFailedEventAttributes: failed }) => {
    return failed && failed.cause !== UNHANDLED_COMMAND;
  }).length;
}

export interface RunSummary {
  status: string;
  signals: number;
  failedTasks: number;
}

export type HistoryEvent = NonNullable<
  Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']
>[number];

/** Every run that the order has had, oldest first, with its history's events. */
export async function runsOf(orderId: string): Promise<RunSummary[]> {
  const client = await temporalClient();
  const runs: RunSummary[] = [];
  let runId: string | undefined = (await client.workflow.getHandle(orderId).describe()).runId;
  while (runId) {
    const handle: WorkflowHandle = client.workflow.getHandle(orderId, runId);
    const { events } = await handle.fetchHistory();
    const started = events?.[0]?.workflowExecutionStartedEventAttributes;
    runs.unshift({
      status: (await handle.describe()).status.name,
      signals: (events ?? []).filter((event) => event.workflowExecutionSignaledEventAttributes)
        .length,
      failedTasks: failedTasksIn(events ?? []),
    });
    runId = started?.continuedExecutionRunId ?? undefined;
  }
  return runs;
}

/** Oldest first, also those that began after an earlier one had closed. */
export async function runIdsOf(orderId: string): Promise<string[]> {
  const client = await temporalClient();
  const ids: string[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${orderId}'` }))
    ids.unshift(runId);
  return ids;
}
