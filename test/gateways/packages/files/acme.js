// A gateway as a shop writes it, in plain JavaScript: the least that there has to be.
import { defineGateway, GatewayRefusal, noRules, WebhookRejection } from 'payonce/gateway';

const HOUR_MS = 3_600_000;

export default defineGateway({
  interfaceVersion: 1,
  name: 'acme',
  title: 'Acme',
  settings: {
    secretKey: { kind: 'text', meaning: 'take money through Acme', secret: true, required: true },
    webhookSecrets: { kind: 'secrets', meaning: 'what signs its webhooks', required: true },
    apiBase: {
      kind: 'url',
      meaning: 'another address of Acme, for tests',
      inProductionOnly: 'https://api.acme.example',
    },
  },
  capabilities: {
    amounts: noRules('Acme'),
    currencies: ['EUR'],
    capture: { manual: false, partial: false, multiple: false },
    refund: { partial: true },
    void: 'none',
    idempotencyKeys: { rememberedMs: HOUR_MS, maxLength: 64 },
    expiry: { paymentMs: null, authorizationMs: null },
    truth: 'webhooks',
    webhooks: { contentType: 'application/json', batches: true, answerWithinMs: 10_000 },
    disputes: ['opened', 'won', 'lost'],
  },
  create: ({ webhookSecrets }) => new Acme(webhookSecrets),
});

class Acme {
  #secrets;

  constructor(secrets) {
    this.#secrets = secrets;
  }

  async checkAccess() {}

  async createPayment() {
    throw new GatewayRefusal('account_closed', 'Acme refused: account_closed');
  }

  async fetchPayments() {
    return { payments: [], missing: [] };
  }

  async capturePayment() {
    throw new GatewayRefusal('account_closed', 'Acme refused: account_closed');
  }

  async voidPayment() {
    throw new GatewayRefusal('account_closed', 'Acme refused: account_closed');
  }

  async refundPayment() {
    throw new GatewayRefusal('account_closed', 'Acme refused: account_closed');
  }

  isProofValid() {
    return true;
  }

  /** Each item of a batch carries its own secret, which stands for a signature. */
  readWebhook(rawBody) {
    const items = JSON.parse(rawBody.toString('utf8'));
    return {
      kind: 'batch',
      items: items.map(({ signature, id, fact }) =>
        this.#secrets.includes(signature)
          ? { kind: 'fact', eventId: id, orderId: fact.orderId, fact: fact.fact }
          : new WebhookRejection('signature_invalid', `The signature of item ${id} is wrong.`),
      ),
    };
  }
}
