/** Adyen behind its stand-in, and webhooks as it signs them. */
import { createAdyenGateway } from '../../../src/gateways/adyen/index.ts';
import { referenceOf } from '../../../src/gateways/adyen/payloads.ts';
import type { EventMessage, Gateway, WebhookRejection } from '../../../src/gateways/gateway.ts';
import {
  API_KEY,
  type FakeAdyen,
  HMAC_KEY,
  MERCHANT_ACCOUNT,
} from '../../fakes/adyen/fake-adyen.ts';
import type { Item } from '../../fakes/adyen/webhooks.ts';

export const INSTALLATION = `ins_${'7'.repeat(32)}`;

export const referenceFor = (orderId: string, isManual: boolean, attempt = 1): string =>
  referenceOf({ orderId, installationId: INSTALLATION, isManual, attempt });

export function adyenAt(
  fake: FakeAdyen,
  settings: Partial<Parameters<typeof createAdyenGateway>[0]> = {},
): Gateway {
  return createAdyenGateway({
    ...{ apiKey: API_KEY, merchantAccount: MERCHANT_ACCOUNT, environment: 'test' },
    ...{ webhookSecrets: [HMAC_KEY], apiBase: fake.url },
    ...settings,
  });
}

export const request = (orderId = 'ord_1', amountMinor = 1_000, currency = 'EUR') => ({
  ...{ orderId, installationId: INSTALLATION, attempt: 1, amountMinor, currency },
  idempotencyKey: 'k'.repeat(32),
});

/** An item as Adyen's OpenAPI file shows one, of a payment of ours. */
export function item(eventCode: string, fields: Partial<Item> = {}): Item {
  return {
    additionalData: {},
    amount: { currency: 'EUR', value: 1_000 },
    eventCode,
    eventDate: '2021-01-01T01:00:00+01:00',
    merchantAccountCode: MERCHANT_ACCOUNT,
    merchantReference: referenceFor('ord_1', true),
    originalReference: '9913140798220028',
    paymentMethod: 'visa',
    pspReference: 'QFQTPCQ8HXSKGK82',
    reason: '',
    success: 'true',
    ...fields,
  };
}

type Said = EventMessage | WebhookRejection;

/** What the gateway makes of items that are signed as they stand, and of a change on their way. */
export function readItems(
  fake: FakeAdyen,
  gateway: Gateway,
  items: readonly Item[],
  { live = 'false', key = HMAC_KEY, onItsWay = (body: string) => body } = {},
): readonly Said[] {
  const { body } = fake.webhooks.sign(fake.webhooks.batchOf(items, live), key);
  const message = gateway.readWebhook(Buffer.from(onItsWay(body)), {});
  return message.kind === 'batch' ? message.items : [message];
}
