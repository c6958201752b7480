/** Webhooks of PayPal: who may have signed them, and why none of them is believed. */
import assert from 'node:assert/strict';
import { crc32 } from 'node:zlib';
import type { SignedRequest } from '../../../src/gateway-test/actor.ts';
import { WebhookRejection, type WebhookRejectionCode } from '../../../src/gateways/gateway.ts';
import { type FakePayPal, openFakePayPal } from '../../fakes/paypal/fake-paypal.ts';
import { eventOf } from '../../fakes/paypal/webhooks.ts';
import { gatewayAt, INSTALLATION } from './support.ts';

const MONEY = { currency_code: 'EUR', value: '49.99' };
const MARK = `ord_1.${INSTALLATION}`;

describe('a webhook of PayPal', () => {
  let fake: FakePayPal;

  before(async () => {
    fake = await openFakePayPal();
  });
  after(() => fake.close());

  const givenOrder = (custom_id = MARK) =>
    fake.account.create({ intent: 'CAPTURE', amount: MONEY, custom_id, more: {} });

  async function read(
    { headers, body }: Pick<SignedRequest, 'headers' | 'body'>,
    gateway = gatewayAt(fake.url),
  ) {
    await gateway.prepareWebhook?.(headers);
    return gateway.readWebhook(Buffer.from(body), headers);
  }

  const refused = (code: WebhookRejectionCode) => (error: unknown) => {
    assert.ok(error instanceof WebhookRejection, String(error));
    assert.equal(error.code, code);
    return true;
  };

  function approved(custom_id = MARK): SignedRequest {
    const order = givenOrder(custom_id);
    return fake.webhooks.sign(
      JSON.stringify(eventOf('CHECKOUT.ORDER.APPROVED', { about: 'order', order })),
    );
  }

  it('is a question about the order that it names', async () => {
    const message = await read(approved());
    assert.equal(message.kind, 'ask');
    assert.deepEqual(
      message.kind === 'ask' && [message.orderId, message.installationId, message.isPart],
      ['ord_1', INSTALLATION, undefined],
    );
  });

  it('of another merchant, signed for another webhook id, is refused', async () => {
    const { body } = approved();
    const theirs = fake.webhooks.sign(body, { webhookId: '9ANOTHERMERCHANT9' });
    await assert.rejects(read(theirs), refused('signature_invalid'));
  });

  it('of another account that the app acts for is ignored', async () => {
    const gateway = gatewayAt(fake.url, { merchantId: 'ANTHERACCT234' });
    assert.deepEqual(
      { ...(await read(approved(), gateway)), eventId: '' },
      { kind: 'ignored', eventId: '', reason: 'other_account' },
    );
  });

  for (const [what, address] of [
    ['another host', 'https://api.paypal.example/v1/notifications/certs/CERT-1'],
    [
      'a host that begins like PayPal’s',
      'https://api.sandbox.paypal.com.evil.example/v1/notifications/certs/CERT-1',
    ],
    ['the host of the other mode', 'https://api.paypal.com/v1/notifications/certs/CERT-1'],
    ['plain HTTP', 'http://api.sandbox.paypal.com/v1/notifications/certs/CERT-1'],
    ['another path of PayPal’s host', 'https://api.sandbox.paypal.com/v1/anything/CERT-1'],
    ['a path that climbs', 'https://api.sandbox.paypal.com/v1/notifications/certs/../../CERT-1'],
    [
      'a user in front of the host',
      'https://a@api.sandbox.paypal.com/v1/notifications/certs/CERT-1',
    ],
    ['this machine', 'http://127.0.0.1:80/v1/notifications/certs/CERT-1'],
    ['no address', 'certificate'],
  ])
    it(`whose certificate is at ${what} is refused, and nothing is asked there`, async () => {
      const { headers, body } = approved();
      const forged = { body, headers: { ...headers, 'paypal-cert-url': String(address) } };
      await assert.rejects(read(forged, gatewayAt(undefined)), refused('signature_invalid'));
    });

  it('whose certificate PayPal does not have is refused', async () => {
    const { headers, body } = approved();
    const address = `${fake.url}/v1/notifications/certs/CERT-none`;
    const forged = { body, headers: { ...headers, 'paypal-cert-url': String(address) } };
    await assert.rejects(read(forged), refused('signature_invalid'));
  });

  it('whose algorithm is another is refused, whatever its signature is', async () => {
    const { headers, body } = approved();
    const forged = { body, headers: { ...headers, 'paypal-auth-algo': 'none' } };
    await assert.rejects(read(forged), refused('signature_malformed'));
  });

  it('that was changed, and has the same CRC-32, is signed: so it says nothing', async () => {
    const genuine = approved();
    const order = givenOrder();
    const [capture] = [
      { id: 'MADEUP0000000000X', status: 'COMPLETED', amount: MONEY, final_capture: true },
    ];
    const event = eventOf('PAYMENT.CAPTURE.COMPLETED', { about: 'capture', order, capture });
    const body = withChecksum(event, crc32(Buffer.from(genuine.body)));
    const message = await read({ headers: genuine.headers, body });
    assert.equal(message.kind, 'ask');
    assert.notEqual(message.eventId, (await read(genuine)).eventId);
  });

  it('of a refund names a capture alone: whose it is, has to be asked', async () => {
    const order = givenOrder();
    fake.account.approve(order.id);
    const [captured] = fake.account.captureOrder(order.id).captures;
    const refund = fake.account.refund(captured?.id ?? '');
    const body = JSON.stringify(
      eventOf('PAYMENT.CAPTURE.REFUNDED', { about: 'refund', order, refund }),
    );
    const {
      eventId: _,
      occurredAt: __,
      ...message
    } = { occurredAt: 0, ...(await read(fake.webhooks.sign(body))) };
    assert.deepEqual(message, {
      kind: 'ask',
      orderId: null,
      paymentId: captured?.id,
      isPart: true,
    });
  });

  it('that other software is told of the same account names no order of ours', async () => {
    const message = await read(approved('INVOICE 12 / 2026'));
    assert.equal(message.kind === 'ask' && message.orderId, null);
  });

  it('without the object that it is about is for a person', async () => {
    const event = { event_type: 'PAYMENT.CAPTURE.REFUNDED', resource: { links: [] } };
    const message = await read(fake.webhooks.sign(JSON.stringify(event)));
    assert.equal(message.kind, 'unprocessable');
  });
});

