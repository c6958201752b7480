/**
 * Reads the gateway's environment, all of it before anything listens.
 * A secret is never part of an error message.
 */
import { join } from 'node:path';
import { ConfigError, type Environment, readSettings } from '../config/settings.ts';
import type { SandboxOptions } from './sandbox.ts';

export type ConfigResult =
  | { readonly options: Omit<SandboxOptions, 'log'> }
  | { readonly problems: readonly string[] };

/** The options to start with, or one line for each variable that is wrong. */
export function readConfig(env: Environment): ConfigResult {
  try {
    const settings = readSettings(env, 'sandbox');
    const [secret = ''] = settings.SANDBOX_WEBHOOK_SECRETS;
    return {
      options: {
        port: settings.SANDBOX_PORT,
        store: { directory: join(settings.DATA_DIR, 'sandbox') },
        webhooks: { url: settings.SANDBOX_WEBHOOK_URL, secret },
      },
    };
  } catch (error) {
    if (error instanceof ConfigError) return { problems: error.problems };
    throw error;
  }
}
