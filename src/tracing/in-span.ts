/** Runs something inside a span, which ends with it. Never says more of an error than its name. */
import { type Context, context, type Span, SpanStatusCode, trace } from '@opentelemetry/api';

export async function inSpan<T>(span: Span, parent: Context, work: () => Promise<T>): Promise<T> {
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR });
    // Messages may quote what a customer or a gateway has sent, and collectors keep what they get.
    span.setAttribute('error.type', error instanceof Error ? error.name : typeof error);
    throw error;
  } finally {
    span.end();
  }
}
