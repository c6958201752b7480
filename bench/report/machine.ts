/** On what the numbers were taken: without it they say nothing. */
import { closeSync, fdatasyncSync, openSync, rmSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { percentile, rounded } from '../measuring/statistics.ts';

export interface Machine {
  cpu: string;
  cores: number;
  memoryGib: number;
  os: string;
  /** Median milliseconds of making 4 KiB durable in the folder of the databases. */
  fsyncP50Ms: number;
}

const GIB = 2 ** 30;
const PAGE = Buffer.alloc(4096, 1);
const SYNCS = 200;

/** @param folder where the databases will be */
export function describeMachine(folder: string): Machine {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model ?? 'unknown',
    cores: os.availableParallelism(),
    memoryGib: Math.round(os.totalmem() / GIB),
    os: `${os.type()} ${os.release()} ${os.arch()}`,
    fsyncP50Ms: rounded(fsyncP50Ms(folder)),
  };
}

function fsyncP50Ms(folder: string): number {
  const file = path.join(folder, 'fsync-probe');
  const descriptor = openSync(file, 'w');
  const times = Array.from({ length: SYNCS }, () => {
    writeSync(descriptor, PAGE);
    const startedAt = performance.now();
    fdatasyncSync(descriptor);
    return performance.now() - startedAt;
  });
  closeSync(descriptor);
  rmSync(file);
  return percentile(times, 0.5);
}
