/** The sandbox gateway behind the common interface. */
import type { SingleEventGateway } from '../gateway.ts';
import { capturePayment, createPayment, fetchPayments } from './calls.ts';
import { createSandboxClient } from './client.ts';
import { refundSnapshotOf, snapshotOf } from './payloads.ts';
import { readSandboxWebhook } from './webhook.ts';

export interface SandboxSettings {
  baseUrl: string;
  /** One or two, newest first. */
  webhookSecrets: string[];
}

export function createSandboxGateway({
  baseUrl,
  webhookSecrets,
}: SandboxSettings): SingleEventGateway {
  const client = createSandboxClient(baseUrl);
  return {
    // The sandbox has no keys; it is asked as if it had, so that a refusal can be tried on it.
    async checkAccess() {
      await client.listPayments('access-check');
    },
    createPayment: (request) => createPayment(client, request),
    fetchPayments: (request) => fetchPayments(client, request),
    capturePayment: (request) => capturePayment(client, request),
    voidPayment: async ({ paymentId, idempotencyKey }) =>
      snapshotOf(await client.void(paymentId, idempotencyKey)),
    refundPayment: async ({ paymentId, amountMinor, currency, idempotencyKey }) =>
      refundSnapshotOf(await client.refund(paymentId, amountMinor, idempotencyKey), currency),
    isProofValid: () => true,
    readWebhook: (rawBody, headers) => readSandboxWebhook(webhookSecrets, rawBody, headers),
  };
}
