/** The real adapter, with or without the fake Razorpay behind it. */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type {
  CreatePayment,
  EventMessage,
  SingleEventGateway,
} from '../../../src/gateways/gateway.ts';
import { createRazorpayGateway } from '../../../src/gateways/razorpay/index.ts';
import {
  type FakeRazorpay,
  KEY_ID,
  KEY_SECRET,
  openFakeRazorpay,
} from '../../fakes/razorpay/fake.ts';
import { signedHeaders } from '../../fakes/razorpay/webhooks.ts';

export const WEBHOOK_SECRET = 'a webhook secret of the tests';

/** When the documented samples were sent, in epoch milliseconds. */
export const SAMPLES_SENT_AT = 1_795_000_010_000;

export function gatewayAt(apiBase: string, keyId = KEY_ID): SingleEventGateway {
  return createRazorpayGateway({
    keyId,
    keySecret: KEY_SECRET,
    webhookSecrets: [WEBHOOK_SECRET],
    apiBase,
  });
}

/** For what is decided without asking anybody; calls would go nowhere. */
export function gatewayWithoutNetwork(
  now = SAMPLES_SENT_AT,
  accountId?: string,
): SingleEventGateway {
  return createRazorpayGateway({
    keyId: KEY_ID,
    keySecret: KEY_SECRET,
    webhookSecrets: [WEBHOOK_SECRET, 'the one before'],
    apiBase: 'http://127.0.0.1:9',
    now: () => now,
    ...(accountId !== undefined && { accountId }),
  });
}

export interface Sample {
  event: string;
  payload: Record<string, { entity: Record<string, unknown> }>;
  created_at?: number;
}

export function sample(name: string): Sample {
  return JSON.parse(readFileSync(new URL(`fixtures/${name}.json`, import.meta.url), 'utf8'));
}

/** What the adapter makes of a body that Razorpay has signed. */
export function read(body: unknown, now = SAMPLES_SENT_AT): EventMessage {
  const raw = typeof body === 'string' ? body : JSON.stringify(body);
  const headers = signedHeaders(raw, WEBHOOK_SECRET);
  return gatewayWithoutNetwork(now).readWebhook(Buffer.from(raw), headers);
}

/** For `assert.throws` and `assert.rejects`: an error that carries this code. */
export function refusing(code: string): (error: unknown) => boolean {
  return (error) => error instanceof Error && 'code' in error && error.code === code;
}

/** One fake Razorpay and the real adapter on it, for the tests of one `describe`. */
export function withRazorpay(): { fake: FakeRazorpay; gateway: SingleEventGateway } {
  const opened: { fake?: FakeRazorpay; gateway?: SingleEventGateway } = {};
  before(async () => {
    opened.fake = await openFakeRazorpay();
    opened.gateway = gatewayAt(opened.fake.url);
  });
  after(() => opened.fake?.close());
  return {
    get fake() {
      return required(opened.fake);
    },
    get gateway() {
      return required(opened.gateway);
    },
  };
}

function required<T>(thing: T | undefined): T {
  if (thing === undefined) throw new Error('the fake Razorpay is not open yet');
  return thing;
}

/** A wish to open an attempt; each has its own key, as each attempt of an order has. */
export function attempt(more: Partial<CreatePayment> = {}): CreatePayment {
  const idempotencyKey = newKey();
  return {
    orderId: 'ord_1042',
    installationId: 'ins_1',
    attempt: 1,
    amountMinor: 499_900,
    currency: 'INR',
    idempotencyKey,
    ...more,
  };
}

export function newKey(): string {
  return randomUUID().replaceAll('-', '');
}
