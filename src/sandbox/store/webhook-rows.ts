/**
 * The outbox of webhooks: written in the transaction of the change they tell, settled afterwards.
 * A row is never removed, so that what was sent, and what came back, can always be shown.
 */

import { and, asc, eq, isNull } from 'drizzle-orm';
import { newId } from '../payments/ids.ts';
import type { Payment } from '../payments/payment.ts';
import type { PaymentEvent } from '../payments/verdict.ts';
import { type WebhookState, webhookAttempts, webhooks } from './schema.ts';
import type { Database } from './store.ts';

export type Webhook = typeof webhooks.$inferSelect;

export type Attempt = {
  readonly at: string;
  readonly status: number | null;
  readonly error: string | null;
};

export type WebhookWithAttempts = Webhook & { readonly attempts: readonly Attempt[] };

// Three days, as the large gateways: long enough for a merchant's weekend outage.
const RETRY_FOR_MS = 3 * 24 * 60 * 60 * 1_000;

const retryUntil = (): string => new Date(Date.now() + RETRY_FOR_MS).toISOString();

function webhookBody(payment: Payment, event: PaymentEvent, timestamp: string): string {
  const { type, amountMinor, ...references } = event;
  const { id: paymentId, orderId, currency, metadata } = payment;
  const data = { paymentId, orderId, amount: amountMinor, currency, metadata, ...references };
  return JSON.stringify({ type, timestamp, data });
}

export async function insertWebhooks(
  db: Database,
  payment: Payment,
  events: readonly PaymentEvent[],
): Promise<Webhook[]> {
  if (events.length === 0) return [];
  const createdAt = new Date().toISOString();
  const rows = events.map((event) => ({
    id: newId('evt'),
    type: event.type,
    orderId: payment.orderId,
    paymentId: payment.id,
    body: webhookBody(payment, event, createdAt),
    createdAt,
    state: 'pending' as const,
    retryUntil: retryUntil(),
  }));
  return db.insert(webhooks).values(rows).returning();
}

export async function listPendingWebhooks(db: Database): Promise<Webhook[]> {
  return db.select().from(webhooks).where(eq(webhooks.state, 'pending')).orderBy(asc(webhooks.seq));
}

/** Makes a webhook due again, whatever became of it, with a new period of retries. */
export async function reopenWebhook(db: Database, id: string): Promise<Webhook | undefined> {
  const [webhook] = await db
    .update(webhooks)
    .set({ state: 'pending', retryUntil: retryUntil() })
    .where(eq(webhooks.id, id))
    .returning();
  return webhook;
}

/** Records deliveries and what they make of the webhook; the first success dates it. */
export async function recordAttempts(
  db: Database,
  webhookId: string,
  attempts: readonly Attempt[],
  state: WebhookState,
): Promise<void> {
  const last = attempts.at(-1);
  if (last === undefined) return;
  await db.insert(webhookAttempts).values(attempts.map((attempt) => ({ webhookId, ...attempt })));
  await db.update(webhooks).set({ state }).where(eq(webhooks.id, webhookId));
  if (state !== 'delivered' && state !== 'dropped') return;
  await db
    .update(webhooks)
    .set({ deliveredAt: last.at })
    .where(and(eq(webhooks.id, webhookId), isNull(webhooks.deliveredAt)));
}

/** All webhooks of an order, or of all orders, oldest first, with every delivery. */
export async function listWebhooks(db: Database, orderId?: string): Promise<WebhookWithAttempts[]> {
  const rows = await db
    .select()
    .from(webhooks)
    .leftJoin(webhookAttempts, eq(webhookAttempts.webhookId, webhooks.id))
    .where(orderId === undefined ? undefined : eq(webhooks.orderId, orderId))
    .orderBy(asc(webhooks.seq), asc(webhookAttempts.seq));
  const byId = new Map<string, Webhook & { attempts: Attempt[] }>();
  for (const { webhooks: webhook, webhook_attempts: attempt } of rows) {
    const entry = byId.get(webhook.id) ?? { ...webhook, attempts: [] };
    if (attempt !== null) entry.attempts.push(attempt);
    byId.set(webhook.id, entry);
  }
  return [...byId.values()];
}
