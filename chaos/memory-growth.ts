/**
 * Whether a process keeps what it no longer needs. Each life is compared with itself only, once it is warm:
 * code is compiled, pools are full, and what comes then on top has to go again.
 */
import type { MemorySample } from './memory.ts';

export interface Growth {
  name: string;
  pid: number;
  /** The largest while it warmed up. */
  warmMib: number;
  /** The median of its last half minute. */
  endMib: number;
  /** End by warm. */
  ratio: number;
  /** Of the straight line through the last half hour; null for a life that is too short for one. */
  mibPerMinute: number | null;
}

const MINUTE_MS = 60_000;
/** A process is warm after so much of its life, under load all the while. */
const WARM_UP_MS = 30_000;
/** A life says nothing about growth before it has been warm for as long again. */
const MIN_LIFE_MS = 2 * WARM_UP_MS;
const END_MS = 30_000;
/** Process ids come round within an hour of deaths: who was not seen for so long is somebody else. */
const GAP_MS = 30_000;
const SLOPE_MS = 30 * MINUTE_MS;
/** Garbage comes and goes in waves of minutes; a line through fewer says where in the wave it began. */
const MIN_SLOPE_MS = 10 * MINUTE_MS;

/** @returns nothing for lives that were too short to tell */
export function growths(samples: readonly MemorySample[]): Growth[] {
  return livesIn(samples).flatMap(growthOf);
}

function livesIn(samples: readonly MemorySample[]): MemorySample[][] {
  const lives: MemorySample[][] = [];
  const latest = new Map<number, MemorySample[]>();
  for (const sample of samples) {
    const known = latest.get(sample.pid) ?? [];
    const last = known.at(-1);
    const isSame = last?.name === sample.name && sample.at - last.at <= GAP_MS;
    const life = isSame ? known : [];
    if (!isSame) lives.push(life);
    life.push(sample);
    latest.set(sample.pid, life);
  }
  return lives;
}

function growthOf(life: readonly MemorySample[]): Growth[] {
  const [first] = life;
  const last = life.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < MIN_LIFE_MS) return [];
  const warmAt = first.at + WARM_UP_MS;
  const warmMib = Math.max(...life.filter(({ at }) => at <= warmAt).map(({ mib }) => mib));
  const endMib = median(life.filter(({ at }) => at > last.at - END_MS).map(({ mib }) => mib));
  const late = life.filter(({ at }) => at > Math.max(warmAt, last.at - SLOPE_MS));
  const mibPerMinute = last.at - warmAt < MIN_SLOPE_MS ? null : slope(late);
  const ratio = Math.round((endMib / warmMib) * 100) / 100;
  return [{ name: first.name, pid: first.pid, warmMib, endMib, ratio, mibPerMinute }];
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}

/** Least squares, in megabytes a minute. */
function slope(samples: readonly MemorySample[]): number {
  const meanAt = mean(samples.map(({ at }) => at));
  const meanMib = mean(samples.map(({ mib }) => mib));
  const rise = samples.map(({ at, mib }) => (at - meanAt) * (mib - meanMib));
  const run = samples.map(({ at }) => (at - meanAt) ** 2);
  const perMs = sum(rise) / sum(run);
  return Math.round(perMs * MINUTE_MS * 100) / 100;
}

const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);

const mean = (values: readonly number[]): number => sum(values) / values.length;
