/** The sandbox gateway behind the common interface. */
import { noRules } from '../../money/amounts.ts';
import { type Gateway, GatewayRefusal, INSTALLATION_FIELD } from '../gateway.ts';
import { createSandboxClient } from './client.ts';
import { refundSnapshotOf, snapshotOf } from './payloads.ts';
import { readSandboxWebhook } from './webhook.ts';

export interface SandboxSettings {
  baseUrl: string;
  /** One or two, newest first. */
  webhookSecrets: string[];
}

export function createSandboxGateway({ baseUrl, webhookSecrets }: SandboxSettings): Gateway {
  const client = createSandboxClient(baseUrl);
  return {
    amounts: noRules('The sandbox'),
    isVoidFinal: true,
    // The sandbox has no keys; it is asked as if it had, so that a refusal can be tried on it.
    async checkAccess() {
      await client.listPayments('access-check');
    },
    async createPayment({ orderId, installationId, amountMinor, currency, idempotencyKey }) {
      const metadata = { [INSTALLATION_FIELD]: installationId };
      const body = { orderId, amount: amountMinor, currency, metadata };
      const payment = await client.createPayment(body, idempotencyKey);
      return { payment: snapshotOf(payment), checkout: { url: payment.checkoutUrl ?? '' } };
    },
    async fetchPayments({ orderId, paymentIds }) {
      const listed = await client.listPayments(orderId);
      const known = new Set(listed.map((payment) => payment.id));
      const asked = paymentIds.filter((paymentId) => !known.has(paymentId));
      const found = await Promise.all(asked.map((paymentId) => client.findPayment(paymentId)));
      return {
        payments: [...listed, ...found.filter((payment) => payment !== null)].map(snapshotOf),
        missing: asked.filter((_, i) => found[i] === null),
      };
    },
    async capturePayment({ paymentId, amountMinor, idempotencyKey }) {
      const payment = await client.findPayment(paymentId);
      if (payment === null) throw new GatewayRefusal('payment_not_found', `no ${paymentId}`);
      if (payment.status === 'captured') return snapshotOf(payment);
      // Without an amount the gateway captures what is left: nothing, when somebody else was faster.
      const part = amountMinor === payment.amount ? undefined : amountMinor;
      return snapshotOf(await client.capture(paymentId, part, idempotencyKey));
    },
    voidPayment: async ({ paymentId, idempotencyKey }) =>
      snapshotOf(await client.void(paymentId, idempotencyKey)),
    refundPayment: async ({ paymentId, amountMinor, currency, idempotencyKey }) =>
      refundSnapshotOf(await client.refund(paymentId, amountMinor, idempotencyKey), currency),
    isProofValid: () => true,
    readWebhook: (rawBody, headers) => readSandboxWebhook(webhookSecrets, rawBody, headers),
  };
}
