/**
 * Arms the failpoints of one worker and one API, life after life, until each has killed as often as the
 * profile asks. The other worker and API are left alone by this, so that somebody always goes on.
 */
import { readFileSync } from 'node:fs';
import type { Environment } from '../src/config.ts';
import { FAILPOINTS, type FailpointName } from '../src/failpoints.ts';
import type { Random } from './random.ts';

export type FailpointHits = Record<FailpointName, number>;

export interface FailpointLane {
  /** What the next life of this process has in its environment. */
  envOfNextLife(): Environment;
  /** From the next life on. */
  arm(): void;
  /** From the next life on. */
  disarm(): void;
}

interface LaneOptions {
  role: 'worker' | 'api';
  log: string;
  /** How often each is to kill. */
  wanted: number;
  random: Random;
}

const OF_THE_API = /^(order|webhook|orphan|command|idempotency)\./;
/** A life ends at one of its first visits, or some dozen later, in the middle of its work. */
const HITS = [1, 12] as const;
const KILLED = /^failpoint (\S+): killed$/gm;

/** Told by the log of the process, which writes a line before it dies of one. */
export function createFailpointLane({ role, log, wanted, random }: LaneOptions): FailpointLane {
  const own = FAILPOINTS.filter((name) => OF_THE_API.test(name) === (role === 'api'));
  let isArmed = false;
  return {
    envOfNextLife: () => {
      if (!isArmed) return {};
      const hits = countHits([log]);
      const missing = own.filter((name) => hits[name] < wanted);
      return { FAILPOINT: missing.map((name) => `${name}:${random.int(...HITS)}`).join(',') };
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
