/** Everything that an API process measures, and where it is read: its own port, or the API's. */
import type { ApiMetrics } from '../api/http/api-metrics.ts';
import type { Config } from '../config/config.ts';
import type { OnGatewayCall } from '../gateways/watched.ts';
import type { Database } from '../store/database.ts';
import { createApiMetrics } from './api-metrics.ts';
import { createCountGauges } from './count-gauges.ts';
import { createFailingEffectsGauge } from './failing-effects.ts';
import { countGatewayCalls } from './gateway-metrics.ts';
import { serveMetrics } from './metrics-server.ts';
import { createRegistry } from './registry.ts';

/** @throws Error when the port for metrics cannot be used. */
export async function openApiMetrics(
  { host, metrics: { port, isOnApiPort } }: Pick<Config, 'host' | 'metrics'>,
  database: Database,
  gateways: readonly string[],
): Promise<{ metrics: ApiMetrics; onGatewayCall: OnGatewayCall; close: () => void }> {
  const registry = createRegistry();
  const onGatewayCall = countGatewayCalls(registry, gateways);
  const refreshCounts = createCountGauges(registry, database);
  const refreshFailing = createFailingEffectsGauge(registry, database);
  const page = async (): Promise<string> => {
    await Promise.all([refreshCounts(), refreshFailing()]);
    return registry.metrics();
  };
  const metrics = { ...createApiMetrics(registry), page: isOnApiPort ? page : null };
  if (port === undefined) return { metrics, onGatewayCall, close: () => {} };
  const { close } = await serveMetrics({ host, port, page });
  return { metrics, onGatewayCall, close };
}
