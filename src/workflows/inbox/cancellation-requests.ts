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
import type { SignalPayloads } from './messages.ts';

type Job = NonNullable<ActivateInput['activation']['jobs']>[number];

/** How the outcome record names a cancel that came this way; who sent it is in Temporal's history alone. */
const ORIGIN = "Temporal's cancellation request";

/** Longer reasons are cut: an order takes short texts only, and the whole is in Temporal's history. */
const MAX_REASON_LENGTH = 500;

export function interceptors(): WorkflowInterceptors {
  return {
    internals: [
      {
        activate(input, next) {
          const { activation } = input;
          activation.jobs = (activation.jobs ?? []).map((job) =>
            job.cancelWorkflow ? cancelSignal(job.cancelWorkflow.reason ?? '') : job,
          );
          next(input);
        },
      },
    ],
  };
}

/**
 * The server takes one cancellation request a run. The run's original id stands for it, because a reset keeps
 * that one: a request that the reset applies again is a repeat.
 */
function cancelSignal(why: string): Job {
  const payload: SignalPayloads['cancel'] = {
    id: `temporal-cancel-${workflowInfo().originalExecutionRunId}`,
    source: 'operator',
    reason: (why === '' ? ORIGIN : `${ORIGIN}: ${why}`).slice(0, MAX_REASON_LENGTH),
  };
  const input = [defaultPayloadConverter.toPayload(payload)];
  // The SDK goes by `variant`, which its own jobs derive from the field that is set.
  const variant = { variant: 'signalWorkflow' as const };
  return Object.assign({ signalWorkflow: { signalName: 'cancel', input } }, variant);
}
