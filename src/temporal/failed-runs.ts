/**
 * Names the order whose workflow task the SDK's core has failed, as it does where a history cannot be replayed: core's
 * log has the id of the run alone, and an operator needs the order's.
 */
import type { NativeConnection } from '@temporalio/worker';
import { LRUCache } from 'lru-cache';
import type { Logger } from 'pino';

const DEADLINE_MS = 5_000;
/** As many orders as the metric names. */
const MOST_NAMED = 100;
/** The label of those that are not named. */
const OTHERS = 'others';

export interface FailedRuns {
  /** Called with the id of a run whose workflow task core has failed, and with the reason where it may be logged. */
  onRunFailed(runId: string, reason: string | undefined): void;
  /** From here on orders are found by Temporal's list of runs. */
  connect(connection: NativeConnection, namespace: string): void;
}

type FindOrder = (runId: string) => Promise<string | undefined>;

export function createFailedRuns(
  log: Logger,
  onTaskFailed: ((orderId: string) => void) | undefined,
): FailedRuns {
  const known = new LRUCache<string, string>({ max: MOST_NAMED });
  let find: FindOrder = async () => undefined;
  let isAsking = false;

  /** After a bad release every run fails; one question at a time is enough for an alert. */
  async function nameOf(runId: string): Promise<string | undefined> {
    const orderId = known.get(runId);
    if (orderId !== undefined || isAsking) return orderId;
    isAsking = true;
    const found = await find(runId).catch(() => undefined);
    isAsking = false;
    if (found !== undefined) known.set(runId, found);
    return found;
  }

  return {
    onRunFailed: (runId, reason) => {
      void nameOf(runId).then((orderId) => {
        const fields = { order_id: orderId, run_id: runId, reason };
        log.error(fields, 'the workflow task of an order failed');
        onTaskFailed?.(orderId ?? OTHERS);
      });
    },
    connect: (connection, namespace) => {
      find = async (runId) => {
        const request = { namespace, query: `RunId = '${runId}'`, pageSize: 1 };
        const { executions } = await connection.withDeadline(Date.now() + DEADLINE_MS, () =>
          connection.workflowService.listWorkflowExecutions(request),
        );
        const id = executions[0]?.execution?.workflowId ?? undefined;
        // An order's id has no colon: that of a reconciliation has.
        return id?.includes(':') ? undefined : id;
      };
    },
  };
}
