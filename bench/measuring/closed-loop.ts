/**
 * A closed loop: so many are always in flight, and the next begins when one has ended. What happens
 * while the loop warms up is not counted, and the loop does not pause between warming up and measuring.
 */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';

export interface LoopPlan {
  inFlight: number;
  warmUpMs: number;
  measureMs: number;
  /** Measured on, up to four times as long, until so many have ended. */
  atLeast?: number;
  /** No more than this are begun, and the loop ends with the last of them. */
  atMost?: number;
}

export interface LoopResult<Sample> {
  /** What ended while it was measured. */
  samples: Sample[];
  /** How long it was measured. */
  elapsedMs: number;
  /** How many have ended in all, with those of the warm-up and those that were still under way. */
  total: number;
}

export interface Meter {
  /** Called when the warm-up is over. */
  begin(): void;
  /** Called when the measured time is over, while work still goes on. */
  end(): void;
}

/** A side that is slower than that is told by few samples as well. */
const MOST_TURNS = 4;

/** @throws the first error of `work`, once everything under way has ended */
export async function closedLoop<Sample>(
  plan: LoopPlan,
  meter: Meter,
  work: (index: number) => Promise<Sample>,
): Promise<LoopResult<Sample>> {
  const { inFlight, warmUpMs, measureMs, atLeast = 0, atMost = Number.POSITIVE_INFINITY } = plan;
  const over = new AbortController();
  const samples: Sample[] = [];
  let [begun, total, isMeasured] = [0, 0, false];

  const runner = async () => {
    while (!over.signal.aborted && begun < atMost) {
      begun += 1;
      const sample = await work(begun);
      total += 1;
      if (isMeasured) samples.push(sample);
    }
  };
  const stopOnError = (error: unknown) => {
    over.abort();
    throw error;
  };
  const runners = Promise.allSettled(
    Array.from({ length: inFlight }, () => runner().catch(stopOnError)),
  );
  const allEnded = runners.then(() => over.abort());

  await pause(warmUpMs, over.signal);
  isMeasured = true;
  meter.begin();
  const startedAt = performance.now();
  for (let turn = 0; turn < MOST_TURNS; turn += 1) {
    await pause(measureMs, over.signal);
    if (samples.length >= atLeast || over.signal.aborted) break;
  }
  const elapsedMs = performance.now() - startedAt;
  meter.end();
  isMeasured = false;
  over.abort();
  await allEnded;
  const failure = (await runners).find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return { samples, elapsedMs, total };
}

async function pause(durationMs: number, signal: AbortSignal): Promise<void> {
  await sleep(durationMs, undefined, { signal }).catch(() => undefined);
}
