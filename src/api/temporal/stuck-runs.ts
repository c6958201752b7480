/**
 * Open runs whose workflow task fails again and again, as Temporal (1.30 or later) reports them, and the two commands
 * that end that. An order in such a run takes nothing up until somebody acts.
 */
import { createHash } from 'node:crypto';
import type { Client } from '@temporalio/client';
import { tsToMs } from '@temporalio/common/lib/time.js';
import proto from '@temporalio/proto';
import {
  countRuns,
  type HistoryEvent,
  historyOf,
  listRuns,
  ORDERS,
  type OrderRun,
} from './runs.ts';
import { isInvalidArgument, within } from './temporal-call.ts';

const DEADLINE_MS = 5_000;
/** Together less than PostgreSQL leaves a transaction without a statement. */
const ACT_DEADLINE_MS = 2_000;

/** The server sets the attribute after five failures in a row, and removes it once a task is completed. */
const PROBLEMS = 'TemporalReportedProblems';
const STUCK = `${PROBLEMS} IN ('category=WorkflowTaskFailed', 'category=WorkflowTaskTimedOut')`;

const { WORKFLOW_TASK_FAILED_CAUSE_NON_DETERMINISTIC_ERROR: NON_DETERMINISTIC } =
  proto.temporal.api.enums.v1.WorkflowTaskFailedCause;

type EventId = NonNullable<HistoryEvent['eventId']>;

/** What the history says of a run that no replay follows. */
export interface ReplayFailure {
  /** When a task first failed so after the last one that was completed; epoch milliseconds. */
  since: number;
  /** The build that fails is the one that completed the last task: no release has come in between. */
  isOfOneBuild: boolean;
  /** The last completed task. A reset to it does that task again and drops what came of it. */
  lastTask: EventId;
  /** The first completed task: what a reset to it keeps has nothing to be replayed. */
  firstTask: EventId;
  /** A cancellation request that came since the last task; a reset does not apply it again. */
  cancellation: { reason: string; originalRunId: string } | null;
}

export interface StuckRuns {
  /** Open runs whose task has failed at least five times in a row, at most `limit` of them. */
  list(limit: number): Promise<OrderRun[]>;
  /** Null when the tasks fail for another reason than that the history cannot be replayed. */
  replayFailure(run: OrderRun): Promise<ReplayFailure | null>;
  /**
   * How many runs of the order were ended from outside since then: a reset is one of them.
   * @param since epoch milliseconds
   */
  timesEnded(orderId: string, since: number): Promise<number>;
  /** Is this still the order's present run, and have its tasks gone on failing? */
  isStillStuck(run: OrderRun): Promise<boolean>;
  reset(run: OrderRun, task: EventId, reason: string): Promise<void>;
  terminate(run: OrderRun, reason: string): Promise<void>;
}

