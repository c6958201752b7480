/**
 * Thousands of orders lie idle, and a webhook comes for one that nobody has thought of for long: one
 * at a time, because what is asked is how long the customer waits.
 */
import { performance } from 'node:perf_hooks';
import { createCpuMeter } from '../measuring/resources.ts';
import type { Plan } from '../plan.ts';
import { resultOf, type WorkloadResult } from '../result.ts';
import type { Session } from '../session.ts';
import { settledHistory } from '../settled-history.ts';
import { fillTo, type IdleOrders } from './fill.ts';
import { memoryOf } from './growth.ts';

/** `p50Ms` is from the webhook until its three effects are durable. */
export async function measureOpenOrders(
  session: Session,
  idle: IdleOrders,
  { growth, open }: Plan,
): Promise<WorkloadResult> {
  const level = growth.levels.at(-1) ?? 0;
  await fillTo(session, idle, { level, plan: growth });
  const memoryMibByRole = memoryOf(session);
  const { side, effects } = session;
  // The oldest have been idle for the longest, and no cache has them any more.
  const oldest = idle.awaiting.splice(0, open.samples);
  const acksMs: number[] = [];
  const latenciesMs: number[] = [];
  const meter = createCpuMeter(session.roles);
  meter.begin();
  const begunAt = performance.now();
  for (const order of oldest) {
    const startedAt = performance.now();
    await side.deliver({ ...order, eventId: `evt_${order.orderId}` });
    acksMs.push(performance.now() - startedAt);
    await effects.untilDone(order.orderId);
    latenciesMs.push(performance.now() - startedAt);
  }
  const elapsedMs = performance.now() - begunAt;
  meter.end();
  session.notePaid(oldest.length);
  await session.expectExactlyOnce();
  const cpuMs = meter.perUnit(oldest.length);
  const history = await settledHistory(side, oldest.at(-1)?.orderId);
  const units = oldest.length;
  return {
    ...resultOf({ units, elapsedMs, latenciesMs, acksMs, cpuMs, history }),
    memoryMibByRole,
  };
}
