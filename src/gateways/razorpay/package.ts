/** Razorpay, as it is configured and what it can do. */
import { defineGateway } from '../gateway-package.ts';
import { AUTHORIZATION_MINUTES, RAZORPAY_AMOUNTS } from './amounts.ts';
import { createRazorpayGateway } from './index.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

export const razorpay = defineGateway({
  interfaceVersion: 1,
  name: 'razorpay',
  title: 'Razorpay',
  settings: {
    keyId: { kind: 'text', meaning: 'take money through Razorpay', required: true },
    keySecret: {
      kind: 'text',
      meaning: 'the secret of that key',
      secret: true,
      required: true,
    },
    webhookSecrets: {
      kind: 'secrets',
      meaning: 'signing secrets of its webhooks: one or two, newest first',
      secret: true,
      required: true,
    },
    accountId: {
      kind: 'text',
      pattern: { matches: /^acc_\w+$/, says: 'begin with acc_, as Razorpay shows it' },
      meaning: 'your own account, `acc_…`, as with Stripe',
    },
    apiBase: {
      kind: 'url',
      meaning: 'another address of Razorpay, for tests',
      inProductionOnly: 'https://api.razorpay.com',
    },
  },
  capabilities: {
    amounts: RAZORPAY_AMOUNTS,
    // An authorization is captured whole, by the order or by a setting of the account.
    capture: { manual: true, partial: false, multiple: false },
    refund: { partial: true },
    void: 'noted',
    // What was made under a key is found by its receipt however long ago that was; the time is that of the others.
    idempotencyKeys: { rememberedMs: DAY_MS, maxLength: 40 },
    expiry: { paymentMs: null, authorizationMs: AUTHORIZATION_MINUTES * 60_000 },
    truth: 'read_back',
    webhooks: { contentType: 'application/json', batches: false, answerWithinMs: 5_000 },
    disputes: ['inquiry', 'opened', 'won', 'lost'],
    settlements: { format: 'razorpay.recon_api' },
  },
  // What its descriptions mean, see errors.ts.
  refusalReasons: {
    payment_fully_refunded: 'the payment has been refunded already',
    refund_exceeds_captured:
      'less than this is left of the payment, as a part of it was refunded before',
    balance_insufficient: 'the balance at the gateway is too low',
    payment_too_old: 'the payment is too old to be refunded',
    refund_disputed_payment: 'the payment is disputed',
    payment_not_captured: 'nothing of the payment is left to be refunded',
    partial_refund_unsupported: 'its method of payment can only be refunded as a whole',
    refund_unsupported: 'its method of payment cannot be refunded',
    refunds_disabled: 'the gateway has disabled refunds for this account',
  },
  create: createRazorpayGateway,
});
