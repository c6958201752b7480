/**
 * The environment of the stack's children: that of the person at the keyboard, with the addresses
 * and keys of this stack over it.
 */
import path from 'node:path';
import { type ApiKey, apiKeyText, type Config, type Environment } from '../../config/config.ts';
import { temporalConnection } from '../../temporal/connection.ts';
import type { Keys } from './keys.ts';

/** Where children find Temporal; the variables that say so, and the same for people. */
export type TemporalPlace = {
  address: string;
  namespace: string;
  /** The page that lists the orders; absent where the Temporal is not ours. */
  uiUrl?: string;
  variables: Environment;
};

/**
 * A development server of our own. Whatever else the environment or a profile says about Temporal
 * is left out: credentials of another cluster do not belong here.
 */
export function embeddedTemporal(
  ports: { temporal: number; temporalUi: number },
  namespace: string,
  { env, dataDir }: { env: Environment; dataDir: string },
): TemporalPlace {
  const address = `127.0.0.1:${ports.temporal}`;
  const uiUrl = `http://127.0.0.1:${ports.temporalUi}/namespaces/${namespace}/workflows`;
  const others = Object.keys(env).filter((name) => name.startsWith('TEMPORAL_'));
  const cleared = Object.fromEntries(others.map((name) => [name, undefined]));
  const variables = {
    ...cleared,
    TEMPORAL_ADDRESS: address,
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_UI_URL: uiUrl,
    TEMPORAL_CONFIG_FILE: path.join(dataDir, 'no-temporal-profile.toml'),
  };
  return { address, namespace, uiUrl, variables };
}

/** The Temporal that the environment names, with everything it says about it. */
export function externalTemporal(env: Environment): TemporalPlace {
  const { connectionOptions, namespace } = temporalConnection(env);
  const { address } = connectionOptions;
  return { address, namespace, variables: { TEMPORAL_NAMESPACE: namespace } };
}

/** The keys that are accepted: the configured ones, else the generated ones. */
export function apiKeysOf({ apiKeys }: Config, keys: Keys): ApiKey[] {
  if (apiKeys.length > 0) return apiKeys;
  return [
    { scope: 'client', secret: keys.client },
    { scope: 'ops', secret: keys.ops },
  ];
}

/** What every child of one stack has in common. */
export type CommonSettings = {
  config: Config;
  env: Environment;
  dataDir: string;
  databaseUrl: string;
  keys: Keys;
  temporal: TemporalPlace;
  apiPort: number;
  sandboxPort: number;
};

/** The environment that all children share; each API has its own `PORT` over it. */
export function childEnvironment(settings: CommonSettings): NodeJS.ProcessEnv {
  const { config, env, keys, temporal, apiPort, sandboxPort } = settings;
  const configuredSecrets = config.sandbox.webhookSecrets;
  return {
    ...env,
    ...temporal.variables,
    HOST: config.host,
    PORT: String(apiPort),
    // One port cannot be every child's; the API shows its metrics and the console on its own.
    METRICS_PORT: undefined,
    CONSOLE_PORT: undefined,
    ...withoutFiles({
      DATA_DIR: settings.dataDir,
      DATABASE_URL: settings.databaseUrl,
      API_KEYS: apiKeysOf(config, keys).map(apiKeyText).join(','),
      SANDBOX_PORT: String(sandboxPort),
      SANDBOX_WEBHOOK_SECRETS:
        configuredSecrets.length > 0 ? configuredSecrets.join(',') : keys.sandboxWebhookSecret,
      SANDBOX_WEBHOOK_URL: `${baseUrl(config.host, apiPort)}/webhooks/sandbox`,
    }),
  };
}

/** What this stack has read, or made itself, its children need not read again. */
function withoutFiles(own: Record<string, string>): NodeJS.ProcessEnv {
  const files = Object.keys(own).map((name) => [`${name}_FILE`, undefined]);
  return { ...own, ...Object.fromEntries(files) };
}

/** The address under which a listener on `host` is reached from this machine. */
export function baseUrl(host: string, port: number): string {
  if (host === '0.0.0.0' || host === '::') return `http://127.0.0.1:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
