/**
 * Where Temporal is, as Temporal's own tools read it: `TEMPORAL_ADDRESS`, `TEMPORAL_API_KEY`,
 * `TEMPORAL_TLS*`, or a profile in their configuration file. Never falls back to a local server:
 * a worker that quietly serves the wrong cluster is worse than one that does not start.
 */
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { ConfigError, type Environment } from '../config/config.ts';
import { isProduction } from '../config/production.ts';
import { missingLine, withSecretFiles } from '../config/settings.ts';
import { isLoopback } from '../http/local-callers.ts';

/** What `Connection.connect` and `NativeConnection.connect` take, and the namespace to use. */
export type TemporalConnection = {
  connectionOptions: NativeConnectionOptions & { address: string };
  namespace: string;
};

const DEFAULT_NAMESPACE = 'payments';

/**
 * @throws ConfigError when no address is given, a file cannot be read, or the connection would not be
 * encrypted in production.
 */
export function temporalConnection(env: Environment): TemporalConnection {
  const { connectionOptions, namespace } = readConfig(withSecretFiles(env, 'Temporal'));
  const { address, ...options } = connectionOptions;
  if (!address) {
    throw new ConfigError([missingLine('TEMPORAL_ADDRESS')]);
  }
  if (isProduction(env) && !options.tls) requirePrivateNetwork(env, address);
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

/**
 * A listener on the way could read and forge orders. A network that nobody else is on, or a mesh
 * that encrypts by itself, has to be named on purpose.
 */
function requirePrivateNetwork({ TEMPORAL_PLAINTEXT_HOST }: Environment, address: string): void {
  const host = address.replace(/:\d+$/, '');
  if (isLoopback(host) || host === TEMPORAL_PLAINTEXT_HOST) return;
  throw new ConfigError([
    'TEMPORAL_ADDRESS is on another machine and the way there is not encrypted: set TEMPORAL_TLS=true, ' +
      'TEMPORAL_TLS_CLIENT_CERT_PATH with its key, or TEMPORAL_API_KEY; or name the host in ' +
      'TEMPORAL_PLAINTEXT_HOST where the network itself is private',
  ]);
}

/** What a person can do where Temporal cannot be reached; the runtime's own words are Rust's. */
export function unreachableError(address: string, cause: unknown): Error {
  const words = cause instanceof Error ? cause.message : String(cause);
  const [, reason = words] = /message: "([^"]+)"/.exec(words) ?? [];
  return new Error(
    `Temporal at ${address} cannot be reached (${reason}): check TEMPORAL_ADDRESS, TEMPORAL_TLS and TEMPORAL_API_KEY, that it runs, and that this machine may reach it`,
    { cause },
  );
}
