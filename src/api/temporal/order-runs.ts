/**
 * What Temporal knows of orders' runs, for the reaper. Visibility answers for many orders at a time and may be a
 * moment behind; one run's own state is exact.
 */
import type { Client } from '@temporalio/client';
import type { LostRun } from '../../store/orders/lost-runs.ts';
import { type HistorySignal, readSignals } from './run-signals.ts';
import {
  countRuns,
  type HistoryEvent,
  historyOf,
  listRuns,
  ORDERS,
  type OrderRun,
} from './runs.ts';
import { isNotFound, within } from './temporal-call.ts';

/** No request waits for the reaper, and a list of many orders takes longer than a read of one. */
const DEADLINE_MS = 5_000;

/** A paused run is open, and is not found as a running one. */
const OPEN = "ExecutionStatus IN ('Running', 'Paused')";
/** Orders never end like this by themselves; a reset terminates the run that it begins again. */
const ENDED_BY_FORCE = "ExecutionStatus IN ('Terminated', 'Canceled', 'Failed', 'TimedOut')";

export interface LastRun {
  runId: string;
  isOpen: boolean;
}

export type RunEnd = Omit<LostRun, 'runId'>;

export interface OrderRuns {
  /** Of these orders, the ones that visibility shows an open run of. */
  openAmong(orderIds: readonly string[]): Promise<Set<string>>;
  /** The latest run of the order; null where Temporal knows none. */
  lastRun(orderId: string): Promise<LastRun | null>;
  /**
   * Runs that were ended from outside since then, at most `limit` of them.
   * @param since epoch milliseconds
   */
  endedByForce(since: number, limit: number): Promise<OrderRun[]>;
  /** How a run ended; a reset one is gone on from by another run. */
  endOf(run: OrderRun): Promise<RunEnd>;
  /**
   * The signals that the run was given, newest first, read for as long as somebody wants the next one; none where its
   * history is gone.
   */
  signalsOf(run: OrderRun): AsyncIterable<HistorySignal>;
  /** Open runs that began before then, in epoch milliseconds. */
  countOpen(before: number): Promise<number>;
  countPaused(): Promise<number>;
}

/** Of a run that nobody has ended, and of one that Temporal does not know any more. */
const BY_ITSELF: RunEnd = { how: 'completed', endedBy: null, reason: null };
const GONE: RunEnd = { ...BY_ITSELF, how: 'missing' };

/** By the last event of its history. */
function endIn(event: HistoryEvent): RunEnd {
  const {
    workflowExecutionTerminatedEventAttributes: terminated,
    workflowExecutionFailedEventAttributes: failed,
  } = event;
  if (terminated) {
    const { identity = null, reason = null } = terminated;
    return { how: 'terminated', endedBy: identity, reason };
  }
  // Its message is encoded.
  if (failed) return { ...BY_ITSELF, how: 'failed' };
  if (event.workflowExecutionCanceledEventAttributes) return { ...BY_ITSELF, how: 'cancelled' };
  if (event.workflowExecutionTimedOutEventAttributes) return { ...BY_ITSELF, how: 'timed_out' };
  return BY_ITSELF;
}

function endWhereGone(error: unknown): IteratorReturnResult<void> {
  if (isNotFound(error)) return { done: true, value: undefined };
  throw error;
}

export function createOrderRuns(client: Client): OrderRuns {
  const { namespace } = client.options;
  const service = client.workflowService;

  async function describe(workflowId: string, runId = '') {
    const execution = { workflowId, runId };
    return service.describeWorkflowExecution({ namespace, execution });
  }

  async function lastRun(orderId: string): Promise<LastRun | null> {
    try {
      const { workflowExecutionInfo: info } = await describe(orderId);
      return { runId: info?.execution?.runId ?? '', isOpen: info?.closeTime == null };
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  async function endOf(run: OrderRun): Promise<RunEnd> {
    try {
      const { workflowExtendedInfo } = await describe(run.orderId, run.runId);
      const last = await historyOf(client, run, 'newest first').next();
      const end = last.done ? GONE : endIn(last.value);
      // Who asked for a reset is not in the history: the server ends the run itself.
      return workflowExtendedInfo?.resetRunId ? { ...end, how: 'reset', endedBy: null } : end;
    } catch (error) {
      if (isNotFound(error)) return GONE;
      throw error;
    }
  }

  const soon = <T>(call: () => Promise<T>): Promise<T> => within(client, DEADLINE_MS, call);

  /** Each page has its own deadline: a backlog of any size is read to its end. */
  async function* signalsOf(run: OrderRun): AsyncGenerator<HistorySignal, void> {
    const signals = readSignals(client, run);
    for (;;) {
      const next = await soon(() => signals.next().catch(endWhereGone));
      if (next.done) return;
      yield next.value;
    }
  }

  return {
    openAmong: async (orderIds) => {
      if (orderIds.length === 0) return new Set();
      const ids = orderIds.map((id) => `'${id}'`).join(', ');
      const query = `${ORDERS} AND ${OPEN} AND WorkflowId IN (${ids})`;
      const open = await soon(() => listRuns(client, query, orderIds.length));
      return new Set(open.map(({ orderId }) => orderId));
    },
    lastRun: (orderId) => soon(() => lastRun(orderId)),
    endedByForce: (since, limit) => {
      const closed = `CloseTime > '${new Date(since).toISOString()}'`;
      return soon(() => listRuns(client, `${ORDERS} AND ${ENDED_BY_FORCE} AND ${closed}`, limit));
    },
    endOf: (run) => soon(() => endOf(run)),
    signalsOf,
    countOpen: (before) => {
      const started = `StartTime < '${new Date(before).toISOString()}'`;
      return soon(() => countRuns(client, `${ORDERS} AND ${OPEN} AND ${started}`));
    },
    countPaused: () => soon(() => countRuns(client, `${ORDERS} AND ExecutionStatus = 'Paused'`)),
  };
}
