/** Everything that an API process measures, and where it is read: its own port, or the API's. */
import type { ApiMetrics } from '../api/api-metrics.ts';
import type { Config } from '../config.ts';
import type { Database } from '../store/database.ts';
import { createApiMetrics } from './api-metrics.ts';
import { createCountGauges } from './count-gauges.ts';
import { serveMetrics } from './metrics-server.ts';
import { createRegistry } from './registry.ts';

/** @throws Error when the port for metrics cannot be used. */
export async function openApiMetrics(
  { host, metrics: { port, isOnApiPort } }: Pick<Config, 'host' | 'metrics'>,
  database: Database,
): Promise<{ metrics: ApiMetrics; close: () => void }> {
  const registry = createRegistry();
  const refreshCounts = createCountGauges(registry, database);
  const page = async (): Promise<string> => {
    await refreshCounts();
    return registry.metrics();
  };
  const metrics = { ...createApiMetrics(registry), page: isOnApiPort ? page : null };
  if (port === undefined) return { metrics, close: () => {} };
  const { close } = await serveMetrics({ host, port, page });
  return { metrics, close };
}
