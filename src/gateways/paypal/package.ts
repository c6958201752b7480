/** PayPal, as it is configured and what it can do. */
import { defineGateway } from '../gateway-package.ts';
import { PAYPAL_AMOUNTS, PAYPAL_CURRENCIES } from './amounts.ts';
import { createPayPalGateway } from './index.ts';

const HOUR_MS = 60 * 60 * 1_000;
const DAY_MS = 24 * HOUR_MS;

export const paypal = defineGateway({
  interfaceVersion: 1,
  name: 'paypal',
  title: 'PayPal',
  settings: {
    clientId: { kind: 'text', meaning: 'take money through PayPal', required: true },
    clientSecret: {
      kind: 'text',
      meaning: 'the secret of that client id',
      secret: true,
      required: true,
    },
    webhookIds: {
      // No secret of the usual kind: PayPal makes it, shorter than those have to be.
      kind: 'text',
      pattern: {
        matches: /^[A-Z0-9]{10,50}(,[A-Z0-9]{10,50})?$/,
        says: 'be one or two ids of webhooks, of capitals and digits, with a comma between them',
      },
      meaning: 'the ids of its webhook, as PayPal shows them: one or two, newest first',
      secret: true,
      required: true,
    },
    mode: {
      kind: 'choice',
      choices: ['sandbox', 'live'],
      meaning: '`sandbox` or `live`: which of the two the client id is of',
      default: 'sandbox',
    },
    merchantId: {
      kind: 'text',
      pattern: {
        matches: /^[2-9A-HJ-NP-Z]{13}$/,
        says: 'be 13 capitals and digits, as PayPal shows it',
      },
      meaning: 'your own account, its merchant id, as with Stripe',
    },
    returnUrl: {
      kind: 'url',
      meaning:
        'the page of the shop to which buyers come back from PayPal; it is given the `orderId`',
    },
    apiBase: {
      kind: 'url',
      meaning: 'another address of PayPal, for tests',
      inProductionOnly: 'https://api-m.paypal.com',
    },
  },
  capabilities: {
    amounts: PAYPAL_AMOUNTS,
    currencies: PAYPAL_CURRENCIES,
    capture: { manual: true, partial: true, multiple: true },
    refund: { partial: true },
    void: 'final',
    // Orders are remembered for six hours, all other calls for 45 days. What is repeated of an order after six hours is
    // told by its state, but for its creation, which makes another one: nobody knew of the first.
    idempotencyKeys: { rememberedMs: DAY_MS, maxLength: 108 },
    // An approval ends after three hours; what is authorized lives for 29 days.
    expiry: { paymentMs: null, authorizationMs: 29 * DAY_MS },
    truth: 'read_back',
    webhooks: { contentType: 'application/json', batches: false, answerWithinMs: 5_000 },
    disputes: ['inquiry', 'opened', 'won', 'lost'],
  },
  // The issues of its Payments v2.
  refusalReasons: {
    capture_fully_refunded: 'the payment has been refunded already',
    refund_amount_exceeded:
      'less than this is left of the payment, as a part of it was refunded before',
    refund_spans_captures:
      'it was captured in parts, none of which holds as much: refund it part by part',
    refund_amount_too_low: 'PayPal refunds no amount as small as this',
    refund_failed_insufficient_funds: 'the balance at the gateway is too low',
    refund_time_limit_exceeded: 'the payment is too old to be refunded',
    refund_not_allowed: 'the payment cannot be refunded',
    refund_is_restricted: 'the payment cannot be refunded by this app',
    partial_refund_not_allowed: 'its method of payment can only be refunded as a whole',
    max_number_of_refunds_exceeded: 'it was refunded in as many parts as the gateway allows',
    pending_capture: 'the gateway has not received the money yet',
    transaction_disputed: 'the payment is disputed',
    refund_not_permitted_due_to_chargeback: 'the payment is disputed',
    payment_not_captured: 'nothing of the payment is left to be refunded',
  },
  create: createPayPalGateway,
});
