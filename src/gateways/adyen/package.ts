/** Adyen, as it is configured and what it can do. */
import { defineGateway } from '../gateway-package.ts';
import { ADYEN_AMOUNTS } from './amounts.ts';
import { createAdyenGateway } from './index.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

export const adyen = defineGateway({
  interfaceVersion: 1,
  name: 'adyen',
  title: 'Adyen',
  settings: {
    apiKey: { kind: 'text', meaning: 'take money through Adyen', secret: true, required: true },
    merchantAccount: {
      kind: 'text',
      meaning: 'the merchant account that takes it; events of others are ignored',
      required: true,
    },
    webhookSecrets: {
      kind: 'secrets',
      meaning: 'HMAC keys of its standard webhook: one or two, newest first',
      secret: true,
      required: true,
    },
    environment: {
      kind: 'choice',
      choices: ['test', 'live'],
      meaning: '`test` or `live`; events of the other one are ignored',
      default: 'test',
    },
    livePrefix: {
      kind: 'text',
      pattern: {
        matches: /^[0-9A-Za-z]+-[0-9A-Za-z]+$/,
        says: 'be a prefix such as 1797a841fbb37ca7-AdyenDemo, without https:// and the rest',
      },
      meaning: 'what the addresses of your live account begin with',
    },
    captureMethod: {
      kind: 'choice',
      choices: ['automatic', 'manual'],
      meaning: '`automatic`, or `manual`: Adyen authorizes and the order captures',
      default: 'automatic',
    },
    returnUrl: {
      kind: 'url',
      meaning: 'the page of the shop to which customers return; it is given the `orderId`',
    },
    apiBase: {
      kind: 'url',
      meaning: 'another address of Adyen, for tests',
      inProductionOnly: 'https://checkout-test.adyen.com',
    },
  },
  capabilities: {
    amounts: ADYEN_AMOUNTS,
    // Several captures have to be enabled for an account; without that, the first one cancels the rest.
    capture: { manual: true, partial: true, multiple: false },
    refund: { partial: true },
    void: 'final',
    // docs.adyen.com/development-resources/api-idempotency: 7 days at least, at most 64 characters.
    idempotencyKeys: { rememberedMs: 7 * DAY_MS, maxLength: 64 },
    // A link for a day. Authorizations lapse by the rules of each scheme, and an EXPIRE says so.
    expiry: { paymentMs: DAY_MS, authorizationMs: null },
    truth: 'webhooks',
    webhooks: { contentType: 'application/json', batches: true, answerWithinMs: 10_000 },
    disputes: ['inquiry', 'opened', 'won', 'lost'],
  },
  create: createAdyenGateway,
});
