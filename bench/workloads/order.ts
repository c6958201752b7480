/** An order's whole life: start, pay, one capture webhook, one duplicate, one verify, three effects. */
import { performance } from 'node:perf_hooks';
import { closedLoop, type LoopPlan } from '../measuring/closed-loop.ts';
import { createCpuMeter } from '../measuring/resources.ts';
import { resultOf, type WorkloadResult } from '../result.ts';
import type { Session } from '../session.ts';
import { settledHistory } from '../settled-history.ts';

/** One order, in milliseconds. */
export interface OrderSample {
  orderId: string;
  totalMs: number;
  /** Until the first delivery of the webhook was answered. */
  ackMs: number;
}

export async function measureOrders(session: Session, plan: LoopPlan): Promise<WorkloadResult> {
  const meter = createCpuMeter(session.roles);
  const loop = await closedLoop(plan, meter, () => liveAnOrder(session));
  session.notePaid(loop.total);
  await session.expectExactlyOnce();
  const { samples, elapsedMs } = loop;
  return resultOf({
    units: samples.length,
    elapsedMs,
    latenciesMs: samples.map(({ totalMs }) => totalMs),
    acksMs: samples.map(({ ackMs }) => ackMs),
    cpuMs: meter.perUnit(samples.length),
    history: await settledHistory(session.side, samples.at(-1)?.orderId),
  });
}

export async function liveAnOrder({ side, effects, nextOrderId }: Session): Promise<OrderSample> {
  const orderId = nextOrderId();
  const startedAt = performance.now();
  await side.startOrder(orderId);
  const delivery = { orderId, paymentId: await side.pay(orderId), eventId: `evt_${orderId}` };
  const deliveredAt = performance.now();
  await side.deliver(delivery);
  const ackMs = performance.now() - deliveredAt;
  await side.deliver(delivery);
  await side.verify(orderId);
  await effects.untilDone(orderId);
  return { orderId, totalMs: performance.now() - startedAt, ackMs };
}
