/** How much memory the processes of a run have, sampled while they live. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KeptProcess } from './kept-process.ts';

/** Resident megabytes. */
export interface Memory {
  first: number;
  last: number;
  max: number;
}

const SAMPLE_EVERY_MS = 10_000;
const KIB_PER_MIB = 1024;
const run = promisify(execFile);

/** @returns the samples, which stop when the signal is given */
export function watchMemory(
  processes: ReadonlyMap<string, KeptProcess>,
  signal: AbortSignal,
): ReadonlyMap<string, Memory> {
  const memory = new Map<string, Memory>();
  const sample = async () => {
    for (const [name, mib] of await residentMib(processes)) {
      const { first = mib, max = mib } = memory.get(name) ?? {};
      memory.set(name, { first, last: mib, max: Math.max(max, mib) });
    }
  };
  void sample();
  const timer = setInterval(() => void sample(), SAMPLE_EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return memory;
}

async function residentMib(
  processes: ReadonlyMap<string, KeptProcess>,
): Promise<Map<string, number>> {
  const ready = [...processes.values()].filter((kept) => kept.isReady());
  const names = new Map(ready.map((kept) => [kept.pid(), kept.name]));
  const found = new Map<string, number>();
  // It fails when none of them is there any more.
  const { stdout } = await run('ps', ['-o', 'pid=,rss=', '-p', [...names.keys()].join()]).catch(
    () => ({ stdout: '' }),
  );
  for (const line of stdout.split('\n')) {
    const [pid, rss = 0] = line.trim().split(/\s+/).map(Number);
    const name = names.get(pid);
    if (name !== undefined) found.set(name, Math.round(rss / KIB_PER_MIB));
  }
  return found;
}
