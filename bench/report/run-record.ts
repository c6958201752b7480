/** The JSON of a run. Its names are fixed: others compare runs by them. */
import type { WorkloadResult } from '../result.ts';
import type { SideResults } from '../run.ts';
import type { Side, Workload } from '../side.ts';
import type { Machine } from './machine.ts';

export interface RunRecord {
  takenAt: string;
  /** A smoke run shows that everything works; its numbers mean nothing. */
  isSmoke: boolean;
  rounds: number;
  machine: Machine;
  versions: Record<string, string>;
  sides: Record<string, SideResults>;
  /** What the sides were, in the order in which they are shown. */
  about: Pick<Side, 'name' | 'title' | 'description'>[];
  /** Why a side could not be measured to the end. */
  failures: Record<string, string>;
}

/** Undefined where the side or the workload was not measured. */
export function resultIn(
  record: RunRecord,
  side: string,
  workload: Workload,
): WorkloadResult | undefined {
  return record.sides[side]?.[workload];
}
