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
  /** Whether no secret lies in a file. */
  isEmpty: boolean;
  /**
   * Names of the variables whose files have changed, each change once, when a file has been the same for two looks:
   * half a file is not named while it is written.
   */
  look(): readonly string[];
}

/**
 * Makes note of the files as they are. Made before the settings are read, it names a file too that changes while the
 * process starts.
 *
 * @param names of the variables whose files are followed, such as `API_KEYS`
 */
export function openSecretFiles(env: Environment, names: readonly string[]): SecretFiles {
  const paths = pathsOf(env, names);
  let current = digestsOf(paths);
  let last = current;
  return {
    isEmpty: paths.length === 0,
    look: () => {
      const found = digestsOf(paths);
      const isSettled = isSame(found, last);
      last = found;
      if (!isSettled) return [];
      const changed = paths.filter((_, i) => found[i] !== current[i]).map(({ name }) => name);
      current = found;
      return changed;
    },
  };
}

export interface SecretFilesUse {
  /** Takes new contents in the place of the old ones, or throws and keeps these. */
  take(changed: readonly string[]): void;
  /** The new contents are not as they should be; the old ones stay. */
  onRefused(error: unknown): void;
  signal: AbortSignal;
}

/** Ends with `signal`, and at once where no secret lies in a file. */
export async function followSecretFiles(
  files: SecretFiles,
  { take, onRefused, signal }: SecretFilesUse,
): Promise<void> {
  if (files.isEmpty) return;
  while (await nextLook(signal)) {
    const changed = files.look();
    if (changed.length === 0) continue;
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

function pathsOf(env: Environment, names: readonly string[]): SecretFile[] {
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
