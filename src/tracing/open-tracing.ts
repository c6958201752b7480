/**
 * Traces of requests, of what they ask of Temporal and of the activities that follow, sent as OTLP to
 * wherever OpenTelemetry's own variables say. Without an endpoint nothing of OpenTelemetry is even loaded.
 * A collector that is away costs spans, never an answer.
 */
import type { RequestListener } from 'node:http';
import type { Connection } from '@temporalio/client';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Environment } from '../config/config.ts';

/** What a process puts around its parts; without tracing all of it does nothing. */
export interface Tracing {
  /** One span a request, within which the listener answers it. */
  requests(listener: RequestListener): RequestListener;
  /** One span for each start and signal, and the trace in what is sent. */
  connection(connection: Connection): Connection;
  /** One span for each attempt of an activity. */
  activities: ActivityInterceptorsFactory[];
  /** Sends what was not sent yet; never rejects, and takes two seconds at most. */
  close(): Promise<void>;
}

const OFF: Tracing = {
  requests: (listener) => listener,
  connection: (connection) => connection,
  activities: [],
  close: async () => {},
};

/** @param serviceName what the traces say, unless `OTEL_SERVICE_NAME` does. */
export async function openTracing(env: Environment, serviceName: string): Promise<Tracing> {
  const endpoint = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!endpoint || env.OTEL_SDK_DISABLED === 'true' || env.OTEL_TRACES_EXPORTER === 'none')
    return OFF;
  const { startTracing } = await import('./start-tracing.ts');
  return startTracing(env.OTEL_SERVICE_NAME || serviceName);
}
