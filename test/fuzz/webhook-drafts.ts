/** Webhooks of every gateway about one order, unsigned, and each gateway's way to sign them. */
import { createHmac, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { WEBHOOK_SECRET as RAZORPAY_SECRET } from '../fakes/razorpay/driver.ts';
import { WEBHOOK_SECRET as STRIPE_SECRET } from '../fakes/stripe/fake-stripe.ts';
import { eventOf, sample } from '../gateways/stripe/samples.ts';
import { AMOUNT, CURRENCY } from '../support/shop.ts';
import { WEBHOOK_SECRET as SANDBOX_SECRET } from '../support/stack.ts';
import type { Draft } from './draft.ts';
import type { Target } from './world.ts';

export type GatewayName = 'sandbox' | 'stripe' | 'razorpay';

/** When and with what a webhook is signed. */
export interface Signing {
  /** Seconds that the signer's clock is off. */
  offS: number;
  /** In place of the secret that the API knows. */
  secret?: string;
}

interface Signer {
  signature: string;
  bodyOf(type: number, target: Target): string;
  headersOf(body: Buffer, signing: Signing): Draft['headers'];
}

const SANDBOX_TYPES = [
  'payment.pending',
  'payment.failed',
  'payment.captured',
  'refund.succeeded',
  'dispute.opened',
  'launch',
];
const STRIPE_TYPES = [
  'payment_intent.succeeded',
  'payment_intent.payment_failed',
  'charge.refunded',
  'x',
];
const RAZORPAY_FIXTURES = [
  'payment-captured',
  'payment-failed',
  'order-paid',
  'refund-processed',
  'dispute-created',
];

const secondsOf = (offS: number): string => String(Math.floor(Date.now() / 1000) + offS);
const hmac = (secret: string | Buffer, ...parts: (string | Buffer)[]) => {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac;
};

const SIGNERS: Record<GatewayName, Signer> = {
  sandbox: {
    signature: 'webhook-signature',
    bodyOf: (type, { orderId, paymentId }) =>
      JSON.stringify({
        type: SANDBOX_TYPES[type % SANDBOX_TYPES.length],
        timestamp: new Date().toISOString(),
        data: {
          orderId,
          paymentId,
          amount: AMOUNT,
          currency: CURRENCY,
          refundId: `ref_${type}`,
          disputeId: `dsp_${type}`,
        },
      }),
    headersOf: (body, { offS, secret = SANDBOX_SECRET }) => {
      const id = `evt_${randomUUID()}`;
      const timestamp = secondsOf(offS);
      const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
      const signature = hmac(key, `${id}.${timestamp}.`, body).digest('base64');
      return [
        ['webhook-id', id],
        ['webhook-timestamp', timestamp],
        ['webhook-signature', `v1,${signature}`],
      ];
    },
  },
  stripe: {
    signature: 'stripe-signature',
    bodyOf: (type, { orderId }) =>
      eventOf(
        STRIPE_TYPES[type % STRIPE_TYPES.length] ?? '',
        sample('payment-intent', { metadata: { orderId } }),
        { id: `evt_${randomUUID()}` },
      ),
    headersOf: (body, { offS, secret = STRIPE_SECRET }) => {
      const timestamp = secondsOf(offS);
      const signature = hmac(secret, `${timestamp}.`, body).digest('hex');
      return [['stripe-signature', `t=${timestamp},v1=${signature}`]];
    },
  },
  razorpay: {
    signature: 'x-razorpay-signature',
    bodyOf: (type, { orderId }) => {
      const name = RAZORPAY_FIXTURES[type % RAZORPAY_FIXTURES.length];
      const file = new URL(`../gateways/razorpay/fixtures/${name}.json`, import.meta.url);
      const event = JSON.parse(readFileSync(file, 'utf8').replaceAll('"ord_1042"', `"${orderId}"`));
      return JSON.stringify({ ...event, created_at: Number(secondsOf(0)) });
    },
    headersOf: (body, { secret = RAZORPAY_SECRET }) => [
      ['x-razorpay-event-id', randomUUID()],
      ['x-razorpay-signature', hmac(secret, body).digest('hex')],
    ],
  },
};

export const GATEWAY_NAMES = Object.keys(SIGNERS) as GatewayName[];

export function signatureHeaderOf(gateway: GatewayName): string {
  return SIGNERS[gateway].signature;
}

/** @param type picks one of the gateway's events */
export function unsignedDraft(gateway: GatewayName, type: number, target: Target): Draft {
  return {
    method: 'POST',
    path: `/webhooks/${gateway}`,
    query: '',
    headers: [
      ['host', 'localhost'],
      ['connection', 'close'],
      ['content-type', 'application/json'],
    ],
    body: Buffer.from(SIGNERS[gateway].bodyOf(type, target)),
  };
}

export function sign(gateway: GatewayName, draft: Draft, signing: Signing): Draft {
  const { headersOf } = SIGNERS[gateway];
  return { ...draft, headers: [...draft.headers, ...headersOf(draft.body, signing)] };
}
