/** One span for each attempt of an activity, within the trace of its cause. */
import { SpanKind, type Tracer } from '@opentelemetry/api';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { inSpan } from './in-span.ts';
import { traceIn } from './trace-header.ts';

export function traceActivities(tracer: Tracer): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute: (input, next) => {
        const parent = traceIn(input.headers);
        const attributes = {
          'temporal.workflow.id': info.workflowExecution?.workflowId ?? '',
          'temporal.attempt': info.attempt,
          'temporal.local': info.isLocal,
        };
        const options = { kind: SpanKind.CONSUMER, attributes };
        const span = tracer.startSpan(info.activityType, options, parent);
        return inSpan(span, parent, () => next(input));
      },
    },
  });
}
