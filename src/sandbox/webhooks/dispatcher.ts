/**
 * Delivers webhooks as soon as they are committed and again, with growing pauses, until one
 * delivery gets a 2xx. Events overtake one another; none is given up before its time is over.
 */

import pLimit from 'p-limit';
import type { Logger } from 'pino';
import type { Faults } from '../faults/faults.ts';
import type { WebhookState } from '../store/schema.ts';
import type { Store } from '../store/store.ts';
import {
  type Attempt,
  listPendingWebhooks,
  recordAttempts,
  type Webhook,
} from '../store/webhook-rows.ts';
import type { Deliver } from './delivery.ts';

export type Dispatcher = {
  readonly wake: (webhooks: readonly Webhook[]) => void;
  /** Delivers once more; never dropped by a fault, since an operator asked for it. */
  readonly redeliver: (webhook: Webhook) => void;
  /** Takes up what an earlier process left undelivered. */
  readonly resume: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export type DispatcherParts = {
  readonly store: Store;
  readonly faults: Faults;
  readonly deliver: Deliver;
  readonly log: Logger;
};

type Job = {
  readonly webhook: Webhook;
  readonly failures: number;
  readonly droppable: boolean;
};

// Enough to keep one receiver busy; more would only move the queue into the receiver.
const CONCURRENT_DELIVERIES = 16;

// The first retry comes while a caller still waits; the cap bounds what an outage costs after it.
const FIRST_RETRY_MS = 500;
const MAX_RETRY_MS = 30_000;

// Half of the pause is random, so that what failed together does not return together.
function retryDelayMs(failures: number): number {
  const pauseMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), MAX_RETRY_MS);
  return pauseMs / 2 + (Math.random() * pauseMs) / 2;
}

const isSuccess = ({ status }: Attempt): boolean =>
  status !== null && status >= 200 && status < 300;

function stateAfter(webhook: Webhook, attempts: readonly Attempt[]): WebhookState {
  if (attempts.some(isSuccess)) return 'delivered';
  return new Date().toISOString() < webhook.retryUntil ? 'pending' : 'abandoned';
}

const droppedAttempt = (): Attempt => ({
  at: new Date().toISOString(),
  status: null,
  error: 'dropped by the fault plan',
});

export function createDispatcher({ store, faults, deliver, log }: DispatcherParts): Dispatcher {
  const withSlot = pLimit(CONCURRENT_DELIVERIES);
  const timers = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();
  const inFlight = new Set<AbortController>();
  let closed = false;

  function schedule(delayMs: number, work: () => Promise<void>): void {
    if (closed) return;
    const timer = setTimeout(() => {
      timers.delete(timer);
      const run = work().catch((error: unknown) => log.error({ err: error }, 'not delivered'));
      running.add(run);
      void run.finally(() => running.delete(run));
    }, delayMs);
    timers.add(timer);
  }

  async function deliverOnce(webhook: Webhook): Promise<Attempt> {
    const cancel = new AbortController();
    if (closed) cancel.abort();
    inFlight.add(cancel);
    return deliver(webhook, cancel.signal).finally(() => inFlight.delete(cancel));
  }

  async function attempt({ webhook, failures }: Job, copies: number): Promise<void> {
    const copy = () => withSlot(() => deliverOnce(webhook));
    const attempts = await Promise.all(Array.from({ length: copies }, copy));
    // What the shutdown cut off was no answer of the receiver; the next process delivers it.
    if (closed && !attempts.some(isSuccess)) return;
    const state = stateAfter(webhook, attempts);
    await store.write((db) => recordAttempts(db, webhook.id, attempts, state));
    if (state === 'pending') start({ webhook, failures: failures + 1, droppable: false });
  }

  function start(job: Job): void {
    const { dropped, copies, delayMs } = faults.rollDelivery();
    if (dropped && job.droppable) {
      const drop = [droppedAttempt()];
      schedule(0, () => store.write((db) => recordAttempts(db, job.webhook.id, drop, 'dropped')));
      return;
    }
    const pauseMs = job.failures === 0 ? 0 : retryDelayMs(job.failures);
    schedule(pauseMs + delayMs, () => attempt(job, copies));
  }

  const wake = (webhooks: readonly Webhook[]): void => {
    for (const webhook of webhooks) start({ webhook, failures: 0, droppable: true });
  };

  return {
    wake,
    redeliver: (webhook) => start({ webhook, failures: 0, droppable: false }),
    resume: async () => wake(await store.read(listPendingWebhooks)),
    close: async () => {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      for (const delivery of inFlight) delivery.abort();
      await Promise.all(running);
    },
  };
}
