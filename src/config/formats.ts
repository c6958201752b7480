/**
 * How each kind of value in the environment is written: ports, durations, secrets, keyrings.
 * Messages name what is wrong and never repeat a secret.
 */
import ms from 'ms';
import { z } from 'zod';
import { isLoopback } from '../http/local-callers.ts';
import { API_SCOPES, type ApiKey, splitEnd } from './api-key.ts';

const CONSOLE_SCOPES = ['support', 'ops'] as const;

/** Whoever has the value in the claim of roles may do in the console what the scope may. */
export type ConsoleRole = { scope: (typeof CONSOLE_SCOPES)[number]; value: string };

/** Minor units by currency. */
export type AmountLimits = Readonly<Record<string, number>>;

/** One AES-256-GCM key; the first of the ring encrypts, all of them decrypt. */
export type PayloadKey = { id: string; key: Buffer };

type Check<T> = { value: T } | { problem: string };

/** 32 characters of base64 carry 192 bits, far beyond guessing over HTTP. */
const MIN_API_SECRET_LENGTH = 32;
/** The range of secret sizes that Standard Webhooks allows. */
const WEBHOOK_SECRET_BYTES = { min: 24, max: 64 };
/** What gateways make is longer; a shorter one was made up by a person, or forgotten to be replaced. */
const MIN_GATEWAY_SECRET_LENGTH = 24;
/** One secret in use and one being phased out is all that a rotation needs. */
const MAX_WEBHOOK_SECRETS = 2;
const AES_256_KEY_BYTES = 32;
const DURATION = /^\d+(\.\d+)?(ms|s|m|h|d|w)$/;

/** A TCP port; 0 lets the system pick a free one. */
export const port = z
  .string()
  .regex(/^\d{1,5}$/, 'must be a port number from 0 to 65535')
  .transform(Number)
  .refine((value) => value <= 65535, 'must be a port number from 0 to 65535');

/** A whole number, 0 included. */
export const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number')
  .transform(Number);

const MAX_LINE_LENGTH = 200;
/** As many as fit into the head of an invoice. */
const MAX_LINES = 6;

/** One line of an invoice. */
export const line = z
  .string()
  .transform((text) => text.trim())
  .refine(
    (text) => text.length >= 1 && text.length <= MAX_LINE_LENGTH,
    `must have 1 to ${MAX_LINE_LENGTH} characters`,
  );

/** Lines of a paper, with `|` between them. */
export const linesUpTo = (most: number) =>
  z
    .string()
    .transform((text) => text.split('|').map((one) => one.trim()))
    .transform((all) => all.filter((one) => one !== ''))
    .refine(
      (all) => all.length <= most && all.every((one) => one.length <= MAX_LINE_LENGTH),
      `must be at most ${most} lines of ${MAX_LINE_LENGTH} characters, with | between them`,
    );

/** Those of the seller's address. */
export const lines = linesUpTo(MAX_LINES);

const COUNTRY = /^[A-Z]{2}$/;
export const country = z
  .string()
  .regex(COUNTRY, 'must be two upper-case letters of ISO 3166-1, such as DE');

/** The longest, of the Netherlands and Sweden, have twelve behind the prefix. */
const VAT_ID = /^[A-Z]{2}[0-9A-Z+*]{2,14}$/;
export const vatId = z
  .string()
  .regex(
    VAT_ID,
    "must be a VAT number with its country's prefix and without blanks, such as DE123456789",
  );

/** So many lines fit beside the head of a paper, and at its foot. */
export const MAX_TAX_IDS = 4;
export const MAX_FOOTER_LINES = 3;

/** What stands before the number of a paper, and how many digits the number has at least. */
export type NumberPattern = { prefix: string; digits: number };

