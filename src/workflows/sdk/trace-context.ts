/**
 * Hands the trace of whatever reached an order last on to the activities that follow from it. Headers go
 * through as they are: nothing of OpenTelemetry is in the bundle, and nothing here ever waits, so that a
 * history replays the same with traces and without.
 */
import type { Headers, WorkflowInterceptors } from '@temporalio/workflow';

/** The header with the trace, as Temporal's own OpenTelemetry interceptors call it. */
export const TRACE_HEADER = '_tracer-data';
/** W3C's two texts are a hundred bytes, five hundred at most; a signal may carry megabytes. */
const MAX_TRACE_BYTES = 1_000;

export function interceptors(): WorkflowInterceptors {
  let last: Headers = {};
  const note = ({ [TRACE_HEADER]: trace }: Headers) => {
    const bytes = trace?.data?.length ?? 0;
    if (trace !== undefined && bytes <= MAX_TRACE_BYTES) last = { [TRACE_HEADER]: trace };
  };
  const caused = <T extends { headers: Headers }>(input: T): T => ({
    ...input,
    headers: { ...last, ...input.headers },
  });
  return {
    inbound: [
      {
        execute: (input, next) => {
          note(input.headers);
          return next(input);
        },
        handleSignal: (input, next) => {
          note(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => next(caused(input)),
        scheduleLocalActivity: (input, next) => next(caused(input)),
      },
    ],
  };
}
