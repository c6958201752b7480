/** What Payonce wants to reach, as ratios within one run, and whether this run has. */
import type { WorkloadResult } from '../result.ts';
import { type RunRecord, resultIn } from './run-record.ts';

export interface Target {
  text: string;
  /** Undefined where a side or workload of it was not measured. */
  reached: { value: string; isMet: boolean } | undefined;
}

/** An order costs the same however many lie in the store; this much is noise of one machine. */
const FLAT_WITHIN = 0.2;

export function targetsOf(record: RunRecord): Target[] {
  const payonce = resultIn(record, 'payonce', 'order');
  const hot = resultIn(record, 'payonce', 'hot');
  const open = resultIn(record, 'payonce', 'open');
  return [
    atLeast(record, 'order', { of: 'temporal-naive', wanted: 3.5 }),
    atLeast(record, 'order', {
      of: 'temporal-naive-postgres',
      by: 'payonce-postgres',
      wanted: 3.5,
    }),
    atLeast(record, 'order', { of: 'dbos', wanted: 0.5 }),
    atLeast(record, 'order', { of: 'temporal-floor', wanted: 0.8 }),
    atLeast(record, 'storm', { of: 'restate', wanted: 3 }),
    atLeast(record, 'storm', { of: 'dbos', wanted: 3 }),
    atLeast(record, 'storm', { of: 'postgres-outbox', wanted: 3 }),
    atMost('order: billable actions', payonce, ({ actions }) => actions ?? Number.NaN, 8),
    atMost('hot: signals in all', hot, ({ signals }) => signals ?? Number.NaN, 50),
    atMost('hot: answer p99, ms', hot, ({ ackP99Ms }) => ackP99Ms, 100),
    atMost('open: cold webhook until its effects are durable, p50 ms', open, (r) => r.p50Ms, 150),
    flat(record),
    ...(resultIn(record, 'payonce-before', 'order') === undefined ? [] : besideBefore(record)),
  ];
}

/** What an order has to cost beside the commit of `--before`. */
function besideBefore(record: RunRecord): Target[] {
  return [
    cheaper(record, 'order', 0.5),
    atLeast(record, 'order', { of: 'payonce-before', wanted: 2 }),
    atLeast(record, 'storm', { of: 'payonce-before', wanted: 2.5 }),
    cheaper(record, 'hot', 0.5),
  ];
}

function cheaper(record: RunRecord, workload: 'order' | 'hot', wanted: number): Target {
  const [ours, theirs] = ['payonce', 'payonce-before'].map((side) =>
    resultIn(record, side, workload),
  );
  const text = `${workload}: CPU time at most ${wanted} × payonce-before`;
  if (!ours?.cpuMs || !theirs?.cpuMs) return { text, reached: undefined };
  const ratio = ours.cpuMs / theirs.cpuMs;
  return { text, reached: { value: `${ratio.toFixed(2)} ×`, isMet: ratio <= wanted } };
}

interface Ratio {
  of: string;
  /** The side that is to reach it; absent means Payonce as `npm start` runs it. */
  by?: string;
  wanted: number;
}

function atLeast(
  record: RunRecord,
  workload: 'order' | 'storm',
  { of, by = 'payonce', wanted }: Ratio,
): Target {
  const [ours, theirs] = [resultIn(record, by, workload), resultIn(record, of, workload)];
  const who = by === 'payonce' ? '' : `${by} `;
  const text = `${workload}: ${who}at least ${wanted} × ${of}`;
  if (ours === undefined || theirs === undefined) return { text, reached: undefined };
  const ratio = ours.perSecond / theirs.perSecond;
  return { text, reached: { value: `${ratio.toFixed(2)} ×`, isMet: ratio >= wanted } };
}

function atMost(
  what: string,
  result: WorkloadResult | undefined,
  pick: (result: WorkloadResult) => number,
  limit: number,
): Target {
  const text = `${what}: at most ${limit}`;
  if (result === undefined) return { text, reached: undefined };
  const value = pick(result);
  return { text, reached: { value: String(value), isMet: value <= limit } };
}

/** CPU time an order, because throughput drifts with the machine. */
function flat(record: RunRecord): Target {
  const text = `growth: CPU time an order flat within ${FLAT_WITHIN * 100} %`;
  const stages = resultIn(record, 'payonce', 'growth')?.stages ?? [];
  const [first, last] = [stages.at(0), stages.at(-1)];
  if (!first?.cpuMs || !last?.cpuMs) return { text, reached: undefined };
  const change = last.cpuMs / first.cpuMs - 1;
  const value = `${change < 0 ? '−' : '+'}${Math.abs(change * 100).toFixed(0)} % from ${first.orders} to ${last.orders} orders`;
  return { text, reached: { value, isMet: change <= FLAT_WITHIN } };
}
