/**
 * The numbers from the database as gauges. Every API shows the same ones, so dashboards take the
 * greatest of them and never their sum.
 */
import { LRUCache } from 'lru-cache';
import { Gauge, type Registry } from 'prom-client';
import { PARKING_REASONS } from '../api/webhooks/park.ts';
import { BUSINESS_EFFECTS } from '../domain/effects/effects.ts';
import { ORDER_STATES } from '../domain/order.ts';
import { REVIEW_REASONS } from '../domain/reviews/reasons.ts';
import { type Counts, readCounts } from '../store/counts.ts';
import type { Database } from '../store/database.ts';

/** Several scrapers may come at once; nobody needs these numbers fresher. */
const FRESH_FOR_MS = 5_000;

/** Gives the function that brings the gauges up to date; it never fails, and says so in a gauge. */
export function createCountGauges(
  registry: Registry,
  database: Pick<Database, 'pool'>,
): () => Promise<void> {
  const set = createGauges(registry);
  const isRead = gauge(registry, 'payonce_counts_up', 'Whether the database gave these counts.');
  const cache = new LRUCache<'counts', Counts>({
    max: 1,
    ttl: FRESH_FOR_MS,
    fetchMethod: () => readCounts(database),
  });
  return async () => {
    const counts = await cache.fetch('counts').catch(() => undefined);
    isRead.set(counts === undefined ? 0 : 1);
    if (counts !== undefined) set(counts);
  };
}

function createGauges(registry: Registry): (counts: Counts) => void {
  const labelled = (name: string, help: string, label: string) =>
    new Gauge({ name, help, labelNames: [label], registers: [registry] });
  const orders = labelled('payonce_orders', 'Orders by state.', 'state');
  const reviews = labelled('payonce_open_reviews', 'Decisions that wait for a person.', 'reason');
  const effects = labelled('payonce_failed_effects', 'Effects that were refused.', 'effect');
  const parked = labelled('payonce_parked_events', 'Events that no order could take.', 'reason');
  const oldest = gauge(
    registry,
    'payonce_oldest_open_review_age_seconds',
    'How long the longest open review has waited; 0 without any.',
  );
  const unstarted = gauge(
    registry,
    'payonce_unstarted_orders',
    'Orders whose workflow is not known to run yet.',
  );
  const late = gauge(
    registry,
    'payonce_orders_past_deadline',
    'Open orders that should have woken by themselves more than a minute ago.',
  );
  const disputes = gauge(
    registry,
    'payonce_disputes_due_soon',
    'Disputes that have to be answered within three days, or had to be within the last seven and are open still.',
  );
  const dropped = gauge(
    registry,
    'payonce_dropped_duplicates',
    'Repeated webhooks that were dropped at the edge, ever.',
  );
  return (counts) => {
    setAll(orders, 'state', ORDER_STATES, counts.orders);
    setAll(reviews, 'reason', REVIEW_REASONS, counts.openReviews);
    setAll(effects, 'effect', BUSINESS_EFFECTS, counts.failedEffects);
    setAll(parked, 'reason', PARKING_REASONS, counts.parkedEvents);
    oldest.set(ageOfOldest(counts));
    unstarted.set(counts.unstartedOrders);
    late.set(counts.ordersPastDeadline);
    disputes.set(counts.disputesDueSoon);
    dropped.set(counts.droppedDuplicates);
  };
}

function gauge(registry: Registry, name: string, help: string): Gauge {
  return new Gauge({ name, help, registers: [registry] });
}

/** Names that are not counted are zero: an alert must see that there are none. */
function setAll(
  gauge: Gauge,
  label: string,
  names: readonly string[],
  counted: readonly { name: string; count: number }[],
): void {
  const counts = new Map(counted.map(({ name, count }) => [name, count]));
  for (const name of names) gauge.set({ [label]: name }, counts.get(name) ?? 0);
}

function ageOfOldest({ openReviews }: Counts): number {
  const times = openReviews.map(({ oldestAt }) => oldestAt.getTime());
  return times.length === 0 ? 0 : (Date.now() - Math.min(...times)) / 1000;
}
