/**
 * The keys of a data directory, made once with it, readable by its owner only.
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { SetupError } from '../terminal/setup-error.ts';

const schema = z.object({
  client: z.string().min(32),
  ops: z.string().min(32),
  sandboxWebhookSecret: z.string().startsWith('whsec_'),
});

/** API keys of both scopes, and the secret the sandbox gateway signs its webhooks with. */
export type Keys = z.infer<typeof schema>;

/**
 * Reads the keys of a data directory and makes them when there are none yet.
 * @throws SetupError when the file is damaged.
 */
export function loadKeys(dataDir: string): Keys {
  const file = path.join(dataDir, 'keys.json');
  if (!existsSync(file)) writeKeys(file);
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    throw new SetupError(`${file} is damaged: delete it to get new keys at the next start.`);
  }
}

function writeKeys(file: string): void {
  const keys: Keys = {
    client: `payonce_client_${randomBytes(24).toString('base64url')}`,
    ops: `payonce_ops_${randomBytes(24).toString('base64url')}`,
    sandboxWebhookSecret: `whsec_${randomBytes(32).toString('base64')}`,
  };
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.new`;
  writeFileSync(draft, `${JSON.stringify(keys, undefined, 2)}\n`, { mode: 0o600 });
  renameSync(draft, file);
}
