/**
 * A lock that one process of this machine holds, kept as a file with its process id. A lock whose
 * holder has died is taken over, so that `kill -9` never leaves anything locked.
 */
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isStillRunning, type NotedProcess, note } from './live-process.ts';

/** Either the lock with the way to give it back, or the process that has it. */
export type LockAttempt = { release: () => void } | { heldBy: number };

/** Waiting is for minutes-long builds; half a second late is not noticed. */
const POLL_MS = 500;

/** Takes the lock when it is free. */
export function tryLock(file: string): LockAttempt {
  mkdirSync(path.dirname(file), { recursive: true });
  const mine = JSON.stringify(note(process.pid));
  if (place(file, mine)) return { release: () => release(file, mine) };
  const holder = readHolder(file);
  if (holder && isStillRunning(holder)) return { heldBy: holder.pid };
  rmSync(file, { force: true });
  return place(file, mine)
    ? { release: () => release(file, mine) }
    : { heldBy: readHolder(file)?.pid ?? 0 };
}

/** Waits for the lock, then runs `work` with it. */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  onWait: (holder: number) => void,
  signal?: AbortSignal,
): Promise<T> {
  let attempt = tryLock(file);
  if ('heldBy' in attempt) onWait(attempt.heldBy);
  while ('heldBy' in attempt) {
    await sleep(POLL_MS, undefined, { ...(signal && { signal }) });
    attempt = tryLock(file);
  }
  try {
    return await work();
  } finally {
    attempt.release();
  }
}

/** Linking a finished file makes the lock appear with its content, or not at all. */
function place(file: string, content: string): boolean {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content, { mode: 0o600 });
  try {
    linkSync(draft, file);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readHolder(file: string): NotedProcess | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as NotedProcess;
  } catch {
    return undefined;
  }
}

function release(file: string, mine: string): void {
  try {
    if (readFileSync(file, 'utf8') === mine) rmSync(file);
  } catch {
    // When the data directory was removed, the lock went with it.
  }
}
