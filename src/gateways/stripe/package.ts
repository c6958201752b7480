/** Stripe, as it is configured and what it can do. */
import { defineGateway } from '../gateway-package.ts';
import { STRIPE_AMOUNTS } from './amounts.ts';
import { createStripeGateway } from './index.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

export const stripe = defineGateway({
  interfaceVersion: 1,
  name: 'stripe',
  title: 'Stripe',
  settings: {
    secretKey: {
      kind: 'text',
      meaning: 'take money through Stripe',
      secret: true,
      required: true,
    },
    webhookSecrets: {
      kind: 'secrets',
      meaning: 'signing secrets of its webhook endpoint: one or two, newest first',
      secret: true,
      required: true,
    },
    captureMethod: {
      kind: 'choice',
      choices: ['automatic', 'manual'],
      meaning: '`automatic`, or `manual`: Stripe authorizes and the order captures',
      default: 'automatic',
    },
    accountId: {
      kind: 'text',
      pattern: { matches: /^acct_\w+$/, says: 'begin with acct_, as Stripe shows it' },
      meaning:
        'your own account, `acct_…`: events of other accounts are ignored, see [gateways](gateways.md#whose-payment-it-is)',
    },
    apiBase: {
      kind: 'url',
      meaning: 'another address of Stripe, for tests',
      inProductionOnly: 'https://api.stripe.com',
    },
  },
  capabilities: {
    amounts: STRIPE_AMOUNTS,
    capture: { manual: true, partial: true, multiple: false },
    refund: { partial: true },
    void: 'final',
    // docs.stripe.com/api/idempotent_requests: at least 24 hours, at most 255 characters.
    idempotencyKeys: { rememberedMs: DAY_MS, maxLength: 255 },
    // Most cards; docs.stripe.com/payments/place-a-hold-on-a-payment-method.
    expiry: { paymentMs: null, authorizationMs: 7 * DAY_MS },
    truth: 'read_back',
    webhooks: { contentType: 'application/json', batches: false, answerWithinMs: 10_000 },
    disputes: ['inquiry', 'opened', 'won', 'lost'],
    settlements: { format: 'stripe.balance_transactions' },
  },
  // The codes of its API 2026-10-28, as `stripe` 23.1.0 lists them, and those of errors.ts for a refusal without one.
  refusalReasons: {
    charge_already_refunded: 'the payment has been refunded already',
    refund_exceeds_unrefunded:
      'less than this is left of the payment, as a part of it was refunded before',
    balance_insufficient: 'the balance at the gateway is too low',
    insufficient_funds: 'the balance at the gateway is too low',
    charge_not_refundable: 'the payment cannot be refunded',
    charge_disputed: 'the payment is disputed',
    refund_disputed_payment: 'the payment is disputed',
  },
  create: createStripeGateway,
});
