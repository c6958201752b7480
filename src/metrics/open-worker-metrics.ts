/** Everything that a worker measures, and Temporal's SDK in it. Without METRICS_PORT it is silent. */
import type { RuntimeOptions } from '@temporalio/worker';
import type { OnRecorded } from '../activities/write-record.ts';
import type { Config } from '../config/config.ts';
import type { OnGatewayCall } from '../gateways/watched.ts';
import { countGatewayCalls } from './gateway-metrics.ts';
import { serveMetrics } from './metrics-server.ts';
import { countOrderEvents } from './order-events.ts';
import { createRegistry } from './registry.ts';
import { showSecretFiles } from './secret-files.ts';
import { countTaskFailures, type OnTaskFailed } from './task-failures.ts';
import { createTemporalMetrics } from './temporal-metrics.ts';

export interface WorkerMetrics {
  /** For `Runtime.install`, which has to come before everything else of Temporal's. */
  runtime: Pick<RuntimeOptions, 'telemetryOptions'>;
  onRecorded?: OnRecorded;
  onTaskFailed?: OnTaskFailed;
  onGatewayCall?: OnGatewayCall;
  secretFilesRefused(areRefused: boolean): void;
  close(): void;
}

/** @throws Error when the port for metrics cannot be used. */
export async function openWorkerMetrics(
  { host, metrics: { port } }: Pick<Config, 'host' | 'metrics'>,
  gateways: readonly string[],
): Promise<WorkerMetrics> {
  if (port === undefined) return { runtime: {}, secretFilesRefused: () => {}, close: () => {} };
  const registry = createRegistry();
  const onRecorded = countOrderEvents(registry);
  const onTaskFailed = countTaskFailures(registry);
  const onGatewayCall = countGatewayCalls(registry, gateways);
  const secretFilesRefused = showSecretFiles(registry);
  const temporal = await createTemporalMetrics();
  const page = async (): Promise<string> => (await registry.metrics()) + (await temporal.page());
  const { close } = await serveMetrics({ host, port, page });
  return {
    runtime: { telemetryOptions: temporal.telemetryOptions },
    onRecorded,
    onTaskFailed,
    onGatewayCall,
    secretFilesRefused,
    close,
  };
}
