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

/**
 * For `Runtime.install`.
 *
 * @param onTaskFailed called with the order whose workflow task failed: the SDK tells its log alone
 */
export function createTemporalLogger(
  log: Logger,
  onTaskFailed?: (orderId: string) => void,
): TemporalLogger {
  const write: TemporalLogger['log'] = (level, message, meta) => {
    log[LEVELS[level]](fieldsOf(meta), message);
    if (meta?.workflowId !== undefined && message.startsWith(TASK_FAILED))
      onTaskFailed?.(String(meta.workflowId));
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
  activityType,
  attempt,
  error,
  sdkComponent,
}: LogMetadata = {}): object {
  return {
    component: sdkComponent,
    order_id: workflowId,
    activity: activityType,
    attempt,
    ...(error !== undefined && { err: error }),
  };
}
