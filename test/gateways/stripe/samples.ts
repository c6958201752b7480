/** Objects as Stripe's API reference shows them, and events around them as Stripe sends them. */
import { readFileSync } from 'node:fs';
import { Stripe } from 'stripe';
import { createStripeGateway } from '../../../src/gateways/stripe/index.ts';

export type Sample = 'payment-intent' | 'refund' | 'dispute' | 'charge';

export const SECRETS = ['whsec_newest', 'whsec_previous'] as const;
const TEST_KEY = 'sk_test_nobody';

export const gateway = createStripeGateway({ secretKey: TEST_KEY, webhookSecrets: [...SECRETS] });

export function sample(name: Sample, changes: object = {}): Record<string, unknown> {
  const file = new URL(`./samples/${name}.json`, import.meta.url);
  return { ...JSON.parse(readFileSync(file, 'utf8')), ...changes };
}

/** A field that is gone, and not merely null. */
export function without(object: Record<string, unknown>, field: string): object {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== field));
}

export function eventOf(type: string, object: object, changes: object = {}): string {
  return JSON.stringify({
    id: 'evt_1NG8Du2eZvKYlo2CUI79vXWy',
    object: 'event',
    api_version: '2026-10-28.endive',
    created: 1686089970,
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
    ...changes,
  });
}

export function signatureOf(payload: string, options: { secret?: string; ageS?: number } = {}) {
  const { secret = SECRETS[0], ageS = 0 } = options;
  const timestamp = Math.floor(Date.now() / 1000) - ageS;
  return Stripe.webhooks.generateTestHeaderString({ payload, secret, timestamp });
}

/** What the adapter makes of a body that is signed well. */
export function received(payload: string) {
  return gateway.readWebhook(Buffer.from(payload), { 'stripe-signature': signatureOf(payload) });
}
