/**
 * Arms the failpoints of workers and APIs, life after life, until each has killed as often as the profile
 * asks. The first worker and the first API are spared what everybody passes, so that somebody always goes on.
 */
import { existsSync, readFileSync } from 'node:fs';
import type { Environment } from '../src/config/config.ts';
import { FAILPOINTS, type FailpointName } from '../src/process/failpoints.ts';
import type { Random } from './random.ts';

export type FailpointHits = Record<FailpointName, number>;

export type Role = 'worker' | 'api';

export interface FailpointLane {
  /** What the next life of this process has in its environment. */
  envOfNextLife(): Environment;
  /** From the next life on. */
  arm(): void;
  /** From the next life on. */
  disarm(): void;
}

interface LaneOptions {
  role: Role;
  /** Only what few orders come by kills it. */
  isSpared: boolean;
  /** Of all processes of its role. */
  logs: readonly string[];
  /** How often each is to kill, in whichever of them. */
  wanted: number;
  random: Random;
}

const OF_THE_API = /^(order|webhook|orphan|command|idempotency)\./;
/** A life ends at one of its first visits, or some later, in the middle of its work. */
const HITS = [1, 4] as const;
/** What few orders come by, or only once they are nearly done, must not be passed. */
const SELDOM: ReadonlySet<FailpointName> = new Set([
  'orphan.afterSignalBeforeMark',
  'gateway.capture.afterCallBeforeReturn',
  'gateway.void.afterCallBeforeReturn',
  'gateway.refund.afterCallBeforeReturn',
  'revoke.afterCommitBeforeReturn',
  'creditNote.afterCommitBeforeReturn',
  'message.afterKeepBeforeCall',
  'message.afterCallBeforeMark',
  'crm.afterMarkBeforeReturn',
]);
/** So many deaths ahead of another is too far. */
const AHEAD = 1;
const KILLED = /^failpoint (\S+): killed$/gm;

/** Told by the logs of the processes, which write a line before they die of one. */
export function createFailpointLane(options: LaneOptions): FailpointLane {
  const { role, isSpared, logs, wanted, random } = options;
  const own = FAILPOINTS.filter(
    (name) => OF_THE_API.test(name) === (role === 'api') && (!isSpared || SELDOM.has(name)),
  );
  const hitOf = (name: FailpointName): number => (SELDOM.has(name) ? 1 : random.int(...HITS));
  let isArmed = false;
  let lives = 0;
  return {
    envOfNextLife: () => {
      if (!isArmed) return {};
      lives += 1;
      const hits = countHits(logs.filter((log) => existsSync(log)));
      const missing = own.filter((name) => hits[name] < wanted);
      const armed = lives % 2 === 0 ? notAhead(missing, hits) : missing;
      return { FAILPOINT: armed.map((name) => `${name}:${hitOf(name)}`).join(',') };
    },
    arm: () => {
      isArmed = true;
    },
    disarm: () => {
      isArmed = false;
    },
  };
}

/** Where all are armed, those that every order comes by first kill before any other is reached. */
function notAhead(missing: readonly FailpointName[], hits: FailpointHits): FailpointName[] {
  const least = Math.min(...missing.map((name) => hits[name]));
  return missing.filter((name) => hits[name] < least + AHEAD);
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
