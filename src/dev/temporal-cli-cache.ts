/**
 * Where the project keeps a Temporal CLI that it downloaded or built.
 */
import { homedir } from 'node:os';
import path from 'node:path';
import type { Environment } from '../config.ts';
import type { OnProgress } from './progress.ts';

/** What a lookup depends on; `signal` ends it early. */
export type CliLookup = {
  env: Environment;
  version: string;
  onProgress: OnProgress;
  signal?: AbortSignal;
};

/** Where the project keeps the CLI of one version, outside the checkout so that clones share it. */
export function cachedCliPath(env: Environment, version: string): string {
  const cache = env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), '.cache');
  return path.join(cache, 'payonce', 'temporal-cli', version, 'temporal');
}
