/** Runs of the benchmark that never took place, with round numbers. */
import type { RunRecord } from '../../../bench/report/run-record.ts';
import type { WorkloadResult } from '../../../bench/result.ts';
import type { SideResults } from '../../../bench/run.ts';

export function resultWith(more: Partial<WorkloadResult>): WorkloadResult {
  return {
    perSecond: 100,
    spread: [90, 110],
    p50Ms: 10,
    p99Ms: 20,
    ackP50Ms: 5,
    ackP99Ms: 9,
    cpuMs: 12,
    cpuMsByRole: { worker: 7, postgres: 5 },
    historyEvents: null,
    signals: null,
    actions: null,
    samples: 1000,
    refusals: 0,
    ...more,
  };
}

export function recordOf(sides: Record<string, SideResults>): RunRecord {
  return {
    takenAt: '2026-01-26T10:00:00.000Z',
    isSmoke: false,
    rounds: 3,
    machine: { cpu: 'a CPU', cores: 2, memoryGib: 24, os: 'Linux', fsyncP50Ms: 0.1 },
    versions: { Node: '20.20.2' },
    sides,
    failures: {},
    about: Object.keys(sides).map((name) => ({
      name,
      title: `The ${name}`,
      description: `what ${name} is`,
    })),
  };
}
