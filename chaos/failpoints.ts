/**
 * Arms the failpoints of workers and APIs, life after life, until each has killed as often as the profile
 * asks, in whichever of the processes.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Environment } from '../src/config.ts';
import { FAILPOINTS, type FailpointName } from '../src/failpoints.ts';
import type { Random } from './random.ts';

export type FailpointHits = Record<FailpointName, number>;

export interface FailpointLane {
  /** What the next life of any of its processes has in its environment. */
  envOfNextLife(): Environment;
  /** From the next life on. */
  arm(): void;
  /** From the next life on. */
  disarm(): void;
}

interface LaneOptions {
  role: 'worker' | 'api';
  /** Of the processes that they kill. */
  logs: readonly string[];
  /** How often each is to kill. */
  wanted: number;
  random: Random;
}

const OF_THE_API = /^(order|webhook|orphan|command|idempotency)\./;
/** A life ends at one of its first visits, or some later, in the middle of its work. */
const HITS = [1, 4] as const;
/** What few orders come by must not be passed. */
const SELDOM: ReadonlySet<FailpointName> = new Set([
  'orphan.afterSignalBeforeMark',
  'gateway.capture.afterCallBeforeReturn',
  'gateway.void.afterCallBeforeReturn',
  'gateway.refund.afterCallBeforeReturn',
  'revoke.afterCommitBeforeReturn',
  'creditNote.afterCommitBeforeReturn',
]);
const KILLED = /^failpoint (\S+): killed$/gm;

/** Told by the logs of the processes, which write a line before they die of one. */
export function createFailpointLane({ role, logs, wanted, random }: LaneOptions): FailpointLane {
  const own = FAILPOINTS.filter((name) => OF_THE_API.test(name) === (role === 'api'));
  let isArmed = false;
  return {
    envOfNextLife: () => {
      if (!isArmed) return {};
      const hits = countHits(logs.filter((log) => existsSync(log)));
      const missing = own.filter((name) => hits[name] < wanted);
      const hitOf = (name: FailpointName) => (SELDOM.has(name) ? 1 : random.int(...HITS));
      return { FAILPOINT: missing.map((name) => `${name}:${hitOf(name)}`).join(',') };
    },
    arm: () => {
      isArmed = true;
    },
    disarm: () => {
      isArmed = false;
    },
  };
}

/** How often each failpoint has killed, as the logs tell. */
export function countHits(logs: readonly string[]): FailpointHits {
  const hits = Object.fromEntries(FAILPOINTS.map((name) => [name, 0])) as FailpointHits;
  for (const log of logs)
    for (const [, name] of readFileSync(log, 'utf8').matchAll(KILLED))
      if (isFailpoint(name)) hits[name] += 1;
  return hits;
}

function isFailpoint(name: string | undefined): name is FailpointName {
  return FAILPOINTS.some((known) => known === name);
}
