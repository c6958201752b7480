/** What a stretch of work has cost: CPU time by role, between a beginning and an end. */
import type { Meter } from './closed-loop.ts';
import { cpuMsByRole, type Roles } from './cpu-time.ts';

export interface CpuMeter extends Meter {
  /** Milliseconds of CPU time by role, divided by `count`; empty where it cannot be read. */
  perUnit(count: number): Record<string, number>;
}

export function createCpuMeter(roles: () => Roles): CpuMeter {
  let before: Record<string, number> = {};
  let after: Record<string, number> = {};
  return {
    begin: () => {
      before = cpuMsByRole(roles());
    },
    end: () => {
      after = cpuMsByRole(roles());
    },
    perUnit: (count) =>
      Object.fromEntries(
        Object.entries(after).map(([role, ms]) => [role, (ms - (before[role] ?? 0)) / count]),
      ),
  };
}
