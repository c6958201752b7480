/**
 * Where the project keeps the Temporal programs that it downloaded or built.
 */
import { homedir } from 'node:os';
import path from 'node:path';
import type { Environment } from '../../config/config.ts';
import type { OnProgress } from '../terminal/progress.ts';

/** What a lookup depends on; `signal` ends it early. */
export type CliLookup = {
  env: Environment;
  version: string;
  onProgress: OnProgress;
  signal?: AbortSignal;
};

/** Where the project keeps the CLI of one version, outside the checkout so that clones share it. */
export function cachedCliPath(env: Environment, version: string): string {
  return path.join(cacheFolder(env), 'temporal-cli', version, 'temporal');
}

/** The folder with the programs of one version of the server, likewise. */
export function cachedServerFolder(env: Environment, version: string): string {
  return path.join(cacheFolder(env), 'temporal-server', version);
}

/** Everything that is downloaded or built once per machine, outside the checkout so that clones share it. */
export function cacheFolder(env: Environment): string {
  return path.join(env.XDG_CACHE_HOME || path.join(env.HOME || homedir(), '.cache'), 'payonce');
}
