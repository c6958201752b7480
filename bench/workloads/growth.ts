/** What an order costs while more and more orders lie in the store. */
import { memoryByRole } from '../measuring/cpu-time.ts';
import { rounded } from '../measuring/statistics.ts';
import type { GrowthPlan } from '../plan.ts';
import type { Stage, WorkloadResult } from '../result.ts';
import type { Session } from '../session.ts';
import { fillTo, type IdleOrders } from './fill.ts';
import { measureOrders } from './order.ts';

const BYTES_PER_MIB = 2 ** 20;

/** The result is that of the last level that was reached, with all levels as its stages. */
export async function measureGrowth(
  session: Session,
  idle: IdleOrders,
  plan: GrowthPlan,
): Promise<WorkloadResult> {
  const stages: Stage[] = [];
  for (const level of plan.levels) {
    const isReached = await fillTo(session, idle, { level, plan });
    const result = await measureOrders(session, plan.loop);
    stages.push(stageOf(session, idle, result));
    session.tell(`    with ${idle.count} orders in the store: ${result.perSecond}/s`);
    if (!isReached || level === plan.levels.at(-1)) return { ...result, stages };
  }
  throw new Error('a growth plan needs a level');
}

function stageOf(session: Session, idle: IdleOrders, result: WorkloadResult): Stage {
  const { perSecond, cpuMs } = result;
  return { orders: idle.count, perSecond, cpuMs, memoryMibByRole: memoryOf(session) };
}

export function memoryOf({ roles }: Session): Record<string, number> {
  return Object.fromEntries(
    Object.entries(memoryByRole(roles())).map(([role, bytes]) => [
      role,
      rounded(bytes / BYTES_PER_MIB),
    ]),
  );
}
