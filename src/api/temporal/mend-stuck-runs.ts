/**
 * Ends what no replay can: a run whose history does not follow from the code that has written it. The SDK's core can
 * write such a history (docs/reliability.md); from then on each task of the run fails, and its order stands still.
 *
 * The last completed task is the first suspect, so the run is reset to it; where that does not help it is reset to its
 * first task, and then it is ended, so that the reaper begins the order from its record. Everything that this does
 * again is found in the record or under its key.
 *
 * A release that cannot replay older orders looks the same and must not lead to this: its orders go on where they
 * stood once the release before is back. So nothing is done where another build fails than the one that completed the
 * last task, or where many runs fail at once.
 */
import { LRUCache } from 'lru-cache';
import { withOrderLock } from '../../store/orders/order-lock.ts';
import { cancelOfRequest } from '../../workflows/inbox/messages.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { OrchestratorUnavailable } from '../problems/orchestrator-errors.ts';
import type { OrderRun } from './runs.ts';
import type { ReplayFailure, StuckRuns } from './stuck-runs.ts';

/** A worker that is replaced fails a task or two meanwhile. */
const FAILING_FOR_MS = 60_000;
/** More runs at a time are no accident of a single one. */
const MOST_MENDED = 10;
/** Two resets, and one beginning from the record; a day later it may be tried again. */
const TRIES = 3;
const TRIES_WITHIN_MS = 24 * 60 * 60_000;
/** How often the history of the same run is read. */
const LOOK_INTERVAL_MS = 20_000;
const MOST_LISTED = 100;
const MOST_REMEMBERED = 1_000;

const REASON = 'Payonce: no replay follows this run';

export type MenderDependencies = Pick<
  ApiDependencies,
  'database' | 'orders' | 'metrics' | 'log'
> & {
  stuckRuns: StuckRuns;
};

/** One look at all stuck runs, for a process that remembers which it has looked at lately. */
export function createRunMender({
  database,
  orders,
  stuckRuns,
  metrics,
  log,
}: MenderDependencies): () => Promise<void> {
  const lookedAt = new LRUCache<string, true>({ max: MOST_REMEMBERED, ttl: LOOK_INTERVAL_MS });
  let areTooMany = false;

  return async () => {
    const stuck = await stuckRuns.list(MOST_LISTED);
    metrics.ordersStuck(stuck.map(({ orderId }) => orderId));
    const wereTooMany = areTooMany;
    areTooMany = stuck.length > MOST_MENDED;
    if (areTooMany) {
      if (!wereTooMany)
        log.error(
          { count: stuck.length, order_id: stuck[0]?.orderId },
          'workflow tasks of many orders fail; none is reset, as a release that cannot replay them looks the same',
        );
      return;
    }
    for (const run of stuck)
      await lookAt(run).catch((err: unknown) => {
        log.error({ err, order_id: run.orderId }, 'a stuck order could not be seen to');
      });
  };

  async function lookAt(run: OrderRun): Promise<void> {
    if (lookedAt.has(run.runId)) return;
    lookedAt.set(run.runId, true);
    const tries = await stuckRuns.timesEnded(run.orderId, Date.now() - TRIES_WITHIN_MS);
    const failure = tries < TRIES ? await stuckRuns.replayFailure(run) : null;
    const fields = { order_id: run.orderId, run_id: run.runId };
    if (failure === null || !isToBeMended(failure, Date.now())) {
      log.error(
        { ...fields, attempt: tries },
        'the workflow task of an order fails again and again',
      );
      return;
    }
    await withOrderLock(database, run.orderId, async () => {
      if (await stuckRuns.isStillStuck(run)) await mend(run, failure, tries);
    });
  }

  async function mend(run: OrderRun, failure: ReplayFailure, tries: number): Promise<void> {
    const { orderId, runId } = run;
    const { lastTask, firstTask, cancellation } = failure;
    const fields = { order_id: orderId, run_id: runId, attempt: tries };
    // Before the reset, which applies signals again and leaves the request itself out.
    if (cancellation !== null) {
      const { originalRunId, reason } = cancellation;
      await orders.signal(orderId, 'cancel', cancelOfRequest(originalRunId, reason));
    }
    const task = [lastTask, firstTask][tries];
    if (task === undefined || !(await isReset(run, task))) {
      await stuckRuns.terminate(run, REASON);
      log.error(fields, 'no replay follows the run of an order; it begins again from its record');
    } else log.error(fields, `no replay follows the run of an order; it was reset to task ${task}`);
    metrics.runMended();
  }

  /** False where the server refuses to, as it does where the history is damaged. */
  async function isReset(run: OrderRun, task: ReplayFailure['lastTask']): Promise<boolean> {
    try {
      await stuckRuns.reset(run, task, REASON);
      return true;
    } catch (error) {
      if (error instanceof OrchestratorUnavailable) throw error;
      log.error({ err: error, order_id: run.orderId }, 'the run of an order cannot be reset');
      return false;
    }
  }
}

/** @param now epoch milliseconds */
function isToBeMended({ since, isOfOneBuild }: ReplayFailure, now: number): boolean {
  return isOfOneBuild && now - since >= FAILING_FOR_MS;
}
