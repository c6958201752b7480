/** The sandbox gateway, which runs beside Payonce in development and takes no real money. */
import { noRules } from '../../money/amounts.ts';
import { defineGateway } from '../gateway-package.ts';
import { createSandboxGateway } from './index.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;

export const sandbox = defineGateway({
  interfaceVersion: 1,
  name: 'sandbox',
  title: 'The sandbox',
  isForDevelopment: true,
  // The sandbox's own process reads the same variables.
  settings: {
    port: { kind: 'own', variable: 'SANDBOX_PORT' },
    webhookSecrets: { kind: 'own', variable: 'SANDBOX_WEBHOOK_SECRETS' },
  },
  capabilities: {
    amounts: noRules('The sandbox'),
    capture: { manual: true, partial: true, multiple: true },
    refund: { partial: true },
    void: 'final',
    idempotencyKeys: { rememberedMs: DAY_MS, maxLength: 255 },
    expiry: { paymentMs: null, authorizationMs: null },
    truth: 'read_back',
    webhooks: { contentType: 'application/json', batches: false, answerWithinMs: 5_000 },
    disputes: ['inquiry', 'opened', 'won', 'lost'],
  },
  refusalReasons: {
    refund_exceeds_captured:
      'less than this is left of the payment, as a part of it was refunded before',
  },
  create: ({ port, webhookSecrets }) =>
    createSandboxGateway({
      baseUrl: `http://127.0.0.1:${String(port)}`,
      webhookSecrets: (webhookSecrets ?? []) as string[],
    }),
});
