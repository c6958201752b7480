/**
 * Follows the files of secrets (`API_KEYS_FILE` and the like), so that keys change without a restart. They are read
 * and not watched by notifications: what mounts secrets swaps whole folders, which notifications miss.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Environment } from '../config/config.ts';

const LOOK_EVERY_MS = 1_000;

export interface SecretFiles {
  env: Environment;
  /** Of the variables whose files are followed, such as `API_KEYS`. */
  names: readonly string[];
  /** Takes new contents in the place of the old ones, or throws and keeps these. */
  take(changed: readonly string[]): void;
  /** The new contents are not as they should be; the old ones stay. */
  onRefused(error: unknown): void;
  signal: AbortSignal;
}

/**
 * Hands on each change once, when a file has been the same for two looks: half a file is not taken while it is written.
 * Ends with `signal`, and at once where no secret lies in a file.
 */
export async function followSecretFiles(files: SecretFiles): Promise<void> {
  const { take, onRefused, signal } = files;
  const paths = pathsOf(files);
  if (paths.length === 0) return;
  let current = digestsOf(paths);
  let last = current;
  while (await nextLook(signal)) {
    const found = digestsOf(paths);
    const isSettled = isSame(found, last);
    last = found;
    if (!isSettled || isSame(found, current)) continue;
    const changed = paths.filter((_, i) => found[i] !== current[i]).map(({ name }) => name);
    current = found;
    try {
      take(changed);
    } catch (error) {
      onRefused(error);
    }
  }
}

interface SecretFile {
  name: string;
  path: string;
}

function pathsOf({ env, names }: SecretFiles): SecretFile[] {
  return names.flatMap((name) => {
    const path = env[`${name}_FILE`]?.trim();
    return path ? [{ name, path }] : [];
  });
}

/** Of a file that cannot be read, why. */
function digestsOf(paths: readonly SecretFile[]): string[] {
  return paths.map(({ path }) => {
    try {
      return createHash('sha256').update(readFileSync(path)).digest('hex');
    } catch (error) {
      return String(error);
    }
  });
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.every((digest, i) => digest === b[i]);
}

async function nextLook(signal: AbortSignal): Promise<boolean> {
  return sleep(LOOK_EVERY_MS, true, { signal, ref: false }).catch(() => false);
}
