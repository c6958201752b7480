/**
 * The environment, checked once when a process starts. Nothing else may read `process.env`, and
 * nothing may listen before this has accepted every value.
 */

import type { z } from 'zod';
import type { ApiKey, PayloadKey } from './formats.ts';
import { isProduction, unfitForProduction } from './production.ts';
import { redacting } from './redaction.ts';
import { readSecretFiles, type UnreadSecret } from './secret-files.ts';
import { toConfig } from './sections.ts';
import { type LogLevel, missing, type Settings, variables } from './variables.ts';

export type { ApiKey, ApiScope, PayloadKey } from './formats.ts';
export type { LogLevel } from './variables.ts';

/** The variables of a process, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Stripe's settings; present when Stripe is enabled. */
export type StripeConfig = {
  secretKey: string;
  webhookSecrets: string[];
  captureMethod: 'automatic' | 'manual';
  accountId?: string;
  apiBase?: string;
};

/** Razorpay's settings; present when Razorpay is enabled. */
export type RazorpayConfig = {
  keyId: string;
  keySecret: string;
  webhookSecrets: string[];
  accountId?: string;
  apiBase?: string;
};

/** Where effects are posted beside the local tables, and the secret that signs them. */
export type EffectsConfig = { crmUrl?: string; accessUrl?: string; secret?: string };

/** Who sells, as invoices print it: the name, then a line each for address and tax numbers. */
export type SellerConfig = { name: string; lines: string[] };

/**
 * Where metrics are served: on `port`, and on the API's own port only in development. What they say of
 * the business is not for every caller of the API.
 */
export type MetricsConfig = { port?: number; isOnApiPort: boolean };

/** How often one API key may call, and one address name a wrong key; 0 is without a limit. */
export type RateLimitsConfig = {
  clientPerSecond: number;
  opsPerSecond: number;
  failedAuthPerMinute: number;
};

/** The sandbox gateway's listener on this machine, and what it signs its webhooks with. */
export type SandboxConfig = { port: number; webhookSecrets: string[] };

/** Every setting of Payonce; durations in milliseconds, `dataDir` absolute. Printed, it shows no secret. */
export type Config = {
  host: string;
  port: number;
  metrics: MetricsConfig;
  dataDir: string;
  databaseUrl?: string;
  temporalPort: number;
  temporalUiPort: number;
  apiKeys: ApiKey[];
  rateLimits: RateLimitsConfig;
  sandbox: SandboxConfig;
  stripe?: StripeConfig;
  razorpay?: RazorpayConfig;
  effects: EffectsConfig;
  seller: SellerConfig;
  payloadKeys: PayloadKey[];
  orderExpiryMs: number;
  settlementWindowMs: number;
  /** How many orders a worker keeps in memory; any other is replayed from its history when it is needed. */
  workerCachedOrders: number;
  logLevel: LogLevel;
};

/**
 * The settings of one API or worker process, which cannot run without a database, and which knows no
 * sandbox gateway in production.
 */
export type ServiceConfig = Omit<Config, 'sandbox'> & {
  databaseUrl: string;
  sandbox?: SandboxConfig;
};

/** Names every variable that is missing or wrong, one line each, in `problems`. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/**
 * Reads the settings; an empty variable counts as absent, and `NAME_FILE` names the file of a secret.
 * @throws ConfigError with one line per problem.
 */
export function loadConfig(env: Environment): Config {
  const given = givenBy(env);
  return redacting(toConfig(parse(given, missing(given.named, []))));
}

/**
 * Reads the settings of a process that runs alone: `DATABASE_URL` is required, and `API_KEYS`
 * too for the API. With NODE_ENV=production it refuses what is only fit for development.
 * @throws ConfigError with one line per problem.
 */
export function loadServiceConfig(env: Environment, role: 'api' | 'worker'): ServiceConfig {
  const required = role === 'api' ? ['DATABASE_URL', 'API_KEYS'] : ['DATABASE_URL'];
  const given = givenBy(env);
  const { named } = given;
  const problems = [...missing(named, required), ...unfitForProduction(named)];
  const { databaseUrl, sandbox, ...config } = toConfig(parse(given, problems));
  if (databaseUrl === undefined) throw new ConfigError(['DATABASE_URL is missing']);
  return redacting({ ...config, databaseUrl, ...(isProduction(named) ? {} : { sandbox }) });
}

type Given = { named: Record<string, string>; unread: UnreadSecret[] };

function givenBy(env: Environment): Given {
  const { env: read, unread } = readSecretFiles(env);
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(read)) if (value?.trim()) named[name] = value;
  return { named, unread };
}

/** A secret whose file cannot be read has a line of its own, and is not called missing as well. */
function parse({ named, unread }: Given, found: readonly string[]): Settings {
  const parsed = variables.safeParse(named);
  const others = [...found, ...invalid(parsed.error)].filter(
    (line) => !unread.some(({ name }) => line.startsWith(`${name} `)),
  );
  const problems = [...unread.map(({ problem }) => problem), ...others];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return parsed.data;
}

function invalid(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map(({ path: [name], message }) => `${String(name)} ${message}`);
}
