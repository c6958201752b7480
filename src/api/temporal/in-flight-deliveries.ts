/**
 * Orders that are about to change, because this process is delivering an event to them. It only saves gateway syncs
 * for what is on its way already.
 */
import { LRUCache } from 'lru-cache';

/** An order applies a delivered event within milliseconds; later than this, something is slow. */
const EXPECTED_FOR_MS = 2_000;
/** Far more orders than are paid within that time. */
const MAX_ORDERS = 10_000;

export interface InFlightDeliveries {
  /** An event for this order is being handed over. */
  expect(orderId: string): void;
  isExpected(orderId: string): boolean;
}

export function createInFlightDeliveries(): InFlightDeliveries {
  const expected = new LRUCache<string, true>({ max: MAX_ORDERS, ttl: EXPECTED_FOR_MS });
  return {
    expect: (orderId) => void expected.set(orderId, true),
    isExpected: (orderId) => expected.has(orderId),
  };
}
