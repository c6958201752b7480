/**
 * A cancellation request of Temporal's (its UI, CLI or a batch), made into the order's own `cancel` before the
 * workflow sees it. The SDK would cancel the root scope, and with it every timer, condition and activity of the
 * order, and the run would end over money that may still be captured. A `cancel` voids at the gateway first, and
 * captured money wins. The history gets no further event, so that orders replay as before.
 */
import {
  type ActivateInput,
  defaultPayloadConverter,
  type WorkflowInterceptors,
  workflowInfo,
} from '@temporalio/workflow';
import { cancelOfRequest, ORDER_WORKFLOW } from './messages.ts';

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

export function interceptors(): WorkflowInterceptors {
  return {
    internals: [
      {
        activate(input, next) {
          const { activation } = input;
          // Only orders decide about a cancellation themselves.
          if (workflowInfo().workflowType !== ORDER_WORKFLOW) return next(input);
          activation.jobs = (activation.jobs ?? []).map((job) =>
            job.cancelWorkflow ? cancelSignal(job.cancelWorkflow.reason ?? '') : job,
          );
          next(input);
        },
      },
    ],
  };
}

function cancelSignal(why: string): Job {
  const payload = cancelOfRequest(workflowInfo().originalExecutionRunId, why);
  const input = [defaultPayloadConverter.toPayload(payload)];
  // The SDK goes by `variant`, which its own jobs derive from the field that is set.
  const variant = { variant: 'signalWorkflow' as const };
  return Object.assign({ signalWorkflow: { signalName: 'cancel', input } }, variant);
}
