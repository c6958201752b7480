/**
 * The trace in Temporal's headers: W3C's two texts, under the name and in the form that Temporal's own
 * OpenTelemetry interceptors use. It is no payload of ours and is not encrypted; it says nothing of anybody.
 */
import { type Context, context, propagation } from '@opentelemetry/api';
import { defaultPayloadConverter, type Headers } from '@temporalio/common';
import { TRACE_HEADER } from '../workflows/sdk/trace-context.ts';

/** The headers with the current trace in them; as they were where there is none. */
export function withTrace(headers: Headers): Headers {
  const carrier: Record<string, string> = {};
  propagation.inject(context.active(), carrier);
  if (Object.keys(carrier).length === 0) return headers;
  return { ...headers, [TRACE_HEADER]: defaultPayloadConverter.toPayload(carrier) };
}

/** The trace that the headers speak of, as the parent of what comes next. */
export function traceIn(headers: Headers): Context {
  const payload = headers[TRACE_HEADER];
  if (payload === undefined) return context.active();
  try {
    return propagation.extract(context.active(), defaultPayloadConverter.fromPayload(payload));
  } catch {
    // Any bytes may arrive here with a signal; a trace is not worth an activity.
    return context.active();
  }
}
