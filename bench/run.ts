/**
 * Runs the plan: in every round each side in turn, alone on the machine, so that a machine that slows
 * down does so for all of them. What fills a store runs once, after the rounds.
 */
import type { Plan } from './plan.ts';
import { overRounds, type WorkloadResult } from './result.ts';
import { openSession, type Session, type Surroundings } from './session.ts';
import type { Side, Workload } from './side.ts';
import { noIdleOrders } from './workloads/fill.ts';
import { measureGrowth } from './workloads/growth.ts';
import { measureHotOrder } from './workloads/hot.ts';
import { measureOpenOrders } from './workloads/open.ts';
import { measureOrders } from './workloads/order.ts';
import { measureStorm } from './workloads/storm.ts';

export interface Selection {
  sides: readonly Side[];
  plan: Plan;
  isWanted(side: Side, workload: Workload): boolean;
}

/** By the names of the sides. A side that has failed is left out from then on, and the others go on. */
export interface BenchResults {
  sides: Record<string, SideResults>;
  failures: Record<string, string>;
}

/** What was measured of one side, by workload. */
export type SideResults = Partial<Record<Workload, WorkloadResult>>;

export async function runBench(
  { sides, plan, isWanted }: Selection,
  around: Surroundings,
): Promise<BenchResults> {
  const results = new Map<Side, Map<Workload, WorkloadResult[]>>();
  const failures: Record<string, string> = {};
  const visit = async (side: Side, among: readonly Workload[]) => {
    if (failures[side.name] !== undefined) return;
    const workloads = among.filter((workload) => isWanted(side, workload));
    const found = results.get(side) ?? new Map<Workload, WorkloadResult[]>();
    results.set(side, found);
    try {
      for (const [workload, result] of await measureSide(side, { workloads, plan, around }))
        found.set(workload, [...(found.get(workload) ?? []), result]);
    } catch (error) {
      failures[side.name] = messageOf(error);
      around.onProgress(`  ${side.name} failed: ${messageOf(error)}`);
    }
  };
  for (let round = 1; round <= plan.rounds; round += 1) {
    around.onProgress(`round ${round} of ${plan.rounds}`);
    for (const side of sides) await visit(side, plan.inEveryRound);
  }
  for (const side of sides) await visit(side, plan.afterwards);
  const sidesFound = [...results].map(([side, found]) => [side.name, mediansOf(found)]);
  return { sides: Object.fromEntries(sidesFound), failures };
}

interface Visit {
  workloads: readonly Workload[];
  plan: Plan;
  around: Surroundings;
}

async function measureSide(
  side: Side,
  { workloads, plan, around }: Visit,
): Promise<[Workload, WorkloadResult][]> {
  if (workloads.length === 0) return [];
  const session = await openSession(side, around);
  const measurements = measurementsOn(session, plan);
  const results: [Workload, WorkloadResult][] = [];
  try {
    for (const workload of workloads) {
      const refusedBefore = session.side.refusals?.() ?? 0;
      const measured = await measurements[workload]().catch((cause: unknown) => {
        throw new Error(`in ${workload}: ${messageOf(cause)}`, { cause });
      });
      const refusals = (session.side.refusals?.() ?? 0) - refusedBefore;
      const result = { ...measured, refusals };
      around.onProgress(`  ${side.name} ${workload}: ${result.perSecond}/s`);
      results.push([workload, result]);
    }
    return results;
  } finally {
    await session.stop();
  }
}

function measurementsOn(
  session: Session,
  plan: Plan,
): Record<Workload, () => Promise<WorkloadResult>> {
  const idle = noIdleOrders();
  return {
    order: () => measureOrders(session, plan.order),
    storm: () => measureStorm(session, plan.storm),
    hot: () => measureHotOrder(session, plan.hot),
    growth: () => measureGrowth(session, idle, plan.growth),
    open: () => measureOpenOrders(session, idle, plan),
  };
}

function mediansOf(found: ReadonlyMap<Workload, WorkloadResult[]>): SideResults {
  return Object.fromEntries([...found].map(([workload, rounds]) => [workload, overRounds(rounds)]));
}

/** With all its lines: the end of a log is in them, and the log is gone with the round. */
function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
