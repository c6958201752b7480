/** The figures of a run, counted from its logs. Documents quote a run only from this. */
import os from 'node:os';
import type { Wait } from './acts.ts';
import type { Delivery, Operation, Violation } from './evidence.ts';
import type { FailpointHits } from './failpoints.ts';
import type { FaultName } from './fault-schedule.ts';
import type { GatewayCounts } from './gateway-gate.ts';
import type { GatewayWebhook } from './invariants/gateway-truth.ts';
import type { LifeName } from './lives.ts';
import { type Memory, type MemorySample, memoryByName } from './memory.ts';
import { type Growth, growths } from './memory-growth.ts';
import type { Profile } from './profile.ts';
import { killedBy, recoveries, toldSpans } from './recovery.ts';
import { shortfallsOf } from './shortfalls.ts';
import type { Strike } from './storm.ts';
import { countRaced, countReordered } from './traffic.ts';
import { isAcknowledged } from './webhook-sender.ts';

/**
 * Nothing was violated in a run that is `inconclusive`, whose driver could not keep its own time, and in one that is
 * `short`, which did not reach its size; neither has passed.
 */
export type Verdict = 'passed' | 'violated' | 'inconclusive' | 'short';

export const EXIT_CODES: Record<Verdict, number> = {
  passed: 0,
  violated: 1,
  inconclusive: 2,
  short: 2,
};

export interface Summary {
  verdict: Verdict;
  seed: number;
  profile: string;
  orders: number;
  /** How many of each kind came. */
  lives: Partial<Record<LifeName, number>>;
  /** Requests of clients and operators, hostile ones included. */
  requests: number;
  deliveries: number;
  /** Deliveries that were answered 2xx. */
  acked: number;
  /** Acknowledged deliveries of an event that had been acknowledged before. */
  duplicates: number;
  /** Orders that heard of their events in another order than they happened. */
  reordered: number;
  /** Orders of which the gateway told more than one event. */
  reorderable: number;
  /** Requests and deliveries that were under way beside another one about the same order. */
  raced: number;
  kills: { worker: number; api: number; temporal: number; database: number; failpoint: number };
  failpoints: FailpointHits;
  outages: Partial<Record<FaultName, number>>;
  gateway: GatewayCounts & { crmFailures: number };
  /** Hostile requests and signals. */
  fuzzed: number;
  hostileSignals: number;
  histories: number;
  /** From the end of the last fault that an event was told through until its order had taken it up. */
  takenUpP99Ms: number;
  /** From the end of the last fault that somebody waited through to what they waited for. */
  recoveryP99Ms: number;
  /** From the beginning of every wait to its end. */
  waitP99Ms: number;
  drainMs: number;
  rssMib: Record<string, Memory>;
  /** Of each life that lasted long enough to tell. */
  growth: readonly Growth[];
  latenessMs: number;
  durationMs: number;
  /** In what the run fell short of its profile; nothing is wrong with what it did do. Empty where it has passed. */
  shortfalls: readonly string[];
  machine: { cpus: number; node: string };
  violations: readonly Violation[];
}

export interface SummaryParts {
  settings: { seed: number; profile: string; orders: number };
  profile: Profile;
  lives: Summary['lives'];
  operations: readonly Operation[];
  deliveries: readonly Delivery[];
  /** By the gateway, in its own order. */
  told: readonly GatewayWebhook[];
  strikes: readonly Strike[];
  waits: readonly Wait[];
  /** By the gateway's id of an event, when its order had taken it up, in milliseconds since 1970. */
  takenUp: ReadonlyMap<string, number>;
  failpoints: FailpointHits;
  gateway: GatewayCounts & { crmFailures: number };
  hostileSignals: number;
  histories: number;
  memory: readonly MemorySample[];
  drainMs: number;
  latenessMs: number;
  durationMs: number;
  violations: readonly Violation[];
}

/** A driver that is later than this no longer does what its seed says. */
export const MAX_LATENESS_MS = 2_000;

export function summarize(parts: SummaryParts): Summary {
  const counted = count(parts);
  const shortfalls = shortfallsOf(counted, parts.profile);
  const isShort = counted.verdict === 'passed' && shortfalls.length > 0;
  return { ...counted, verdict: isShort ? 'short' : counted.verdict, shortfalls };
}

function count(parts: SummaryParts): Omit<Summary, 'shortfalls'> {
  const { operations, deliveries, strikes, violations, latenessMs } = parts;
  const acked = deliveries.filter(isAcknowledged);
  const invoked = operations.filter(({ phase }) => phase === 'invoke');
  const hostile = invoked.filter(({ kind }) => kind === 'fuzz').length;
  return {
    verdict: verdictOf(violations, latenessMs),
    ...parts.settings,
    lives: parts.lives,
    requests: invoked.length,
    deliveries: deliveries.length,
    acked: acked.length,
    duplicates: acked.length - new Set(acked.map(({ eventId }) => eventId)).size,
    ...countReordered(acked, parts.told),
    raced: countRaced([...operations, ...deliveries]),
    ...countStrikes(parts),
    failpoints: parts.failpoints,
    gateway: parts.gateway,
    fuzzed: hostile + parts.hostileSignals,
    hostileSignals: parts.hostileSignals,
    histories: parts.histories,
    takenUpP99Ms: p99(recoveries(toldSpans(deliveries, parts.takenUp), strikes)),
    recoveryP99Ms: p99(recoveries(parts.waits, strikes)),
    waitP99Ms: p99(parts.waits.map(({ from, to }) => to - from)),
    drainMs: parts.drainMs,
    rssMib: memoryByName(parts.memory),
    growth: growths(parts.memory),
    latenessMs,
    durationMs: parts.durationMs,
    machine: { cpus: os.cpus().length, node: process.version },
    violations,
  };
}

function verdictOf(violations: readonly Violation[], latenessMs: number): Verdict {
  if (violations.length > 0) return 'violated';
  return latenessMs > MAX_LATENESS_MS ? 'inconclusive' : 'passed';
}

function countStrikes({ strikes, failpoints }: SummaryParts): Pick<Summary, 'kills' | 'outages'> {
  const failpoint = Object.values(failpoints).reduce((total, hits) => total + hits, 0);
  const kills = { worker: 0, api: 0, temporal: 0, database: 0, failpoint };
  const outages: Summary['outages'] = {};
  for (const { name } of strikes) {
    const killed = killedBy(name);
    if (killed === null) outages[name] = (outages[name] ?? 0) + 1;
    else kills[killed] += 1;
  }
  return { kills, outages };
}

/** 0 where there was nothing to measure. */
function p99(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}
