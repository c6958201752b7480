/**
 * When which fault strikes, decided by the seed before the run begins. Faults of the infrastructure come
 * one after the other, and processes are killed meanwhile: never everything at once.
 */
import type { FaultCounts } from './profile.ts';
import type { Random } from './random.ts';

export type FaultName = keyof FaultCounts;

export interface PlannedFault {
  name: FaultName;
  /** Milliseconds after the load has begun. */
  at: number;
}

export interface FaultSchedule {
  infrastructure: PlannedFault[];
  kills: PlannedFault[];
}

const KILLS: ReadonlySet<FaultName> = new Set(['workerKills', 'apiKills']);

export function planFaults(counts: FaultCounts, loadMs: number, random: Random): FaultSchedule {
  const names = (Object.keys(counts) as FaultName[]).flatMap((name) =>
    Array.from({ length: counts[name] }, () => name),
  );
  const isKill = (name: FaultName): boolean => KILLS.has(name);
  return {
    infrastructure: spread(
      names.filter((name) => !isKill(name)),
      loadMs,
      random,
    ),
    kills: spread(names.filter(isKill), loadMs, random),
  };
}

/** One in each equal part of the time, somewhere in the first half of that part. */
function spread(names: readonly FaultName[], loadMs: number, random: Random): PlannedFault[] {
  const partMs = loadMs / Math.max(1, names.length);
  return random
    .shuffle(names)
    .map((name, index) => ({ name, at: Math.round((index + random.next() / 2) * partMs) }));
}
