/** Who has signed a webhook of Adyen, whose payment it is about, and what of it is signed at all. */
import assert from 'node:assert/strict';
import { WebhookRejection } from '../../../src/gateways/gateway.ts';
import { type FakeAdyen, openFakeAdyen } from '../../fakes/adyen/fake-adyen.ts';
import type { Batch } from '../../fakes/adyen/webhooks.ts';
import { adyenAt, item, readItems } from './support.ts';

const ANOTHER_KEY = 'AB'.repeat(32);

describe("Adyen's webhooks, T45", () => {
  let fake: FakeAdyen;
  before(async () => {
    fake = await openFakeAdyen();
  });
  after(() => fake.close());

  const kinds = (said: ReturnType<typeof readItems>): string[] =>
    said.map((one) => ('kind' in one ? one.kind : one.code));

  it('are read item by item: a forged one among good ones is refused by itself', () => {
    const gateway = adyenAt(fake);
    const forge = (body: string): string => {
      const batch = JSON.parse(body) as Batch;
      const second = batch.notificationItems[1]?.NotificationRequestItem ?? {};
      second.amount = { currency: 'EUR', value: 999_999 };
      return JSON.stringify(batch);
    };
    const items = [item('AUTHORISATION'), item('CAPTURE'), item('REFUND')];
    const said = readItems(fake, gateway, items, { onItsWay: forge });
    assert.deepEqual(kinds(said), ['fact', 'signature_invalid', 'fact']);
  });

  it('are taken under the key before as long as both are configured, and not under that of another merchant', () => {
    const rotating = adyenAt(fake, { webhookSecrets: ['CD'.repeat(32), ANOTHER_KEY] });
    const signed = { key: ANOTHER_KEY };
    assert.deepEqual(kinds(readItems(fake, rotating, [item('REFUND')], signed)), ['fact']);
    assert.deepEqual(kinds(readItems(fake, adyenAt(fake), [item('REFUND')], signed)), [
      'signature_invalid',
    ]);
  });

  for (const field of [
    'pspReference',
    'originalReference',
    'merchantAccountCode',
    'merchantReference',
    'eventCode',
    'success',
  ])
    it(`are refused where ${field} was changed on its way`, () => {
      const change = (body: string): string => {
        const batch = JSON.parse(body) as Batch;
        for (const { NotificationRequestItem: given } of batch.notificationItems)
          given[field] = `${String(given[field])}1`;
        return JSON.stringify(batch);
      };
      const said = readItems(fake, adyenAt(fake), [item('REFUND')], { onItsWay: change });
      assert.deepEqual(kinds(said), ['signature_invalid']);
    });

  it('are the same whatever is written into what is not signed: reason, metadata and method', () => {
    const change = (body: string): string => {
      const batch = JSON.parse(body) as Batch;
      for (const { NotificationRequestItem: given } of batch.notificationItems) {
        Object.assign(given, { reason: 'forged', paymentMethod: 'forged' });
        Object.assign(given.additionalData ?? {}, { 'metadata.orderId': 'ord_of_another' });
      }
      return JSON.stringify(batch);
    };
    const [genuine] = readItems(fake, adyenAt(fake), [item('REFUND')]);
    const [changed] = readItems(fake, adyenAt(fake), [item('REFUND')], { onItsWay: change });
    assert.deepEqual(changed, genuine);
  });

  it('block no genuine event by another deadline: it has an id of its own', () => {
    const opened = (defensePeriodEndsAt: string) =>
      readItems(fake, adyenAt(fake), [
        item('NOTIFICATION_OF_CHARGEBACK', { additionalData: { defensePeriodEndsAt } }),
      ])[0] as { eventId: string };
    const [one, other] = [opened('2026-01-01T00:00:00Z'), opened('2027-01-01T00:00:00Z')];
    assert.notEqual(one.eventId, other.eventId);
  });

  for (const [what, given, options, reason] of [
    ['another merchant account', { merchantAccountCode: 'OfAnother' }, {}, 'other_account'],
    ['the live environment', {}, { live: 'true' }, 'other_mode'],
    ['other software', { merchantReference: 'invoice:17' }, {}, 'not_ours'],
    ['a code of tomorrow', { eventCode: 'OF_TOMORROW' }, {}, 'unknown_type'],
  ] as const)
    it(`of ${what} are ignored, and counted as ${reason}`, () => {
      const [said] = readItems(fake, adyenAt(fake), [item('REFUND', given)], options);
      assert.ok(said !== undefined && 'kind' in said && said.kind === 'ignored');
      assert.equal(said.reason, reason);
    });

  it('without items prove nothing', () => {
    for (const body of ['{}', '[]', 'null', '{"notificationItems":[]}', 'no JSON']) {
      const message = adyenAt(fake).readWebhook(Buffer.from(body), {});
      assert.ok(message.kind === 'batch');
      const [said] = message.items;
      assert.ok(said instanceof WebhookRejection, body);
      assert.equal(said.code, 'signature_missing');
    }
  });
});

describe("Adyen's settings", () => {
  const settings = {
    ...{ apiKey: 'key', merchantAccount: 'Shop', environment: 'test' as const },
    webhookSecrets: ['AB'.repeat(32)],
  };
  it('take no HMAC key that the SDK would cut short, or read as none', async () => {
    const fake = await openFakeAdyen();
    for (const key of ['whsec_abc', `${'AB'.repeat(31)}XY`, 'AB'.repeat(16)])
      assert.throws(() => adyenAt(fake, { webhookSecrets: [key] }), /64 hexadecimal digits/);
    await fake.close();
  });

  it('want a prefix for the live environment', async () => {
    const fake = await openFakeAdyen();
    assert.throws(
      () => adyenAt(fake, { ...settings, environment: 'live' }),
      /ADYEN_LIVE_PREFIX must be set/,
    );
    await fake.close();
  });
});
