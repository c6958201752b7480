/** How much memory the processes of a run have, sampled while they live. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KeptProcess } from './kept-process.ts';

/** One life of one process; its next life has another pid. */
export interface MemorySample {
  name: string;
  pid: number;
  /** Milliseconds since 1970. */
  at: number;
  /** Resident. */
  mib: number;
}

/** Resident megabytes of all lives of a process together. */
export interface Memory {
  first: number;
  last: number;
  max: number;
}

const SAMPLE_EVERY_MS = 5_000;
const KIB_PER_MIB = 1024;
const run = promisify(execFile);

/** @returns the samples, which stop when the signal is given */
export function watchMemory(
  processes: ReadonlyMap<string, KeptProcess>,
  signal: AbortSignal,
): readonly MemorySample[] {
  const samples: MemorySample[] = [];
  const sample = async () => {
    samples.push(...(await residentMib(processes)));
  };
  void sample();
  const timer = setInterval(() => void sample(), SAMPLE_EVERY_MS);
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  return samples;
}

export function memoryByName(samples: readonly MemorySample[]): Record<string, Memory> {
  const memory: Record<string, Memory> = {};
  for (const { name, mib } of samples) {
    const { first = mib, max = mib } = memory[name] ?? {};
    memory[name] = { first, last: mib, max: Math.max(max, mib) };
  }
  return memory;
}

async function residentMib(processes: ReadonlyMap<string, KeptProcess>): Promise<MemorySample[]> {
  const ready = [...processes.values()].filter((kept) => kept.isReady());
  const names = new Map(ready.map((kept) => [kept.pid(), kept.name]));
  const at = Date.now();
  // It fails when none of them is there any more.
  const { stdout } = await run('ps', ['-o', 'pid=,rss=', '-p', [...names.keys()].join()]).catch(
    () => ({ stdout: '' }),
  );
  return stdout.split('\n').flatMap((line) => {
    const [pid = 0, rss = 0] = line.trim().split(/\s+/).map(Number);
    const name = names.get(pid);
    return name === undefined ? [] : [{ name, pid, at, mib: Math.round(rss / KIB_PER_MIB) }];
  });
}
