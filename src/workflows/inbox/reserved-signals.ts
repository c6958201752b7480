/**
 * Signals under names that Temporal keeps for itself. The SDK throws on them where there is a handler for
 * unknown signals, and the workflow task would be tried again for ever; renamed, they are rejected like
 * any other unknown signal.
 */
import type { WorkflowInterceptorsFactory } from '@temporalio/workflow';

const RESERVED_PREFIX = '__temporal_';

export const interceptors: WorkflowInterceptorsFactory = () => ({
  internals: [
    {
      activate(input, next) {
        for (const { signalWorkflow: signal } of input.activation.jobs ?? [])
          if (signal?.signalName?.startsWith(RESERVED_PREFIX))
            signal.signalName = `reserved ${signal.signalName}`;
        next(input);
      },
    },
  ],
});
