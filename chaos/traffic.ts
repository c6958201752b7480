/** What the logs of a run say about disorder and races. */
import type { Delivery } from './evidence.ts';
import type { GatewayWebhook } from './invariants/gateway-truth.ts';

interface Disorder {
  reordered: number;
  reorderable: number;
}

/** @param told by the gateway, in its own order */
export function countReordered(
  acked: readonly Delivery[],
  told: readonly Pick<GatewayWebhook, 'id' | 'orderId'>[],
): Disorder {
  const heard = byOrder([...acked].sort((a, b) => a.endedAt - b.endedAt));
  const several = [...byOrder(told)].filter(([, events]) => events.length > 1);
  const reordered = several.filter(([orderId, events]) => {
    const first = [...new Set((heard.get(orderId) ?? []).map(({ eventId }) => eventId))];
    const known = events.map(({ id }) => id).filter((id) => first.includes(id));
    return known.join() !== first.filter((id) => known.includes(id)).join();
  });
  return { reordered: reordered.length, reorderable: several.length };
}

type Span = Pick<Delivery, 'orderId' | 'startedAt'> & { endedAt?: number };

/** How many had another one of their order beside them for a moment. */
export function countRaced(lines: readonly Span[]): number {
  let raced = 0;
  const spans = lines.filter((line) => line.endedAt !== undefined);
  for (const own of byOrder(spans).values()) {
    const sorted = own.sort((a, b) => a.startedAt - b.startedAt);
    let latestEnd = 0;
    for (const [index, { startedAt, endedAt = startedAt }] of sorted.entries()) {
      const next = sorted[index + 1]?.startedAt ?? Number.POSITIVE_INFINITY;
      if (startedAt < latestEnd || next < endedAt) raced += 1;
      latestEnd = Math.max(latestEnd, endedAt);
    }
  }
  return raced;
}

function byOrder<Line extends { orderId: string }>(lines: readonly Line[]): Map<string, Line[]> {
  const orders = new Map<string, Line[]>();
  for (const line of lines) {
    const own = orders.get(line.orderId);
    if (own === undefined) orders.set(line.orderId, [line]);
    else own.push(line);
  }
  return orders;
}
