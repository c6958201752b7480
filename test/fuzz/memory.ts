/** What the API processes weigh while they are fuzzed. */
import { readFileSync } from 'node:fs';

export interface Weight {
  warmMiB: number;
  maxMiB: number;
  ratio: number;
}

export interface Scales {
  /** Call it while requests run, at `done` of all of them (0 to 1). */
  weigh(done: number): void;
  weights(): Record<string, Weight>;
}

/** Before, code is compiled and caches fill; what comes later must not grow with the requests. */
const WARM_AT = 0.25;

/** @param pids of the processes, by name */
export function createScales(pids: Readonly<Record<string, number>>): Scales {
  const seen = new Map(Object.keys(pids).map((name) => [name, { warmMiB: 0, maxMiB: 0 }]));
  return {
    weigh: (done) => {
      for (const [name, weight] of seen) {
        const nowMiB = residentMiB(pids[name] ?? 0);
        if (done <= WARM_AT) weight.warmMiB = Math.max(weight.warmMiB, nowMiB);
        else weight.maxMiB = Math.max(weight.maxMiB, nowMiB);
      }
    },
    weights: () =>
      Object.fromEntries(
        [...seen].map(([name, { warmMiB, maxMiB }]) => {
          return [name, { warmMiB, maxMiB, ratio: Math.round((maxMiB / warmMiB) * 100) / 100 }];
        }),
      ),
  };
}

/** @throws Error when the process is gone. */
function residentMiB(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Math.round(Number(kib) / 1024);
}
