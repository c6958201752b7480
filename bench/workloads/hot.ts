/** One order whose one event is delivered thousands of times by many senders at once. */
import { performance } from 'node:perf_hooks';
import { closedLoop, type LoopPlan } from '../measuring/closed-loop.ts';
import { createCpuMeter } from '../measuring/resources.ts';
import { resultOf, type WorkloadResult } from '../result.ts';
import type { Session } from '../session.ts';
import { settledHistory } from '../settled-history.ts';

/** `perSecond` are deliveries, and `cpuMs` is of one delivery. */
export async function measureHotOrder(session: Session, plan: LoopPlan): Promise<WorkloadResult> {
  const { side, effects, nextOrderId } = session;
  const orderId = nextOrderId();
  await side.startOrder(orderId);
  const delivery = { orderId, paymentId: await side.pay(orderId), eventId: `evt_${orderId}` };
  const meter = createCpuMeter(session.roles);
  const { samples, elapsedMs } = await closedLoop(plan, meter, async () => {
    const startedAt = performance.now();
    await side.deliver(delivery);
    return performance.now() - startedAt;
  });
  await effects.untilDone(orderId);
  session.notePaid(1);
  await session.expectExactlyOnce();
  return resultOf({
    units: samples.length,
    elapsedMs,
    latenciesMs: samples,
    acksMs: samples,
    cpuMs: meter.perUnit(samples.length),
    history: await settledHistory(side, orderId),
  });
}
