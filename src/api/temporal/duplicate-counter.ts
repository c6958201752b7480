/**
 * Counts duplicates, many in one write: those that come during a write go into the next. So a storm costs a few
 * writes instead of one each, and every duplicate is counted before it is answered.
 */
import type { Database } from '../../store/database.ts';
import { countDuplicates, type DroppedDelivery } from '../../store/orders/duplicate-deliveries.ts';

export interface DuplicateCounter {
  /** Resolves when it is in the database; rejects when the database did not take it. */
  count(delivery: DroppedDelivery): Promise<void>;
}

export function createDuplicateCounter(database: Database): DuplicateCounter {
  let waiting = new Map<string, DroppedDelivery & { count: number }>();
  let present = Promise.resolve();
  let next: Promise<void> | null = null;

  async function writeAfter(earlier: Promise<void>): Promise<void> {
    // Its failure was returned to the callers of that write.
    await earlier.catch(() => undefined);
    const batch = [...waiting.values()];
    waiting = new Map();
    next = null;
    present = countDuplicates(database, batch);
    await present;
  }

  return {
    count(delivery) {
      const key = JSON.stringify([delivery.orderId, delivery.eventId]);
      const before = waiting.get(key)?.count ?? 0;
      waiting.set(key, { ...delivery, count: before + 1 });
      next ??= writeAfter(present);
      return next;
    },
  };
}
