/** Temporal's SDK, native side included, on our log: its own fields under our names, and no others. */
import type { LogMetadata, Logger as TemporalLogger } from '@temporalio/common';
import type { Logger } from 'pino';

const LEVELS = {
  TRACE: 'trace',
  DEBUG: 'debug',
  INFO: 'info',
  WARN: 'warn',
  ERROR: 'error',
} as const;

/** How the SDK (1.24.0) begins its line about a workflow task that failed in this worker. */
const TASK_FAILED = 'Failed to process Workflow Activation';

/** How its core begins the line about a task that it fails itself, as it does where a history cannot be replayed. */
const TASK_FAILED_BY_CORE = 'Failing workflow task';

/** In the text that core makes of a failure. Other failures may quote what must not be logged. */
const NOT_REPLAYED = /Nondeterminism error: [^"\\]+/;

/** Workflow tasks that failed in this worker: the SDK writes of them in its log alone. */
export interface TaskFailures {
  /** Called with the order's id. */
  onTaskFailed?: ((orderId: string) => void) | undefined;
  /** Called with the id of the run, where the log has no other, and with why it cannot be replayed, if that is it. */
  onRunFailed?: ((runId: string, reason: string | undefined) => void) | undefined;
}

/** For `Runtime.install`. */
export function createTemporalLogger(
  log: Logger,
  { onTaskFailed, onRunFailed }: TaskFailures = {},
): TemporalLogger {
  const write: TemporalLogger['log'] = (level, message, meta) => {
    log[LEVELS[level]](fieldsOf(meta), message);
    if (meta?.workflowId !== undefined && message.startsWith(TASK_FAILED))
      onTaskFailed?.(String(meta.workflowId));
    if (meta?.runId !== undefined && message.startsWith(TASK_FAILED_BY_CORE))
      onRunFailed?.(String(meta.runId), NOT_REPLAYED.exec(String(meta.failure))?.[0]);
  };
  return {
    log: write,
    trace: (message, meta) => write('TRACE', message, meta),
    debug: (message, meta) => write('DEBUG', message, meta),
    info: (message, meta) => write('INFO', message, meta),
    warn: (message, meta) => write('WARN', message, meta),
    error: (message, meta) => write('ERROR', message, meta),
  };
}

function fieldsOf({
  workflowId,
  runId,
  activityType,
  attempt,
  error,
  sdkComponent,
}: LogMetadata = {}): object {
  return {
    component: sdkComponent,
    order_id: workflowId,
    run_id: runId,
    activity: activityType,
    attempt,
    ...(error !== undefined && { err: error }),
  };
}
