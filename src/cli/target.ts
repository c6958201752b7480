/**
 * Which API the commands speak to, and with which key: what the environment names, else the stack that
 * `npm start` runs here. A key of the local stack is never sent to an address from the environment.
 */
import { ConfigError, type Environment, loadConfig } from '../config/config.ts';
import { readSettings } from '../config/settings.ts';
import { runningStack } from '../dev/processes/process-file.ts';
import { UsageError } from './refusal.ts';

/** An address without a trailing slash, and the secret of a key. */
export interface Target {
  url: string;
  apiKey: string;
}

/** @throws UsageError that says what to set. */
export function targetOf(env: Environment): Target {
  const { PAYONCE_URL: url, PAYONCE_API_KEY: apiKey } = checked(() =>
    readSettings(env, 'command line'),
  );
  if (url && apiKey) return { url, apiKey };
  if (url)
    throw new UsageError(
      'PAYONCE_API_KEY is missing: set it to the secret of an API key, with the scope ops for most commands.',
    );
  const stack = checked(() => runningStack(loadConfig(env).dataDir));
  if (stack === undefined)
    throw new UsageError(
      'No Payonce runs here: set PAYONCE_URL and PAYONCE_API_KEY, or start one with npm start (and set DATA_DIR to its own).',
    );
  return { url: stack.apiUrl, apiKey: apiKey || stack.keys.ops };
}

/** Wrong settings are a mistake in how the command was called. */
function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(error.message);
  }
}
