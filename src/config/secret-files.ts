/**
 * Secrets that lie in files, as orchestrators mount them: `NAME_FILE` stands for `NAME`. A message names
 * the variable and never repeats its value, as people put the secret itself there by mistake.
 */
import { readFileSync } from 'node:fs';

type Variables = Readonly<Record<string, string | undefined>>;

/** Every variable that holds a secret, and may be given as a file. */
export const SECRET_VARIABLES = [
  'DATABASE_URL',
  'API_KEYS',
  'PAYLOAD_KEYS',
  'SANDBOX_WEBHOOK_SECRETS',
  'STRIPE_SECRET_KEY',
  'STRIPE_WEBHOOK_SECRETS',
  'RAZORPAY_KEY_SECRET',
  'RAZORPAY_WEBHOOK_SECRETS',
  'CRM_URL',
  'ACCESS_URL',
  'EFFECTS_SECRET',
  'TEMPORAL_API_KEY',
  'CODEC_SERVER_TOKEN',
] as const;

/** A secret that cannot be had, and why. */
export type UnreadSecret = { name: string; problem: string };

/** The variables with every secret in place of its file. */
export function readSecretFiles(env: Variables): { env: Variables; unread: UnreadSecret[] } {
  const read: Record<string, string> = {};
  const unread: UnreadSecret[] = [];
  for (const name of SECRET_VARIABLES) {
    const file = env[`${name}_FILE`]?.trim();
    if (!file) continue;
    const content = env[name]?.trim() ? bothSet(name) : contentOf(name, file);
    if ('problem' in content) unread.push({ name, problem: content.problem });
    else read[name] = content.value;
  }
  return { env: { ...env, ...read }, unread };
}

type Content = { value: string } | { problem: string };

function bothSet(name: string): Content {
  return { problem: `${name} and ${name}_FILE are both set: keep one of them` };
}

/** Editors and `echo` end a file with a line break, which is no part of the secret. */
function contentOf(name: string, file: string): Content {
  try {
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (value.trim() !== '') return { value };
    return { problem: `${name}_FILE names an empty file: write the secret into it` };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : 'unreadable';
    return {
      problem: `${name}_FILE cannot be read (${code}): set it to the path of a file that this process may read`,
    };
  }
}
