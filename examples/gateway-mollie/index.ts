/** Mollie as a gateway of Payonce, written with nothing but `payonce/gateway`. */
import { defineGateway, type Gateway, noRules } from 'payonce/gateway';
import {
  capturePayment,
  createPayment,
  fetchPayments,
  refundPayment,
  voidPayment,
} from './calls.ts';
import { createMollieClient } from './client.ts';
import { readMollieWebhook } from './webhook.ts';

const HOUR_MS = 60 * 60 * 1_000;
const API_BASE = 'https://api.mollie.com';

export default defineGateway({
  interfaceVersion: 1,
  name: 'mollie',
  title: 'Mollie',
  settings: {
    apiKey: {
      kind: 'text',
      pattern: {
        matches: /^(test|live)_\w{8,}$/,
        says: 'begin with test_ or live_, as Mollie gave it',
      },
      meaning: 'take money through Mollie',
      secret: true,
      required: true,
    },
    webhookSecrets: {
      kind: 'secrets',
      meaning:
        'secrets of your own, which sign the addresses of its webhooks: one or two, newest first',
      required: true,
    },
    webhookUrl: {
      kind: 'url',
      meaning:
        'the public address of its webhooks, such as `https://pay.example.com/webhooks/mollie`',
      required: true,
    },
    redirectUrl: {
      kind: 'url',
      meaning: 'the page of the shop to which customers return; it is given the `orderId`',
      required: true,
    },
    apiBase: {
      kind: 'url',
      meaning: 'another address of Mollie, for tests',
      inProductionOnly: API_BASE,
    },
  },
  capabilities: {
    // What a method takes at least and at most, Mollie says itself: it depends on the method that a customer chooses.
    amounts: noRules('Mollie'),
    // docs.mollie.com/payments/multicurrency, without those that are withdrawn.
    currencies: [
      ...[
        'AED',
        'AUD',
        'BRL',
        'CAD',
        'CHF',
        'CZK',
        'DKK',
        'EUR',
        'GBP',
        'HKD',
        'HUF',
        'ILS',
        'ISK',
      ],
      ...[
        'JPY',
        'MXN',
        'MYR',
        'NOK',
        'NZD',
        'PHP',
        'PLN',
        'RON',
        'SEK',
        'SGD',
        'THB',
        'TWD',
        'USD',
      ],
      'ZAR',
    ],
    capture: { manual: true, partial: true, multiple: false },
    refund: { partial: true },
    void: 'final',
    // docs.mollie.com/reference/api-idempotency and the client's own words: repeat within an hour.
    idempotencyKeys: { rememberedMs: HOUR_MS, maxLength: 64 },
    expiry: { paymentMs: null, authorizationMs: null },
    truth: 'read_back',
    webhooks: {
      contentType: 'application/x-www-form-urlencoded',
      batches: false,
      answerWithinMs: 15_000,
    },
    // A chargeback takes the money at once; one that is reversed gives it back.
    disputes: ['lost', 'won'],
  },
  create({ apiKey, webhookSecrets, webhookUrl, redirectUrl, apiBase = API_BASE }): Gateway {
    const client = createMollieClient({ apiKey, baseUrl: apiBase });
    const mollie = { client, webhookSecrets, webhookUrl, redirectUrl };
    return {
      checkAccess: async () => {
        await client.listPayments();
      },
      createPayment: (request) => createPayment(mollie, request),
      fetchPayments: (request) => fetchPayments(client, request),
      capturePayment: (request) => capturePayment(client, request),
      voidPayment: (request) => voidPayment(client, request),
      refundPayment: (request) => refundPayment(client, request),
      // Mollie hands nothing to the browser that would prove a payment.
      isProofValid: () => true,
      readWebhook: (rawBody, _headers, query = {}) =>
        readMollieWebhook(webhookSecrets, rawBody, query),
    };
  },
});

export { openStandIn } from './stand-in/stand-in.ts';
