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

/** What was measured of one side, by workload. */
export type SideResults = Partial<Record<Workload, WorkloadResult>>;

const IN_EVERY_ROUND: readonly Workload[] = ['order', 'storm', 'hot'];

/** In this order: the first has filled the store for the second. */
const ON_A_FULL_STORE: readonly Workload[] = ['growth', 'open'];

/** @throws Error naming side and workload where something went wrong */
export async function runBench(
  { sides, plan, isWanted }: Selection,
  around: Surroundings,
): Promise<Record<string, SideResults>> {
  const results = new Map<Side, Map<Workload, WorkloadResult[]>>();
  const visit = async (side: Side, among: readonly Workload[]) => {
    const workloads = among.filter((workload) => isWanted(side, workload));
    const found = results.get(side) ?? new Map<Workload, WorkloadResult[]>();
    results.set(side, found);
    for (const [workload, result] of await measureSide(side, { workloads, plan, around }))
      found.set(workload, [...(found.get(workload) ?? []), result]);
  };
  for (let round = 1; round <= plan.rounds; round += 1) {
    around.onProgress(`round ${round} of ${plan.rounds}`);
    for (const side of sides) await visit(side, IN_EVERY_ROUND);
  }
  for (const side of sides) await visit(side, ON_A_FULL_STORE);
  return Object.fromEntries([...results].map(([side, found]) => [side.name, mediansOf(found)]));
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
        throw new Error(`${side.name} failed in ${workload}: ${String(cause)}`, { cause });
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
