/**
 * Which API the commands speak to, and with which key: what the environment names, else the stack that
 * `npm start` runs here. A key of the local stack is never sent to an address from the environment.
 */
import { ConfigError, type Environment, loadConfig } from '../config/config.ts';
import { httpUrl } from '../config/formats.ts';
import { type RunningStack, runningStack } from '../dev/processes/process-file.ts';
import { UsageError } from './refusal.ts';

/** An address without a trailing slash, and the secret of a key. */
export interface Target {
  url: string;
  apiKey: string;
}

/** @throws UsageError that says what to set. */
export function targetOf(env: Environment): Target {
  const { PAYONCE_URL: url, PAYONCE_API_KEY: apiKey } = env;
  if (url && apiKey) return { url: baseOf(url), apiKey };
  if (url)
    throw new UsageError(
      'PAYONCE_API_KEY is missing: set it to the secret of an API key, with the scope ops for most commands.',
    );
  const stack = localStack(env);
  if (stack === undefined)
    throw new UsageError(
      'No Payonce runs here: set PAYONCE_URL and PAYONCE_API_KEY, or start one with npm start (and set DATA_DIR to its own).',
    );
  return { url: stack.apiUrl, apiKey: apiKey || stack.keys.ops };
}

function baseOf(url: string): string {
  const { data } = httpUrl.safeParse(url);
  if (data === undefined) throw new UsageError('PAYONCE_URL must be an http:// or https:// URL.');
  return data;
}

function localStack(env: Environment): RunningStack | undefined {
  try {
    return runningStack(loadConfig(env).dataDir);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(error.message);
  }
}
