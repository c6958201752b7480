/** The figures of a run, counted from its logs. Documents quote a run only from this. */
import os from 'node:os';
import type { Wait } from './acts.ts';
import type { Delivery, Operation, Violation } from './evidence.ts';
import type { FailpointHits } from './failpoints.ts';
import type { FaultName } from './fault-schedule.ts';
import type { GatewayCounts } from './gateway-gate.ts';
import type { Memory } from './memory.ts';
import type { GatewayEvent } from './relay.ts';
import type { Strike } from './storm.ts';

/** `inconclusive`: nothing was violated, but the driver could not keep its own time. */
export type Verdict = 'passed' | 'violated' | 'inconclusive';

export interface Summary {
  verdict: Verdict;
  seed: number;
  profile: string;
  orders: number;
  /** Requests of clients and operators, hostile ones included. */
  requests: number;
  deliveries: number;
  /** Deliveries that were answered 2xx. */
  acked: number;
  /** Acknowledged deliveries of an event that had been acknowledged before. */
  duplicates: number;
  /** Orders that heard of their events in another order than they happened. */
  reordered: number;
  /** Requests and deliveries that were under way beside another one about the same order. */
  raced: number;
  kills: { worker: number; api: number; temporal: number; database: number; failpoint: number };
  failpoints: FailpointHits;
  outages: Partial<Record<FaultName, number>>;
  gateway: GatewayCounts & { crmFailures: number };
  /** Hostile requests and signals. */
  fuzzed: number;
  histories: number;
  /** From the end of the last fault that somebody waited through to what they waited for. */
  recoveryP99Ms: number;
  /** From the beginning of every wait to its end. */
  waitP99Ms: number;
  drainMs: number;
  rssMib: Record<string, Memory>;
  latenessMs: number;
  durationMs: number;
  machine: { cpus: number; node: string };
  violations: readonly Violation[];
}

export interface SummaryParts {
  settings: { seed: number; profile: string; orders: number };
  operations: readonly Operation[];
  deliveries: readonly Delivery[];
  eventsOf: (orderId: string) => readonly GatewayEvent[];
  strikes: readonly Strike[];
  waits: readonly Wait[];
  failpoints: FailpointHits;
  gateway: GatewayCounts & { crmFailures: number };
  hostileSignals: number;
  histories: number;
  rssMib: Record<string, Memory>;
  drainMs: number;
  latenessMs: number;
  durationMs: number;
  violations: readonly Violation[];
}

/** A driver that is later than this no longer does what its seed says. */
const MAX_LATENESS_MS = 2_000;

const KILLS: Partial<Record<FaultName, keyof Summary['kills']>> = {
  workerKills: 'worker',
  apiKills: 'api',
  temporalKills: 'temporal',
  databaseKills: 'database',
};

export function summarize(parts: SummaryParts): Summary {
  const { operations, deliveries, violations, latenessMs } = parts;
  const isAcked = ({ status }: Delivery) => status !== null && status < 300;
  const acked = deliveries.filter(isAcked);
  const invoked = operations.filter(({ phase }) => phase === 'invoke');
  const hostile = invoked.filter(({ kind }) => kind === 'fuzz').length;
  return {
    verdict: verdictOf(violations, latenessMs),
    ...parts.settings,
    requests: invoked.length,
    deliveries: deliveries.length,
    acked: acked.length,
    duplicates: acked.length - new Set(acked.map(({ eventId }) => eventId)).size,
    reordered: countReordered(acked, parts.eventsOf),
    raced: countRaced([...operations, ...deliveries]),
    ...countStrikes(parts),
    failpoints: parts.failpoints,
    gateway: parts.gateway,
    fuzzed: hostile + parts.hostileSignals,
    histories: parts.histories,
    recoveryP99Ms: p99(recoveries(parts)),
    waitP99Ms: p99(parts.waits.map(({ from, to }) => to - from)),
    drainMs: parts.drainMs,
    rssMib: parts.rssMib,
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
    const killed = KILLS[name];
    if (killed === undefined) outages[name] = (outages[name] ?? 0) + 1;
    else kills[killed] += 1;
  }
  return { kills, outages };
}

function countReordered(acked: readonly Delivery[], eventsOf: SummaryParts['eventsOf']): number {
  const heard = byOrder([...acked].sort((a, b) => a.endedAt - b.endedAt));
  return [...heard].filter(([orderId, deliveries]) => {
    const first = [...new Set(deliveries.map(({ eventId }) => eventId))];
    const told = eventsOf(orderId).map(({ id }) => id);
    return told.filter((id) => first.includes(id)).join() !== first.join();
  }).length;
}

type Span = Pick<Delivery, 'orderId' | 'startedAt'> & { endedAt?: number };

/** How many had another one of their order beside them for a moment. */
function countRaced(lines: readonly Span[]): number {
  let raced = 0;
  const spans = lines.filter((line) => line.endedAt !== undefined);
  for (const own of byOrder(spans).values()) {
    const sorted = own.sort((a, b) => a.startedAt - b.startedAt);
    let latestEnd = 0;
    for (const [index, { startedAt, endedAt = startedAt }] of sorted.entries()) {
      const next = sorted[index + 1]?.startedAt ?? Number.POSITIVE_INFINITY;
      if (startedAt < latestEnd || next < endedAt) raced += 1;
      latestEnd = Math.max(latestEnd, endedAt);
    }
  }
  return raced;
}

function byOrder<Line extends { orderId: string }>(lines: readonly Line[]): Map<string, Line[]> {
  const orders = new Map<string, Line[]>();
  for (const line of lines) {
    const own = orders.get(line.orderId);
    if (own === undefined) orders.set(line.orderId, [line]);
    else own.push(line);
  }
  return orders;
}

/** A kill is over at once; everything else when it ends. */
function recoveries({ waits, strikes }: SummaryParts): number[] {
  const ends = strikes.map(({ name, from, to }) => (KILLS[name] === undefined ? to : from));
  return waits.flatMap(({ from, to }) => {
    const through = ends.filter((end) => end > from && end < to);
    return through.length === 0 ? [] : [to - Math.max(...through)];
  });
}

/** 0 where there was nothing to measure. */
function p99(times: readonly number[]): number {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}
