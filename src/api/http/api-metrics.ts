/**
 * The API's metrics. Labels are names from our own code, never anything that a caller
 * could choose: every value of a label is a time series for ever.
 */
import type { IgnoredReason } from '../../gateways/gateway.ts';

/** What became of a webhook; `unavailable` is the gateway's to repeat. */
export type WebhookOutcome =
  | 'accepted'
  | 'duplicate'
  | 'ignored'
  | 'parked'
  | 'refused'
  | 'unavailable';

export interface AnsweredRequest {
  method: string;
  /** The route's template, such as `/v1/orders/:id`; `none` where no route took it. */
  route: string;
  /** The HTTP status, or `aborted` where the caller left first. */
  status: string;
  seconds: number;
}

export interface AnsweredWebhook {
  /** A configured gateway, else `unknown`. */
  gateway: string;
  outcome: WebhookOutcome;
  seconds: number;
}

/** How long after its event at the gateway a webhook was taken. */
export interface TakenWebhook {
  gateway: string;
  seconds: number;
}

/** How many webhooks took so long, and longer than the entry before. */
export interface WebhookTime {
  /** Milliseconds; null in the last entry: all that took longer. */
  withinMs: number | null;
  count: number;
}

/** A webhook that no order needed; of the other mode means that test and live were mixed up. */
export interface IgnoredWebhook {
  gateway: string;
  reason: IgnoredReason;
}

export interface ApiMetrics {
  requestAnswered(request: AnsweredRequest): void;
  webhookAnswered(webhook: AnsweredWebhook): void;
  webhookIgnored(webhook: IgnoredWebhook): void;
  /** An event was taken for the first time, and its gateway says when it happened. */
  webhookTaken(webhook: TakenWebhook): void;
  /** How long webhooks took to be answered. */
  webhookTimes(): Promise<WebhookTime[]>;
  /** How long after their events webhooks were taken. */
  webhookLags(): Promise<WebhookTime[]>;
  /** Open orders that were found without a run, and have none yet. */
  runsMissing(count: number): void;
  runsPaused(count: number): void;
  runRestarted(): void;
  /** Orders whose workflow task fails again and again. */
  ordersStuck(orderIds: readonly string[]): void;
  /** A run that no replay follows was reset, or ended for a new one. */
  runMended(): void;
  /** Whether files of secrets hold what was not taken, and the values from before count. */
  secretFilesRefused(areRefused: boolean): void;
  /** Days that the schedules of daily reconciliation should have brought long ago. */
  settlementDaysMissing(count: number): void;
  /** Text for Prometheus; null where it is served on a port of its own. */
  page: (() => Promise<string>) | null;
}
