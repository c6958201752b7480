/** Counts what the API answers, for Prometheus. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ApiMetrics, WebhookTime } from '../api/http/api-metrics.ts';
import { showSecretFiles } from './secret-files.ts';

/** From a read out of memory to the longest that a caller may wait (30 s). */
const REQUEST_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** A gateway gives up after 5 s, and every answer has to be out after 4. */
const WEBHOOK_BUCKETS_S = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5];
/** From at once to what a gateway repeats for days; most gateways tell the second alone. */
const LAG_BUCKETS_S = [1, 2, 5, 10, 30, 60, 300, 1_800, 3_600, 21_600, 86_400];
/** After a bad release every order is stuck; the first of them are enough for an alert. */
const MOST_NAMED = 20;
const OTHERS = 'others';

export function createApiMetrics(registry: Registry): Omit<ApiMetrics, 'page'> {
  const requests = new Histogram({
    name: 'payonce_http_request_duration_seconds',
    help: 'HTTP requests by route template and status; probes are left out.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_BUCKETS_S,
    registers: [registry],
  });
  const webhooks = new Histogram({
    name: 'payonce_webhook_duration_seconds',
    help: 'Webhooks by what became of them; unavailable ones are repeated by the gateway.',
    labelNames: ['gateway', 'outcome'],
    buckets: WEBHOOK_BUCKETS_S,
    registers: [registry],
  });
  const lags = new Histogram({
    name: 'payonce_webhook_lag_seconds',
    help: 'Time from an event at the gateway, by its own clock, to when its webhook was first taken.',
    labelNames: ['gateway'],
    buckets: LAG_BUCKETS_S,
    registers: [registry],
  });
  const ignored = new Counter({
    name: 'payonce_webhooks_ignored_total',
    help: 'Webhooks that no order needs by why; other_mode means that test and live are mixed up.',
    labelNames: ['gateway', 'reason'],
    registers: [registry],
  });
  const missing = new Gauge({
    name: 'payonce_orders_without_run',
    help: 'Open orders found without a run in Temporal that could not be restarted yet.',
    registers: [registry],
  });
  const paused = new Gauge({
    name: 'payonce_paused_orders',
    help: 'Orders whose run is paused in Temporal.',
    registers: [registry],
  });
  const restarted = new Counter({
    name: 'payonce_runs_restarted_total',
    help: 'Open orders that had no run in Temporal and were started again from their record.',
    registers: [registry],
  });
  const stuck = new Gauge({
    name: 'payonce_stuck_orders',
    help: 'Orders whose workflow task fails again and again, by order.',
    labelNames: ['order_id'],
    registers: [registry],
  });
  const mended = new Counter({
    name: 'payonce_stuck_runs_mended_total',
    help: 'Runs that no replay followed and that were reset, or ended so that the order begins from its record.',
    registers: [registry],
  });
  const missingDays = new Gauge({
    name: 'payonce_settlement_days_missing',
    help: 'Days of gateways that daily reconciliation should have imported more than a day ago.',
    registers: [registry],
  });
  return {
    requestAnswered: ({ seconds, ...labels }) => requests.observe(labels, seconds),
    webhookAnswered: ({ seconds, ...labels }) => webhooks.observe(labels, seconds),
    webhookTaken: ({ gateway, seconds }) => lags.observe({ gateway }, seconds),
    webhookTimes: () => timesOf(webhooks, WEBHOOK_BUCKETS_S),
    webhookLags: () => timesOf(lags, LAG_BUCKETS_S),
    webhookIgnored: ({ gateway, reason }) => ignored.inc({ gateway, reason }),
    runsMissing: (count) => missing.set(count),
    runsPaused: (count) => paused.set(count),
    runRestarted: () => restarted.inc(),
    ordersStuck: (orderIds) => {
      stuck.reset();
      for (const id of orderIds.slice(0, MOST_NAMED)) stuck.set({ order_id: id }, 1);
      const others = orderIds.length - MOST_NAMED;
      if (others > 0) stuck.set({ order_id: OTHERS }, others);
    },
    runMended: () => mended.inc(),
    settlementDaysMissing: (count) => missingDays.set(count),
    secretFilesRefused: showSecretFiles(registry),
  };
}

/** Whatever the labels. Buckets are cumulative at Prometheus: what an entry has, the next ones have as well. */
async function timesOf(histogram: Histogram, buckets: readonly number[]): Promise<WebhookTime[]> {
  const { values } = await histogram.get();
  const upTo = (le: number | '+Inf'): number =>
    values.reduce((sum, { labels, value }) => sum + (labels.le === le ? value : 0), 0);
  const bounds = [...buckets, '+Inf' as const];
  return bounds.map((le, i) => ({
    withinMs: le === '+Inf' ? null : le * 1_000,
    count: upTo(le) - (i === 0 ? 0 : upTo(bounds[i - 1] ?? 0)),
  }));
}
