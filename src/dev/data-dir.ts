/**
 * Takes a data directory for one stack: nobody else may have it, and whatever a killed supervisor
 * left running in it is ended first.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { tryLock } from './lock-file.ts';
import { endLeftovers } from './process-file.ts';
import type { OnProgress } from './progress.ts';
import { reasonOf, SetupError } from './setup-error.ts';

/**
 * Gives the way to let go of it again.
 * @throws SetupError when a live stack has it, or it cannot be written.
 */
export async function takeDataDir(dataDir: string, onProgress: OnProgress): Promise<() => void> {
  const attempt = lock(dataDir);
  if ('heldBy' in attempt) {
    throw new SetupError(
      `${dataDir} is in use by another Payonce, process ${attempt.heldBy}. Stop that one with ctrl-C, or give this one its own: DATA_DIR=.data-2 npm start`,
    );
  }
  const ended = await endLeftovers(dataDir);
  if (ended.length > 0) onProgress(`ended what the last run left behind: ${ended.join(', ')}`);
  return attempt.release;
}

function lock(dataDir: string) {
  try {
    mkdirSync(path.join(dataDir, 'logs'), { recursive: true });
    return tryLock(path.join(dataDir, 'stack.lock'));
  } catch (error) {
    throw new SetupError(
      `DATA_DIR ${dataDir} cannot be used: ${reasonOf(error)}. Set DATA_DIR to a folder that can be written.`,
    );
  }
}
