/**
 * Which orders are about to change, because this process hands them an event, or has just done so. It only
 * saves asking the gateway for what is on its way already; what it does not know costs that question.
 */
import { LRUCache } from 'lru-cache';

/** An order takes up what it is handed within milliseconds; later than this, something is slow. */
const NEWS_FOR_MS = 2_000;
/** Far more orders than are paid within that time. */
const MAX_ORDERS = 10_000;

export interface RecentNews {
  /** An event for this order is being handed over. */
  expect(orderId: string): void;
  isExpected(orderId: string): boolean;
}

export function createRecentNews(): RecentNews {
  const expected = new LRUCache<string, true>({ max: MAX_ORDERS, ttl: NEWS_FOR_MS });
  return {
    expect: (orderId) => void expected.set(orderId, true),
    isExpected: (orderId) => expected.has(orderId),
  };
}
