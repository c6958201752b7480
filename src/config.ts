/**
 * The environment, checked once when a process starts. Nothing else may read `process.env`, and
 * nothing may listen before this has accepted every value.
 */

import type { z } from 'zod';
import type { ApiKey, PayloadKey } from './config-formats.ts';
import { type LogLevel, missing, type Settings, variables } from './config-variables.ts';

export type { ApiKey, ApiScope, PayloadKey } from './config-formats.ts';
export type { LogLevel } from './config-variables.ts';

/** The variables of a process, as `process.env` has them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Stripe's settings; present when Stripe is enabled. */
export type StripeConfig = {
  secretKey: string;
  webhookSecrets: string[];
  captureMethod: 'automatic' | 'manual';
  apiBase?: string;
};

/** Razorpay's settings; present when Razorpay is enabled. */
export type RazorpayConfig = {
  keyId: string;
  keySecret: string;
  webhookSecrets: string[];
  apiBase?: string;
};

/** Where effects are posted beside the local tables, and the secret that signs them. */
export type EffectsConfig = { crmUrl?: string; accessUrl?: string; secret?: string };

/**
 * Where metrics are served: on `port`, and on the API's own port only in development. What they say of
 * the business is not for whoever reaches the API.
 */
export type MetricsConfig = { port?: number; isOnApiPort: boolean };

/** How often one API key may call, and one address name a wrong key; 0 is without a limit. */
export type RateLimitsConfig = {
  clientPerSecond: number;
  opsPerSecond: number;
  failedAuthPerMinute: number;
};

/** Every setting of Payonce; durations in milliseconds, `dataDir` absolute. */
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
  sandbox: { port: number; webhookSecrets: string[] };
  stripe?: StripeConfig;
  razorpay?: RazorpayConfig;
  effects: EffectsConfig;
  payloadKeys: PayloadKey[];
  orderExpiryMs: number;
  settlementWindowMs: number;
  logLevel: LogLevel;
};

/** The settings of one API or worker process, which cannot run without a database. */
export type ServiceConfig = Config & { databaseUrl: string };

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
 * Reads the settings; an empty variable counts as absent.
 * @throws ConfigError with one line per problem.
 */
export function loadConfig(env: Environment): Config {
  return load(env, []);
}

/**
 * Reads the settings of a process that runs alone: `DATABASE_URL` is required, and `API_KEYS`
 * too for the API.
 * @throws ConfigError with one line per problem.
 */
export function loadServiceConfig(env: Environment, role: 'api' | 'worker'): ServiceConfig {
  const required = role === 'api' ? ['DATABASE_URL', 'API_KEYS'] : ['DATABASE_URL'];
  const { databaseUrl, ...config } = load(env, required);
  if (databaseUrl === undefined) throw new ConfigError(['DATABASE_URL is missing']);
  return { ...config, databaseUrl };
}

function load(env: Environment, required: readonly string[]): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = variables.safeParse(given);
  const problems = [...missing(given, required), ...invalid(parsed.error)];
  if (!parsed.success || problems.length > 0) throw new ConfigError(problems);
  return toConfig(parsed.data);
}

function invalid(error: z.ZodError | undefined): string[] {
  return (error?.issues ?? []).map(({ path: [name], message }) => `${String(name)} ${message}`);
}

function toConfig(settings: Settings): Config {
  const stripe = stripeConfig(settings);
  const razorpay = razorpayConfig(settings);
  return {
    host: settings.HOST,
    port: settings.PORT,
    metrics: metricsConfig(settings),
    dataDir: settings.DATA_DIR,
    ...(settings.DATABASE_URL && { databaseUrl: settings.DATABASE_URL }),
    temporalPort: settings.TEMPORAL_PORT,
    temporalUiPort: settings.TEMPORAL_UI_PORT,
    apiKeys: settings.API_KEYS ?? [],
    rateLimits: {
      clientPerSecond: settings.CLIENT_REQUESTS_PER_SECOND,
      opsPerSecond: settings.OPS_REQUESTS_PER_SECOND,
      failedAuthPerMinute: settings.FAILED_AUTH_PER_MINUTE,
    },
    sandbox: {
      port: settings.SANDBOX_PORT,
      webhookSecrets: settings.SANDBOX_WEBHOOK_SECRETS ?? [],
    },
    ...(stripe && { stripe }),
    ...(razorpay && { razorpay }),
    effects: effectsConfig(settings),
    payloadKeys: settings.PAYLOAD_KEYS ?? [],
    orderExpiryMs: settings.ORDER_EXPIRY,
    settlementWindowMs: settings.SETTLEMENT_WINDOW,
    logLevel: settings.LOG_LEVEL,
  };
}

function metricsConfig({ METRICS_PORT: port, NODE_ENV }: Settings): MetricsConfig {
  if (port !== undefined) return { port, isOnApiPort: false };
  return { isOnApiPort: NODE_ENV !== 'production' };
}

function stripeConfig(settings: Settings): StripeConfig | undefined {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_WEBHOOK_SECRETS: webhookSecrets } = settings;
  if (!secretKey || !webhookSecrets) return undefined;
  const { STRIPE_CAPTURE_METHOD: captureMethod, STRIPE_API_BASE: apiBase } = settings;
  return { secretKey, webhookSecrets, captureMethod, ...(apiBase && { apiBase }) };
}

function razorpayConfig(settings: Settings): RazorpayConfig | undefined {
  const { RAZORPAY_KEY_ID: keyId, RAZORPAY_KEY_SECRET: keySecret } = settings;
  const webhookSecrets = settings.RAZORPAY_WEBHOOK_SECRETS;
  if (!keyId || !keySecret || !webhookSecrets) return undefined;
  const apiBase = settings.RAZORPAY_API_BASE;
  return { keyId, keySecret, webhookSecrets, ...(apiBase && { apiBase }) };
}

function effectsConfig(settings: Settings): EffectsConfig {
  const { CRM_URL: crmUrl, ACCESS_URL: accessUrl, EFFECTS_SECRET: secret } = settings;
  return { ...(crmUrl && { crmUrl }), ...(accessUrl && { accessUrl }), ...(secret && { secret }) };
}