/** A body with four letters more, chosen so that its CRC-32 is the given one. */
function withChecksum(event: object, checksum: number): string {
  for (let round = 0; ; round += 1) {
    const text = JSON.stringify({ ...event, round, fit: '' });
    const prefix = text.slice(0, -2);
    const patch = patchFor(crc32(Buffer.from(prefix)), checksum, Buffer.from('"}'));
    const letters = patch.toString('latin1');
    if (!/^[\x20-\x21\x23-\x5b\x5d-\x7e]{4}$/.test(letters)) continue;
    const body = `${prefix}${letters}"}`;
    assert.equal(crc32(Buffer.from(body)), checksum);
    return body;
  }
}

const TABLE = Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value >>> 0;
});

/** The four bytes that lead from one state of the checksum to another, backwards through what follows them. */
function patchFor(before: number, after: number, suffix: Buffer): Buffer {
  let state = ~after >>> 0;
  const back = (byte: number): void => {
    const index = TABLE.findIndex((value) => value >>> 24 === state >>> 24);
    state = (((state ^ (TABLE[index] ?? 0)) << 8) | (index ^ byte)) >>> 0;
  };
  for (const byte of suffix.toReversed()) back(byte);
  for (let count = 0; count < 4; count += 1) back(0);
  const patch = Buffer.alloc(4);
  patch.writeUInt32LE((state ^ ~before) >>> 0);
  return patch;
}
