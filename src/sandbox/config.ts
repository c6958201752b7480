/**
 * Reads the gateway's environment, all of it before anything listens.
 * A secret is never part of an error message.
 */

import { join } from 'node:path';
import { z } from 'zod';
import type { SandboxOptions } from './sandbox.ts';

// Standard Webhooks asks for keys of 24 to 64 bytes.
const MIN_SECRET_BYTES = 24;
const MAX_SECRET_BYTES = 64;

// A secret that replaces another is used beside it for a while, never beside two.
const MAX_SECRETS = 2;

function isSecret(text: string): boolean {
  if (!text.startsWith('whsec_')) return false;
  const base64 = text.slice('whsec_'.length);
  const bytes = Buffer.from(base64, 'base64');
  // Node reads more than base64, and other libraries read that as other bytes, or not at all.
  if (bytes.toString('base64') !== base64) return false;
  return bytes.length >= MIN_SECRET_BYTES && bytes.length <= MAX_SECRET_BYTES;
}

const secrets = z
  .string('missing: set it to whsec_ and 32 random bytes in base64, as the API has it')
  .transform((text) => text.split(',').map((secret) => secret.replace(/^[ \t]+|[ \t]+$/g, '')))
  .refine(
    (list) => list.length <= MAX_SECRETS && list.every(isSecret),
    'must be one or two secrets, newest first: whsec_ and 24 to 64 bytes in base64, ' +
      'padded with =, without - or _ and without a line break',
  );

const environment = z.object({
  SANDBOX_PORT: z
    .string()
    .default('3001')
    .refine((text) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535, 'must be 0 to 65535')
    .transform(Number),
  SANDBOX_WEBHOOK_SECRETS: secrets,
  SANDBOX_WEBHOOK_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .default('http://127.0.0.1:3000/webhooks/sandbox'),
  DATA_DIR: z.string().min(1, 'must name a directory').default('.data'),
});

export type ConfigResult =
  | { readonly options: Omit<SandboxOptions, 'log'> }
  | { readonly problems: readonly string[] };

/** The options to start with, or one line for each variable that is wrong. */
export function readConfig(env: NodeJS.ProcessEnv): ConfigResult {
  const result = environment.safeParse(env);
  if (!result.success) {
    return {
      problems: result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
    };
  }
  const { SANDBOX_PORT, SANDBOX_WEBHOOK_SECRETS, SANDBOX_WEBHOOK_URL, DATA_DIR } = result.data;
  return {
    options: {
      port: SANDBOX_PORT,
      store: { directory: join(DATA_DIR, 'sandbox') },
      webhooks: { url: SANDBOX_WEBHOOK_URL, secret: SANDBOX_WEBHOOK_SECRETS[0] ?? '' },
    },
  };
}
