/**
 * Where Temporal is, as Temporal's own tools read it: `TEMPORAL_ADDRESS`, `TEMPORAL_API_KEY`,
 * `TEMPORAL_TLS*`, or a profile in their configuration file. Never falls back to a local server:
 * a worker that quietly serves the wrong cluster is worse than one that does not start.
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { ConfigError, type Environment } from './config.ts';

/** What `Connection.connect` and `NativeConnection.connect` take, and the namespace to use. */
export type TemporalConnection = {
  connectionOptions: NativeConnectionOptions & { address: string };
  namespace: string;
};

const DEFAULT_NAMESPACE = 'payments';

/** @throws ConfigError when no address is given or a TLS file cannot be read. */
export function temporalConnection(env: Environment): TemporalConnection {
  const { connectionOptions, namespace } = readConfig(env);
  const { address, ...options } = connectionOptions;
  if (!address) {
    throw new ConfigError(['TEMPORAL_ADDRESS is missing: set it to HOST:PORT of Temporal']);
  }
  return {
    connectionOptions: { ...options, address },
    namespace: namespace || DEFAULT_NAMESPACE,
  };
}

function readConfig(env: Environment) {
  const overrideEnvVars: Record<string, string> = {};
  for (const [name, value] of Object.entries(env)) if (value) overrideEnvVars[name] = value;
  try {
    return loadClientConnectConfig({ overrideEnvVars });
  } catch (error) {
    throw new ConfigError([`TEMPORAL_* cannot be read: ${(error as Error).message}`]);
  }
}