export function createStuckRuns(client: Client): StuckRuns {
  const { namespace, identity } = client.options;
  const service = client.workflowService;

  async function list(limit: number): Promise<OrderRun[]> {
    const query = `${ORDERS} AND ExecutionStatus = 'Running' AND ${STUCK}`;
    try {
      return await listRuns(client, query, limit);
    } catch (error) {
      // A server before 1.30 does not know the attribute; there the workers' own metric names the order.
      if (isInvalidArgument(error)) return [];
      throw error;
    }
  }

  async function readFailure(run: OrderRun): Promise<ReplayFailure | null> {
    const sinceLastTask = await readBackToLastTask(run);
    const [lastTask, ...later] = sinceLastTask;
    const failed = later.filter(
      ({ workflowTaskFailedEventAttributes: task }) => task?.cause === NON_DETERMINISTIC,
    );
    const [firstFailed] = failed;
    if (lastTask === undefined || firstFailed === undefined) return null;
    const start = await readToFirstTask(run);
    const request = later.find((event) => event.workflowExecutionCancelRequestedEventAttributes);
    const { cause } = request?.workflowExecutionCancelRequestedEventAttributes ?? {};
    return {
      since: tsToMs(firstFailed.eventTime),
      isOfOneBuild: await hasOneBuild(run, sinceLastTask, failed),
      lastTask: lastTask.eventId as EventId,
      firstTask: start.firstTask,
      cancellation: request ? { reason: cause ?? '', originalRunId: start.originalRunId } : null,
    };
  }

  /**
   * An unversioned worker's build is in the event that starts a task. With Worker Deployments it need not be, and the
   * run says whether its tasks go to another version than the one that completed the last of them.
   */
  async function hasOneBuild(
    { orderId, runId }: OrderRun,
    [lastTask, ...later]: HistoryEvent[],
    failed: HistoryEvent[],
  ): Promise<boolean> {
    const { workerVersion, deploymentVersion } =
      lastTask?.workflowTaskCompletedEventAttributes ?? {};
    if (deploymentVersion != null) {
      const execution = { workflowId: orderId, runId };
      const { workflowExecutionInfo } = await service.describeWorkflowExecution({
        namespace,
        execution,
      });
      return workflowExecutionInfo?.versioningInfo?.versionTransition == null;
    }
    const ofBuild = later.flatMap(({ eventId, workflowTaskStartedEventAttributes: task }) =>
      workerVersion?.buildId && task?.workerVersion?.buildId === workerVersion.buildId
        ? [String(eventId)]
        : [],
    );
    return failed.some(({ workflowTaskFailedEventAttributes: task }) =>
      ofBuild.includes(String(task?.startedEventId)),
    );
  }

  /** From the end of the last task that was completed to the end of the history. */
  async function readBackToLastTask(run: OrderRun): Promise<HistoryEvent[]> {
    const found: HistoryEvent[] = [];
    for await (const event of historyOf(client, run, 'newest first')) {
      found.unshift(event);
      if (event.workflowTaskCompletedEventAttributes) return found;
    }
    return [];
  }

  async function readToFirstTask(run: OrderRun) {
    let originalRunId = run.runId;
    for await (const event of historyOf(client, run)) {
      const started = event.workflowExecutionStartedEventAttributes;
      originalRunId = started?.originalExecutionRunId ?? originalRunId;
      if (event.workflowTaskCompletedEventAttributes)
        return { originalRunId, firstTask: event.eventId as EventId };
    }
    throw new Error(`run ${run.runId} of order ${run.orderId} has no completed task`);
  }

  async function countEnded(orderId: string, since: number): Promise<number> {
    const closed = `ExecutionStatus = 'Terminated' AND CloseTime > '${new Date(since).toISOString()}'`;
    const query = `${ORDERS} AND WorkflowId = '${orderId}' AND ${closed}`;
    return countRuns(client, query);
  }

  async function isStillStuck({ orderId, runId }: OrderRun): Promise<boolean> {
    const execution = { workflowId: orderId };
    const { workflowExecutionInfo: info } = await service.describeWorkflowExecution({
      namespace,
      execution,
    });
    const isPresent = info?.execution?.runId === runId && info.closeTime == null;
    return isPresent && info.searchAttributes?.indexedFields?.[PROBLEMS] != null;
  }

  const soon = <T>(call: () => Promise<T>): Promise<T> => within(client, DEADLINE_MS, call);
  const now = <T>(call: () => Promise<T>): Promise<T> => within(client, ACT_DEADLINE_MS, call);
  return {
    list: (limit) => soon(() => list(limit)),
    replayFailure: (run) => soon(() => readFailure(run)),
    timesEnded: (orderId, since) => soon(() => countEnded(orderId, since)),
    isStillStuck: (run) => now(() => isStillStuck(run)),
    reset: async ({ orderId, runId }, task, reason) => {
      const workflowExecution = { workflowId: orderId, runId };
      const requestId = createHash('sha256').update(`reset:${runId}:${task}`).digest('hex');
      await now(() =>
        service.resetWorkflowExecution({
          namespace,
          workflowExecution,
          workflowTaskFinishEventId: task,
          requestId,
          reason,
        }),
      );
    },
    terminate: async ({ orderId, runId }, reason) => {
      const workflowExecution = { workflowId: orderId, runId };
      await now(() =>
        service.terminateWorkflowExecution({ namespace, workflowExecution, identity, reason }),
      );
    },
  };
}
