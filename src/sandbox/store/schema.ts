/**
 * The tables of the sandbox gateway's own SQLite file, and the statements that create them.
 * Nothing outside the gateway reads them; the HTTP calls are the only way in.
 */

import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core';
import type {
  Capture,
  CaptureMethod,
  Dispute,
  PaymentStatus,
  Refund,
} from '../payments/payment.ts';
import type { EventType } from '../payments/verdict.ts';

/** `dropped` is what the gateway believes delivered; `abandoned` is what it gave up on. */
export type WebhookState = 'pending' | 'delivered' | 'dropped' | 'abandoned';

export const payments = sqliteTable('payments', {
  seq: integer('seq').primaryKey(),
  id: text('id').notNull(),
  orderId: text('order_id').notNull(),
  status: text('status').$type<PaymentStatus>().notNull(),
  amountMinor: integer('amount_minor').notNull(),
  currency: text('currency').notNull(),
  metadata: text('metadata', { mode: 'json' }).$type<Readonly<Record<string, string>>>().notNull(),
  createdAt: text('created_at').notNull(),
  capture: text('capture').$type<CaptureMethod>().notNull(),
  authorizedUntil: text('authorized_until'),
  captures: text('captures', { mode: 'json' }).$type<readonly Capture[]>().notNull(),
  refunds: text('refunds', { mode: 'json' }).$type<readonly Refund[]>().notNull(),
  disputes: text('disputes', { mode: 'json' }).$type<readonly Dispute[]>().notNull(),
});

export const refundOwners = sqliteTable('refund_owners', {
  refundId: text('refund_id').primaryKey(),
  paymentId: text('payment_id').notNull(),
});

export const answers = sqliteTable('answers', {
  idempotencyKey: text('idempotency_key').primaryKey(),
  fingerprint: text('fingerprint').notNull(),
  status: integer('status').notNull(),
  body: text('body', { mode: 'json' }).$type<unknown>().notNull(),
});

export const webhooks = sqliteTable('webhooks', {
  seq: integer('seq').primaryKey(),
  id: text('id').notNull(),
  type: text('type').$type<EventType>().notNull(),
  orderId: text('order_id').notNull(),
  paymentId: text('payment_id').notNull(),
  body: text('body').notNull(),
  createdAt: text('created_at').notNull(),
  state: text('state').$type<WebhookState>().notNull(),
  deliveredAt: text('delivered_at'),
  retryUntil: text('retry_until').notNull(),
});

export const webhookAttempts = sqliteTable('webhook_attempts', {
  seq: integer('seq').primaryKey(),
  webhookId: text('webhook_id').notNull(),
  at: text('at').notNull(),
  status: integer('status'),
  error: text('error'),
});

export const CREATE_TABLES = `
CREATE TABLE IF NOT EXISTS payments (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  order_id TEXT NOT NULL,
  status TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  metadata TEXT NOT NULL DEFAULT '{}',
  created_at TEXT NOT NULL,
  capture TEXT NOT NULL DEFAULT 'automatic',
  authorized_until TEXT,
  captures TEXT NOT NULL,
  refunds TEXT NOT NULL,
  disputes TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS payments_of_order ON payments (order_id);
CREATE TABLE IF NOT EXISTS refund_owners (
  refund_id TEXT PRIMARY KEY,
  payment_id TEXT NOT NULL REFERENCES payments (id)
) STRICT;
CREATE TABLE IF NOT EXISTS answers (
  idempotency_key TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  status INTEGER NOT NULL,
  body TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS webhooks (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  order_id TEXT NOT NULL,
  payment_id TEXT NOT NULL REFERENCES payments (id),
  body TEXT NOT NULL,
  created_at TEXT NOT NULL,
  state TEXT NOT NULL,
  delivered_at TEXT,
  retry_until TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS webhooks_of_order ON webhooks (order_id);
CREATE INDEX IF NOT EXISTS webhooks_pending ON webhooks (seq) WHERE state = 'pending';
CREATE TABLE IF NOT EXISTS webhook_attempts (
  seq INTEGER PRIMARY KEY,
  webhook_id TEXT NOT NULL REFERENCES webhooks (id),
  at TEXT NOT NULL,
  status INTEGER,
  error TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS attempts_of_webhook ON webhook_attempts (webhook_id);
`;
