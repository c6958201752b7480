/** What one workload on one side comes to, in one round and over all rounds. */
import { median, percentile, rounded } from './measuring/statistics.ts';
import type { History } from './side.ts';

/** Numbers that do not exist on a side are null: no history, or no `/proc`. */
export interface WorkloadResult {
  perSecond: number;
  /** Lowest and highest `perSecond` of the rounds. */
  spread: [number, number];
  p50Ms: number;
  p99Ms: number;
  /** Until a delivered webhook was answered. */
  ackP50Ms: number;
  ackP99Ms: number;
  /** CPU time an order, or a delivery, of all processes but the bench and the gateway. */
  cpuMs: number | null;
  cpuMsByRole: Record<string, number>;
  /** Of the last order. */
  historyEvents: number | null;
  signals: number | null;
  actions: number | null;
  /** How many orders or deliveries were measured. */
  samples: number;
  /** Calls that were answered with 503 and sent again. */
  refusals: number;
  /** Resident memory in MiB, where the workload is about it. */
  memoryMibByRole?: Record<string, number>;
  /** The stages of a workload that grows. */
  stages?: Stage[];
}

/** The same measurement with so many orders in the store. */
export interface Stage {
  orders: number;
  perSecond: number;
  cpuMs: number | null;
  memoryMibByRole: Record<string, number>;
}

interface Measured {
  units: number;
  elapsedMs: number;
  latenciesMs: readonly number[];
  acksMs: readonly number[];
  cpuMs: Record<string, number>;
  history: History | undefined;
}

/** @throws Error when nothing ended while it was measured */
export function resultOf(measured: Measured): WorkloadResult {
  const { units, elapsedMs, latenciesMs, acksMs, cpuMs, history } = measured;
  if (units === 0) throw new Error(`nothing has ended in ${Math.round(elapsedMs / 1000)} s`);
  const perSecond = rounded((units * 1000) / elapsedMs);
  return {
    perSecond,
    spread: [perSecond, perSecond],
    p50Ms: rounded(percentile(latenciesMs, 0.5)),
    p99Ms: rounded(percentile(latenciesMs, 0.99)),
    ackP50Ms: rounded(percentile(acksMs, 0.5)),
    ackP99Ms: rounded(percentile(acksMs, 0.99)),
    cpuMs: sumOf(cpuMs),
    cpuMsByRole: roundedEach(cpuMs),
    historyEvents: history?.events ?? null,
    signals: history?.signals ?? null,
    actions: history?.actions ?? null,
    samples: units,
    refusals: 0,
  };
}

/** Medians of each number over the rounds, with the spread of `perSecond`. */
export function overRounds(rounds: readonly WorkloadResult[]): WorkloadResult {
  const [first] = rounds;
  if (first === undefined) throw new Error('there is no round to take the median of');
  const speeds = rounds.map(({ perSecond }) => perSecond);
  const middle = (pick: (result: WorkloadResult) => number) => rounded(median(rounds.map(pick)));
  const roles = Object.keys(first.cpuMsByRole);
  return {
    ...first,
    perSecond: middle(({ perSecond }) => perSecond),
    spread: [Math.min(...speeds), Math.max(...speeds)],
    p50Ms: middle(({ p50Ms }) => p50Ms),
    p99Ms: middle(({ p99Ms }) => p99Ms),
    ackP50Ms: middle(({ ackP50Ms }) => ackP50Ms),
    ackP99Ms: middle(({ ackP99Ms }) => ackP99Ms),
    cpuMs: first.cpuMs === null ? null : middle(({ cpuMs }) => cpuMs ?? Number.NaN),
    cpuMsByRole: Object.fromEntries(
      roles.map((role) => [role, middle(({ cpuMsByRole }) => cpuMsByRole[role] ?? 0)]),
    ),
    ...(first.historyEvents !== null && {
      historyEvents: Math.max(...rounds.map(({ historyEvents }) => historyEvents ?? 0)),
      signals: Math.max(...rounds.map(({ signals }) => signals ?? 0)),
      actions: Math.max(...rounds.map(({ actions }) => actions ?? 0)),
    }),
    samples: rounds.reduce((sum, { samples }) => sum + samples, 0),
    refusals: rounds.reduce((sum, { refusals }) => sum + refusals, 0),
  };
}

/** The gateway is none of any side's; every side has the same. */
function sumOf({ gateway: _, ...own }: Record<string, number>): number | null {
  const values = Object.values(own);
  return values.length === 0 ? null : rounded(values.reduce((sum, value) => sum + value, 0));
}

function roundedEach(byRole: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(byRole).map(([role, value]) => [role, rounded(value)]));
}
