/** An order together with what came of one of its inputs, both as of one moment. */
import { and, asc, eq, sql } from 'drizzle-orm';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { orderEvents, orders } from '../schema/orders.ts';
import { isFirstDelivery, STORED_EVENT, type StoredEvent } from './order-events.ts';
import { STORED_ORDER, type StoredOrder } from './orders.ts';

export interface OrderWithOutcome {
  order: StoredOrder;
  /** Null until the order has said it. */
  outcome: StoredEvent | null;
}

const READ = prepared((db) =>
  db
    .select({ order: STORED_ORDER, outcome: STORED_EVENT })
    .from(orders)
    .leftJoin(
      orderEvents,
      and(
        eq(orderEvents.orderId, orders.id),
        eq(orderEvents.eventId, sql.placeholder('inputId')),
        isFirstDelivery,
      ),
    )
    .where(eq(orders.id, sql.placeholder('orderId')))
    .orderBy(asc(orderEvents.seq))
    .limit(1)
    .prepare('read-order-with-outcome'),
);

/** Null when there is no such order. */
export async function readOrderWithOutcome(
  database: Database,
  orderId: string,
  inputId: string,
): Promise<OrderWithOutcome | null> {
  const [found] = await READ(database).execute({ orderId, inputId });
  return found ?? null;
}
