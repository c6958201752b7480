/** Stripe's objects as the fake keeps and shows them: the documented fields that anybody here reads. */
import { randomBytes } from 'node:crypto';

export type Metadata = Record<string, string>;

export interface Intent {
  id: string;
  object: 'payment_intent';
  amount: number;
  amount_capturable: number;
  amount_received: number;
  canceled_at: number | null;
  cancellation_reason: string | null;
  capture_method: 'automatic_async' | 'manual';
  client_secret: string;
  created: number;
  currency: string;
  description: string | null;
  last_payment_error: object | null;
  latest_charge: string | null;
  livemode: boolean;
  metadata: Metadata;
  next_action: ({ type: string } & Record<string, unknown>) | null;
  receipt_email: string | null;
  shipping: object | null;
  status: string;
}

export interface Charge {
  id: string;
  object: 'charge';
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  captured: boolean;
  currency: string;
  disputed: boolean;
  livemode: boolean;
  metadata: Metadata;
  paid: boolean;
  payment_intent: string;
  payment_method_details: { card: { capture_before?: number } };
  refunded: boolean;
  status: string;
}

export interface Refund {
  id: string;
  object: 'refund';
  amount: number;
  charge: string;
  created: number;
  currency: string;
  metadata: Metadata;
  payment_intent: string;
  reason: string | null;
  status: string;
}

export interface Dispute {
  id: string;
  object: 'dispute';
  amount: number;
  charge: string;
  created: number;
  currency: string;
  livemode: boolean;
  metadata: Metadata;
  payment_intent: string;
  reason: string;
  status: string;
  /** Unix seconds. */
  evidence_details: { due_by: number };
}

export interface StripeEvent {
  id: string;
  object: 'event';
  api_version: string;
  created: number;
  data: { object: object };
  livemode: boolean;
  pending_webhooks: number;
  request: { id: string | null; idempotency_key: string | null };
  type: string;
}

/** An id as Stripe makes them: a prefix and letters and digits. */
export function newId(prefix: string): string {
  return `${prefix}_3${randomBytes(12).toString('hex')}`;
}

export function seconds(): number {
  return Math.floor(Date.now() / 1000);
}
