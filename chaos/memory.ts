/** How much memory the processes of a run have, sampled while they live. */
import { execFileSync } from 'node:child_process';
import type { KeptProcess } from './kept-process.ts';

/** Resident megabytes. */
export interface Memory {
  first: number;
  last: number;
  max: number;
}

const SAMPLE_EVERY_MS = 5_000;
const KIB_PER_MIB = 1024;

/** @returns the samples, which stop when the signal is given */
export function watchMemory(
  processes: ReadonlyMap<string, KeptProcess>,
  signal: AbortSignal,
): ReadonlyMap<string, Memory> {
  const memory = new Map<string, Memory>();
  const sample = () => {
    for (const { name, pid, isReady } of processes.values()) {
      const mib = isReady() ? residentMib(pid()) : undefined;
      if (mib === undefined) continue;
      const { first = mib, max = mib } = memory.get(name) ?? {};
      memory.set(name, { first, last: mib, max: Math.max(max, mib) });
    }
  };
  sample();
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return memory;
}

function residentMib(pid: number | undefined): number | undefined {
  if (pid === undefined) return undefined;
  try {
    const text = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
    return Math.round(Number(text) / KIB_PER_MIB);
  } catch {
    // It has died since.
    return undefined;
  }
}
