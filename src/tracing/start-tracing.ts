/** OpenTelemetry itself. Loaded by open-tracing.ts alone, and only where traces are wanted. */
import { trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { Tracing } from './open-tracing.ts';
import { traceActivities } from './trace-activities.ts';
import { traceConnection } from './trace-connection.ts';
import { traceRequests } from './trace-requests.ts';

/** A process that ends must not wait for a collector that does not answer. */
const CLOSE_TIMEOUT_MS = 2_000;

export function startTracing(serviceName: string): Tracing {
  // Address, headers, certificates, sampling and batches: all read from OTEL_* by these themselves.
  const provider = new NodeTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  const tracer = trace.getTracer('payonce');
  return {
    requests: (listener) => traceRequests(tracer, listener),
    connection: (connection) => traceConnection(tracer, connection),
    activities: [traceActivities(tracer)],
    close: async () => {
      const late = new Promise((resolve) => setTimeout(resolve, CLOSE_TIMEOUT_MS).unref());
      await Promise.race([provider.shutdown().catch(() => {}), late]);
    },
  };
}
