/**
 * When which fault strikes, decided by the seed before the run begins. Faults of one kind come one after the
 * other, those of another kind meanwhile: never everything at once.
 */
import type { FaultCounts } from './profile.ts';
import type { Random } from './random.ts';

export type FaultName = keyof FaultCounts;

export interface PlannedFault {
  name: FaultName;
  /** Milliseconds after the load has begun. */
  at: number;
}

const KILLS: readonly FaultName[] = ['workerKills', 'apiKills'];
/** They last, and nothing else has to wait for them. */
const CLOCKS: readonly FaultName[] = ['clockSkews'];
const RUNS: readonly FaultName[] = ['runTerminations', 'runCancellations', 'runResets'];
/** After everything else, as callers have to stand still for it. */
const LAST: readonly FaultName[] = ['namespaceDeletions'];

/** @returns the infrastructure's faults, the kills, the clocks that go wrong, and the runs that are ended by hand; nothing of the loss of the namespace, which comes last */
export function planFaults(
  counts: FaultCounts,
  loadMs: number,
  random: Random,
): readonly PlannedFault[][] {
  const all = Object.keys(counts) as FaultName[];
  const others = [...KILLS, ...CLOCKS, ...RUNS, ...LAST];
  const infrastructure = all.filter((name) => !others.includes(name));
  return [infrastructure, KILLS, CLOCKS, RUNS].map((names) => {
    const faults = names.flatMap((name) => Array.from({ length: counts[name] }, () => name));
    return spread(faults, loadMs, random);
  });
}

/** @returns what strikes once all other faults are over */
export function planLast(counts: FaultCounts): readonly PlannedFault[] {
  return LAST.flatMap((name) => Array.from({ length: counts[name] }, () => ({ name, at: 0 })));
}

/** One in each equal part of the time, somewhere in the first half of that part. */
function spread(names: readonly FaultName[], loadMs: number, random: Random): PlannedFault[] {
  const partMs = loadMs / Math.max(1, names.length);
  return random
    .shuffle(names)
    .map((name, index) => ({ name, at: Math.round((index + random.next() / 2) * partMs) }));
}
