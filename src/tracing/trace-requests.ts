/** One span a request, named by its route and never by its address, which holds whatever the caller likes. */
import type { IncomingMessage, RequestListener } from 'node:http';
import {
  context,
  propagation,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';

/** Asked every few seconds by machines, and of no interest to anybody. */
const UNTRACED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics']);

/** What Express adds to a request that one of its routes has taken. */
type Routed = IncomingMessage & { route?: { path?: unknown } };

export function traceRequests(tracer: Tracer, listener: RequestListener): RequestListener {
  return (request, response) => {
    if (UNTRACED.has(request.url ?? '')) return listener(request, response);
    const parent = propagation.extract(context.active(), request.headers);
    const { method = '' } = request;
    const attributes = { 'http.request.method': method };
    const span = tracer.startSpan(method, { kind: SpanKind.SERVER, attributes }, parent);
    response.once('close', () => {
      const route = (request as Routed).route?.path;
      if (typeof route === 'string') {
        span.updateName(`${method} ${route}`);
        span.setAttribute('http.route', route);
      }
      span.setAttribute('http.response.status_code', response.statusCode);
      if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
      span.end();
    });
    context.with(trace.setSpan(parent, span), () => listener(request, response));
  };
}
