/**
 * Takes a data directory for one stack: no other may use it, and whatever a killed supervisor
 * left running in it is ended first.
 */
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { noSpaceError } from '../processes/disk-space.ts';
import { tryLock } from '../processes/lock-file.ts';
import { endLeftovers } from '../processes/process-file.ts';
import type { OnProgress } from '../terminal/progress.ts';
import { reasonOf, SetupError } from '../terminal/setup-error.ts';

/**
 * PostgreSQL gives up root's rights and has to reach its own folder through this one, so the folder of root
 * may be entered, and not listed.
 */
const DATA_DIR_MODE = process.getuid?.() === 0 ? 0o711 : 0o700;
const PRIVATE_FOLDERS = ['logs', 'sandbox'];
/** A data directory may be a folder with other files. */
const OURS = /^(temporal\.db|gateway\.db|keys\.json|stack\.)|\.log$/;

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
    mkdirSync(dataDir, { recursive: true, mode: DATA_DIR_MODE });
    for (const folder of PRIVATE_FOLDERS)
      mkdirSync(path.join(dataDir, folder), { mode: 0o700, recursive: true });
    const attempt = tryLock(path.join(dataDir, 'stack.lock'));
    if ('release' in attempt) closeToOthers(dataDir);
    return attempt;
  } catch (error) {
    const noSpace = noSpaceError(dataDir, error);
    if (noSpace !== undefined) throw noSpace;
    throw new SetupError(
      `DATA_DIR ${dataDir} cannot be used: ${reasonOf(error)}. Set DATA_DIR to a folder that can be written.`,
    );
  }
}

/** What an earlier version has left open to other users; the folder of PostgreSQL takes care of itself. */
function closeToOthers(dataDir: string): void {
  for (const folder of ['.', ...PRIVATE_FOLDERS])
    for (const name of readdirSync(path.join(dataDir, folder))) {
      const entry = path.join(dataDir, folder, name);
      if (OURS.test(name) && statSync(entry).isFile()) chmodSync(entry, 0o600);
    }
  for (const folder of PRIVATE_FOLDERS) chmodSync(path.join(dataDir, folder), 0o700);
}
