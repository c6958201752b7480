/** Lives very many seeds on all cores at once, a process for each, and counts what came of them. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Batch, Lived } from './simulate-lives.ts';

export interface Lives {
  steps: number;
  /** By promise, the seeds that broke it, in their order. */
  broken: ReadonlyMap<string, readonly number[]>;
}

interface Options extends Batch {
  onProgress(line: string): void;
}

/** Often enough to see that it is alive, seldom enough not to fill a log. */
const PROGRESS_EVERY_MS = 10_000;
/** A second's work, so that no core waits long for the others at the end. */
const BATCH = 500;
const SCRIPT = fileURLToPath(new URL('simulate-lives.ts', import.meta.url));

export async function liveMany({ from, seeds, onProgress }: Options): Promise<Lives> {
  const startedAt = Date.now();
  const batches = batchesOf({ from, seeds });
  const broken = new Map<string, number[]>();
  let [lived, steps, toldAt] = [0, 0, startedAt];

  function count(some: Lived): void {
    lived += some.seeds;
    steps += some.steps;
    for (const { rule, seed } of some.broken) broken.set(rule, [...(broken.get(rule) ?? []), seed]);
    if (Date.now() - toldAt < PROGRESS_EVERY_MS) return;
    toldAt = Date.now();
    const perSecond = Math.round((lived * 1000) / (toldAt - startedAt));
    onProgress(`${lived} of ${seeds} lives, ${perSecond} a second, ${broken.size} broken`);
  }

  async function core(): Promise<void> {
    const child = fork(SCRIPT, { execArgv: ['--import', 'tsx'] });
    for (const batch of batches) count(await livedBy(child, batch));
    child.disconnect();
  }

  await Promise.all(Array.from({ length: os.availableParallelism() }, core));
  for (const own of broken.values()) own.sort((a, b) => a - b);
  return { steps, broken };
}

function* batchesOf({ from, seeds }: Batch): Generator<Batch> {
  for (let at = from; at < from + seeds; at += BATCH)
    yield { from: at, seeds: Math.min(BATCH, from + seeds - at) };
}

/** @throws Error when the process ends instead */
async function livedBy(child: ChildProcess, batch: Batch): Promise<Lived> {
  const settled = new AbortController();
  const { signal } = settled;
  child.send(batch);
  const answered = once(child, 'message', { signal });
  const ended = once(child, 'exit', { signal }).then(([code]) => {
    throw new Error(`a process ended with ${code} at the seeds from ${batch.from}`);
  });
  try {
    const [lived] = await Promise.race([answered, ended]);
    return lived as Lived;
  } finally {
    settled.abort();
    for (const waiting of [answered, ended]) waiting.catch(() => {});
  }
}
