/**
 * Fills a side's store with orders that were started and then left alone. Every so many one is also
 * paid for at the gateway, so that a webhook may come for it later.
 */
import type { GrowthPlan } from '../plan.ts';
import type { Session } from '../session.ts';

/** One in so many idle orders awaits a webhook. */
const AWAITING_EVERY = 20;

/** An idle order whose webhook has yet to come. */
export interface IdleOrder {
  orderId: string;
  paymentId: string;
}

export interface IdleOrders {
  count: number;
  /** Milliseconds spent on filling; the limit counts all fillings together. */
  spentMs: number;
  awaiting: IdleOrder[];
}

export function noIdleOrders(): IdleOrders {
  return { count: 0, spentMs: 0, awaiting: [] };
}

/** @returns whether it came so far within the plan's time */
export async function fillTo(
  { side, nextOrderId }: Session,
  idle: IdleOrders,
  { level, plan }: { level: number; plan: GrowthPlan },
): Promise<boolean> {
  const startedAt = Date.now();
  const isInTime = () => idle.spentMs + Date.now() - startedAt < plan.fillWithinMs;
  let begun = idle.count;
  const filler = async () => {
    while (begun < level && isInTime()) {
      begun += 1;
      const isAwaiting = begun % AWAITING_EVERY === 0;
      const orderId = nextOrderId();
      await side.startOrder(orderId);
      if (isAwaiting) idle.awaiting.push({ orderId, paymentId: await side.pay(orderId) });
      idle.count += 1;
    }
  };
  await Promise.all(Array.from({ length: plan.fillInFlight }, filler));
  idle.spentMs += Date.now() - startedAt;
  return idle.count >= level;
}