const NUMBER_PATTERN = /^([A-Za-z0-9/-]{0,19}[A-Za-z/-])(#{1,10})$/;

/** Such as `INV-######`. The last character before the digits is none, so that no two papers are called the same. */
export const numberPattern = z
  .string()
  .regex(
    NUMBER_PATTERN,
    'must be up to 20 of A-Z a-z 0-9 / -, the last of them no digit, and a # for each digit, such as INV-######',
  )
  .transform((text): NumberPattern => {
    const [, prefix = '', digits = ''] = NUMBER_PATTERN.exec(text) ?? [];
    return { prefix, digits: digits.length };
  });

/** A duration such as `30m` or `10d`, in milliseconds. */
export const durationMs = z
  .string()
  .regex(DURATION, 'must be a duration such as 30m, 24h or 10d')
  .transform((text) => ms(text as ms.StringValue))
  .refine((value) => value >= 1000, 'must be at least 1s');

/** An http or https address without a trailing slash. */
export const httpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http:// or https:// URL' })
  .transform((url) => url.replace(/\/+$/, ''));

/** Of what is no URL at all, that is said already. */
const isOfThisMachineOrSecure = (text: string): boolean => {
  if (!URL.canParse(text)) return true;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || isLoopback(hostname);
};

const NOT_SECURE = 'must be an https:// URL, or http:// of this machine: secrets travel there';

/** An address that secrets may be sent to, as it is written: to some programs a slash at its end matters. */
export const secureUrl = z
  .url({ protocol: /^https?$/, error: 'must be an https:// URL' })
  .refine(isOfThisMachineOrSecure, NOT_SECURE);

/** The scheme, host and port of such an address, and nothing below it. */
export const secureOrigin = httpUrl
  .refine(isOfThisMachineOrSecure, NOT_SECURE)
  .refine(
    (url) => new URL(url).origin === url,
    'must be an origin, such as https://payments.example.org, without a path',
  );

/** A PostgreSQL connection string. */
export const databaseUrl = z.url({
  protocol: /^postgres(ql)?$/,
  error: 'must be a postgres:// URL',
});

/** Comma-separated names of packages, or paths of files. */
export const packageNames = list((entry): Check<string> => {
  const name = entry.trim();
  return name === '' ? { problem: 'is empty' } : { value: name };
});

/** Comma-separated `scope:secret` or `scope:name:secret`, each perhaps with its end. */
export const apiKeys = list(parseApiKey).refine(
  (keys) => new Set(keys.map(({ secret }) => secret)).size === keys.length,
  'names the same secret twice; every key needs its own',
);

/** Comma-separated `scope:value of a claim`. */
export const consoleRoles = list(parseConsoleRole);

/** Comma-separated `currency:minor units`. */
export const amountLimits = list(parseAmountLimit)
  .refine(
    (limits) => new Set(limits.map(([currency]) => currency)).size === limits.length,
    'names the same currency twice',
  )
  .transform((limits): AmountLimits => Object.fromEntries(limits));

/** One or two secrets in the gateway's own format, newest first. */
export const gatewaySecrets = atMostTwo(list(parseGatewaySecret));

/** One or two random texts, newest first. */
export const sessionSecrets = atMostTwo(list(parseSessionSecret));

/** One or two Standard Webhooks secrets, newest first. */
export const webhookSecrets = atMostTwo(list(parseWebhookSecret));

/** One Standard Webhooks secret. */
export const webhookSecret = z.string().transform((text, context) => {
  return accept(parseWebhookSecret(text), context);
});

/** Comma-separated `kid:base64`, the encrypting key first. */
export const payloadKeys = list(parsePayloadKey).refine(
  (keys) => new Set(keys.map(({ id }) => id)).size === keys.length,
  'names the same key id twice',
);

function list<T>(parse: (entry: string) => Check<T>) {
  return z.string().transform((text, context) => {
    const entries = text.split(',');
    return entries.map((entry, index) => accept(parse(entry), context, `entry ${index + 1} `));
  });
}

function accept<T>(check: Check<T>, context: z.core.$RefinementCtx, where = ''): T {
  if ('value' in check) return check.value;
  context.addIssue({ code: 'custom', message: `${where}${check.problem}` });
  return z.NEVER;
}

function atMostTwo<T>(schema: z.ZodType<T[], string>) {
  return schema.refine((all) => all.length <= MAX_WEBHOOK_SECRETS, 'must be one or two secrets');
}

/**
 * A name before the secret. It is shorter than any secret, so that a secret from before there were names, with a colon
 * in it, is taken for a name only where what follows would be a secret by itself.
 */
const NAMED_SECRET = /^([A-Za-z0-9][A-Za-z0-9._-]{0,30}):(.{32,})$/;

/** The secret of an entry of any list: what is before it is a scope, a name or an id, and what is behind it an end. */
export function secretOf(entry: string): string {
  const split = splitEnd(entry);
  const [first, rest] = splitOnce('key' in split ? split.key : entry.trim());
  if (rest === undefined) return first;
  return NAMED_SECRET.exec(rest)?.[2] ?? rest;
}

function parseApiKey(entry: string): Check<ApiKey> {
  const split = splitEnd(entry);
  if ('problem' in split) return split;
  const [text, rest = ''] = splitOnce(split.key);
  const scope = API_SCOPES.find((known) => known === text);
  if (scope === undefined)
    return {
      problem: `must be SCOPE:SECRET or SCOPE:NAME:SECRET, with a scope of ${API_SCOPES.join(', ')}`,
    };
  const [, name, secret = rest] = NAMED_SECRET.exec(rest) ?? [];
  if (secret.length < MIN_API_SECRET_LENGTH) {
    return {
      problem: `has a secret of ${secret.length} characters; at least ${MIN_API_SECRET_LENGTH} are needed`,
    };
  }
  const { end } = split;
  return { value: { scope, ...(name !== undefined && { name }), secret, ...(end && { end }) } };
}

function parseConsoleRole(entry: string): Check<ConsoleRole> {
  const [text, value = ''] = splitOnce(entry.trim());
  const scope = CONSOLE_SCOPES.find((known) => known === text);
  if (scope === undefined || value === '')
    return { problem: 'must be support:VALUE or ops:VALUE, such as support:payments-support' };
  return { value: { scope, value } };
}

function parseSessionSecret(entry: string): Check<string> {
  const secret = entry.trim();
  if (secret.length >= MIN_API_SECRET_LENGTH) return { value: secret };
  return {
    problem: `has ${secret.length} characters; at least ${MIN_API_SECRET_LENGTH} are needed`,
  };
}

function parseAmountLimit(entry: string): Check<[currency: string, minor: number]> {
  const [currency, minor = ''] = splitOnce(entry.trim());
  if (/^[A-Z]{3}$/.test(currency) && /^\d{1,12}$/.test(minor))
    return { value: [currency, Number(minor)] };
  return { problem: 'must be CURRENCY:MINOR_UNITS, such as EUR:5000 for 50.00 EUR' };
}

function parseGatewaySecret(entry: string): Check<string> {
  const secret = entry.trim();
  if (secret.length >= MIN_GATEWAY_SECRET_LENGTH) return { value: secret };
  return {
    problem: `has ${secret.length} characters; at least ${MIN_GATEWAY_SECRET_LENGTH} are needed`,
  };
}

function parseWebhookSecret(entry: string): Check<string> {
  const { min, max } = WEBHOOK_SECRET_BYTES;
  const problem = `must be whsec_ and the base64 of ${min} to ${max} bytes`;
  const secret = withoutBlanks(entry);
  if (!secret.startsWith('whsec_')) return { problem };
  const encoded = secret.slice('whsec_'.length);
  const fault = base64FaultOf(encoded);
  if (fault !== null) return { problem: `${problem}: ${fault}` };
  const bytes = Buffer.from(encoded, 'base64').length;
  return bytes >= min && bytes <= max ? { value: secret } : { problem };
}

function parsePayloadKey(entry: string): Check<PayloadKey> {
  const problem = `must be KEY_ID:BASE64 of ${AES_256_KEY_BYTES} bytes`;
  const [id, encoded] = splitOnce(withoutBlanks(entry));
  if (id === '' || encoded === undefined) return { problem };
  const fault = base64FaultOf(encoded);
  if (fault !== null) return { problem: `${problem}: ${fault}` };
  const key = Buffer.from(encoded, 'base64');
  return key.length === AES_256_KEY_BYTES ? { value: { id, key } } : { problem };
}

/** Spaces around a comma are a habit; a line break came with a secret that was copied, and other programs keep it. */
function withoutBlanks(entry: string): string {
  return entry.replace(/^[ \t]+|[ \t]+$/g, '');
}

/**
 * What keeps a text from being base64 that every library reads as the same bytes (RFC 4648, section 4);
 * null for one that is. Node itself reads all of these, and leaves out what it does not know.
 */
function base64FaultOf(text: string): string | null {
  if (text === '') return 'there is none';
  if (/[\r\n]/.test(text)) return 'it has a line break; remove it';
  if (/[-_]/.test(text)) return 'it has the URL-safe letters - or _; write + and / in their place';
  if (/[^A-Za-z0-9+/=]/.test(text)) return 'it has a character that base64 does not have';
  if (/=[^=]/.test(text) || text.length % 4 !== 0 || text.endsWith('==='))
    return 'its length with the padding = is not a multiple of 4; a character is missing or too many';
  if (Buffer.from(text, 'base64').toString('base64') !== text)
    return 'its last letter cannot stand there; copy it again';
  return null;
}

function splitOnce(entry: string): [string, string | undefined] {
  const colon = entry.indexOf(':');
  return colon < 0 ? [entry, undefined] : [entry.slice(0, colon), entry.slice(colon + 1)];
}
