/**
 * The table of variables: which there are, their formats and defaults, and which need each other.
 */
import path from 'node:path';
import { z } from 'zod';
import * as format from './formats.ts';

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

/** How much a process logs, in pino's words. */
export type LogLevel = (typeof LOG_LEVELS)[number];

const CAPTURE_METHODS = ['automatic', 'manual'] as const;

const text = z.string();
/** Every variable with its format and default, as in the environment. */
export const variables = z.object({
  NODE_ENV: text.optional(),
  HOST: text.default('127.0.0.1'),
  PORT: format.port.prefault('3000'),
  METRICS_PORT: format.port.optional(),
  DATA_DIR: text.default('.data').transform((dir) => path.resolve(dir)),
  DATABASE_URL: format.databaseUrl.optional(),
  TEMPORAL_PORT: format.port.prefault('7233'),
  TEMPORAL_UI_PORT: format.port.prefault('8233'),
  API_KEYS: format.apiKeys.optional(),
  CLIENT_REQUESTS_PER_SECOND: format.wholeNumber.prefault('50'),
  OPS_REQUESTS_PER_SECOND: format.wholeNumber.prefault('20'),
  FAILED_AUTH_PER_MINUTE: format.wholeNumber.prefault('10'),
  SANDBOX_PORT: format.port.prefault('3001'),
  SANDBOX_WEBHOOK_SECRETS: format.webhookSecrets.optional(),
  STRIPE_SECRET_KEY: text.optional(),
  STRIPE_WEBHOOK_SECRETS: format.gatewaySecrets.optional(),
  STRIPE_CAPTURE_METHOD: z
    .enum(CAPTURE_METHODS, { error: `must be one of ${CAPTURE_METHODS.join(', ')}` })
    .default('automatic'),
  STRIPE_ACCOUNT_ID: z
    .string()
    .regex(/^acct_\w+$/, 'must begin with acct_, as Stripe shows it')
    .optional(),
  STRIPE_API_BASE: format.httpUrl.optional(),
  RAZORPAY_KEY_ID: text.optional(),
  RAZORPAY_KEY_SECRET: text.optional(),
  RAZORPAY_WEBHOOK_SECRETS: format.gatewaySecrets.optional(),
  RAZORPAY_ACCOUNT_ID: z
    .string()
    .regex(/^acc_\w+$/, 'must begin with acc_, as Razorpay shows it')
    .optional(),
  RAZORPAY_API_BASE: format.httpUrl.optional(),
  CRM_URL: format.httpUrl.optional(),
  ACCESS_URL: format.httpUrl.optional(),
  EFFECTS_SECRET: format.webhookSecret.optional(),
  SELLER_NAME: format.line.prefault('Payonce'),
  SELLER_ADDRESS: format.lines.prefault(''),
  PAYLOAD_KEYS: format.payloadKeys.optional(),
  ORDER_EXPIRY: format.durationMs.prefault('24h'),
  SETTLEMENT_WINDOW: format.durationMs.prefault('10d'),
  WORKER_CACHED_ORDERS: format.wholeNumber.prefault('500'),
  LOG_LEVEL: z
    .enum(LOG_LEVELS, { error: `must be one of ${LOG_LEVELS.join(', ')}` })
    .default('info'),
});

/** The variables after parsing. */
export type Settings = z.infer<typeof variables>;

/**
 * Settings that only work together: when the first is set, so must be the others.
 * A gateway without its webhook secret would take payments and never hear of them.
 */
const TOGETHER: readonly (readonly string[])[] = [
  ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRETS'],
  ['STRIPE_WEBHOOK_SECRETS', 'STRIPE_SECRET_KEY'],
  ['RAZORPAY_KEY_ID', 'RAZORPAY_KEY_SECRET', 'RAZORPAY_WEBHOOK_SECRETS'],
  ['RAZORPAY_KEY_SECRET', 'RAZORPAY_KEY_ID'],
  ['RAZORPAY_WEBHOOK_SECRETS', 'RAZORPAY_KEY_ID'],
  ['CRM_URL', 'EFFECTS_SECRET'],
  ['ACCESS_URL', 'EFFECTS_SECRET'],
];

/** One line for each variable that `required` or another variable asks for. */
export function missing(
  given: Readonly<Record<string, string | undefined>>,
  required: readonly string[],
): string[] {
  const absent = (name: string) => given[name] === undefined;
  const alone = TOGETHER.flatMap(([first = '', ...others]) =>
    absent(first)
      ? []
      : others.filter(absent).map((name) => `${name} is missing: ${first} needs it`),
  );
  return [...required.filter(absent).map((name) => `${name} is missing`), ...new Set(alone)];
}
