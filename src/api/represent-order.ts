/** The order as callers see it: what its workflow decided, and what only the database knows. */
import type { StoredOrder } from '../store/orders.ts';
import type { Order } from './order-schemas.ts';
import type { Answer } from './route.ts';

export function representOrder(order: StoredOrder): Order {
  const {
    customer,
    payments,
    refunds,
    disputes,
    reviews,
    effects,
    gatewayFailure,
    counters,
    ...view
  } = order.view;
  const { late, expiresAt, createdAt, updatedAt, ...amounts } = view;
  const { name, address, shipping } = order.people ?? {};
  return {
    ...amounts,
    customer: {
      ...customer,
      ...(order.email === null ? {} : { email: order.email }),
      ...(name === undefined ? {} : { name }),
      ...(address === undefined ? {} : { address }),
    },
    ...(shipping === undefined ? {} : { shipping }),
    ...(order.description === null ? {} : { description: order.description }),
    metadata: order.metadata,
    payments,
    refunds,
    disputes,
    reviews,
    effects,
    // A record that was written before it was kept has none.
    gatewayFailure: gatewayFailure ?? null,
    counters: { ...counters, duplicates: counters.duplicates + order.duplicates },
    late,
    expiresAt,
    createdAt,
    updatedAt,
  };
}

/**
 * The version, and beside it what moves without one: repeats are counted, effects are tried, and both
 * must reach whoever asks only for news.
 */
export function etagOf({ view, revision, duplicates }: StoredOrder): string {
  return `"v${view.version}.${revision}.${duplicates}"`;
}

export function orderAnswer(status: number, order: StoredOrder): Answer {
  return { status, body: representOrder(order), headers: { etag: etagOf(order) } };
}

export function orderPathOf(id: string): string {
  return `/v1/orders/${id}`;
}
