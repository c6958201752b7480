/** Which webhooks are the sandbox gateway's, decided over the raw bytes, and what they say. */
import assert from 'node:assert/strict';
import { Webhook } from 'standardwebhooks';
import { WebhookRejection } from '../../../src/gateways/gateway.ts';
import { createSandboxGateway } from '../../../src/gateways/sandbox/index.ts';

const [NEW = '', OLD = '', THEIRS = ''] = [1, 2, 3].map(
  (byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`,
);
const gateway = createSandboxGateway({ baseUrl: 'http://127.0.0.1:1', webhookSecrets: [NEW, OLD] });
const MONEY = { paymentId: 'sbx_pay_1', amount: 4999, currency: 'INR' };
const CAPTURED = event('payment.captured', { ...MONEY, orderId: 'ord_1', captureId: 'sbx_cap_1' });

function event(type: string, data: object): string {
  return JSON.stringify({ type, timestamp: '2026-01-26T10:00:00Z', data });
}

function headersOf(body: string, { secret = NEW, id = 'evt_1', ageS = 0 } = {}) {
  const at = new Date(Date.now() - ageS * 1_000);
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
    'webhook-signature': new Webhook(secret).sign(id, at, body),
  };
}

function read(body: string, headers: Record<string, string> = headersOf(body)) {
  return gateway.readWebhook(Buffer.from(body), headers);
}

function assertRejected(code: string, said: RegExp, headers: Record<string, string>): void {
  assert.throws(
    () => read(CAPTURED, headers),
    (error) => error instanceof WebhookRejection && error.code === code && said.test(error.message),
  );
}

describe("a webhook with the sandbox gateway's signature", () => {
  for (const [name, secret] of Object.entries({ new: NEW, old: OLD }))
    it(`is read under the ${name} secret, as two are in use while one is replaced`, () => {
      assert.equal(read(CAPTURED, headersOf(CAPTURED, { secret })).kind, 'fact');
    });

  it('is read when it is signed with several secrets at once', () => {
    const headers = headersOf(CAPTURED);
    const theirs = headersOf(CAPTURED, { secret: THEIRS })['webhook-signature'];
    headers['webhook-signature'] = `${theirs} ${headers['webhook-signature']}`;
    assert.equal(read(CAPTURED, headers).kind, 'fact');
  });

  for (const ageS of [297, -297])
    it(`is read ${Math.abs(ageS)} s ${ageS > 0 ? 'late' : 'early'}`, () => {
      assert.equal(read(CAPTURED, headersOf(CAPTURED, { ageS })).kind, 'fact');
    });

  for (const ageS of [305, -305])
    it(`is refused ${Math.abs(ageS)} s ${ageS > 0 ? 'late' : 'early'}, and says by how much`, () => {
      assertRejected(
        'timestamp_out_of_tolerance',
        /more than 300 s/,
        headersOf(CAPTURED, { ageS }),
      );
    });

  it('is refused under a secret that is not ours, and with other bytes', () => {
    const said = /matches no active secret/;
    assertRejected('signature_invalid', said, headersOf(CAPTURED, { secret: THEIRS }));
    assertRejected('signature_invalid', said, headersOf(`${CAPTURED} `));
    assertRejected('signature_invalid', said, { ...headersOf(CAPTURED), 'webhook-id': 'evt_2' });
  });

  for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'])
    it(`is refused without ${name}, and says what to send`, () => {
      const headers = { ...headersOf(CAPTURED), [name]: '' };
      assertRejected('signature_missing', new RegExp(`Send.*${name}`), headers);
    });

  for (const timestamp of ['now', '1234567890123', '1.5', '-5', '12 '])
    it(`is refused with "${timestamp}" for a time`, () => {
      const headers = { ...headersOf(CAPTURED), 'webhook-timestamp': timestamp };
      assertRejected('signature_malformed', /Unix seconds/, headers);
    });

  for (const signature of [
    'v1,',
    'v1,ä',
    'v2,AAAA',
    'v1,AAAA,',
    'AAAA',
    'v1,AAAA  v1,AAAA',
    'xv1,AAAA',
    'v1,AAAA v1,',
  ])
    it(`is refused with "${signature}" for a signature`, () => {
      const headers = { ...headersOf(CAPTURED), 'webhook-signature': signature };
      assertRejected('signature_malformed', /"v1,<base64>"/, headers);
    });

  it('is refused, and no error of ours, with a signature of another length', () => {
    const headers = { ...headersOf(CAPTURED), 'webhook-signature': 'v1,AAAA' };
    assertRejected('signature_invalid', /no active secret/, headers);
  });
});

describe('a signed event of the sandbox gateway', () => {
  it('tells a capture with its order', () => {
    const { paymentId, currency } = MONEY;
    const money = { paymentId, currency, amountMinor: 4999 };
    assert.deepEqual(read(CAPTURED), {
      kind: 'fact',
      eventId: 'evt_1',
      occurredAt: Date.parse('2026-01-26T10:00:00Z'),
      orderId: 'ord_1',
      fact: { type: 'payment.captured', captureId: 'sbx_cap_1', ...money },
    });
  });

  it('names no order where the gateway names none, and the installation where it names one', () => {
    const metadata = { installation: 'ins_1' };
    const message = read(event('refund.succeeded', { ...MONEY, refundId: 'r_1', metadata }));
    assert.ok(message.kind === 'fact');
    assert.deepEqual([message.orderId, message.installationId], [null, 'ins_1']);
    const unnamed = read(event('dispute.lost', { ...MONEY, disputeId: 'd_1', metadata: {} }));
    assert.equal(unnamed.kind === 'fact' && 'installationId' in unnamed, false);
  });

  for (const [type, more] of [
    ['payment.voided', {}],
    ['capture.reversed', { captureId: 'c_1' }],
    ['refund.reversed', { refundId: 'r_1' }],
    ['dispute.inquiry', { disputeId: 'd_1' }],
  ] as const)
    it(`tells ${type}`, () => {
      const message = read(event(type, { ...MONEY, ...more }));
      assert.equal(message.kind === 'fact' && message.fact.type, type);
    });

  it('tells until when a dispute may be answered', () => {
    const data = { ...MONEY, disputeId: 'd_1', respondBy: '2026-02-07T10:00:00.000Z' };
    const message = read(event('dispute.opened', data));
    assert.ok(message.kind === 'fact' && message.fact.type === 'dispute.opened');
    assert.equal(message.fact.respondBy, Date.UTC(2026, 1, 7, 10));
  });

  it('is ignored where no order needs its type', () => {
    assert.deepEqual(read(event('customer.created', {})), {
      kind: 'ignored',
      eventId: 'evt_1',
      reason: 'unknown_type',
    });
  });

  for (const [name, data] of Object.entries({
    paymentId: { ...MONEY, paymentId: 'a b' },
    amount: { ...MONEY, amount: 0 },
    currency: { ...MONEY, currency: 'inr' },
    captureId: { ...MONEY, captureId: `c${'x'.repeat(64)}` },
    orderId: { ...MONEY, orderId: 5 },
  }))
    it(`is for a person, who is told the field: ${name}`, () => {
      assert.deepEqual(read(event('payment.captured', data)), {
        kind: 'unprocessable',
        eventId: 'evt_1',
        code: 'event_unprocessable',
        reason: `data.${name} is missing or wrong`,
      });
    });

  for (const [field, wrong] of [
    ['paymentId', 'x'.repeat(65)],
    ['paymentId', 'ä'],
    ['amount', 1.5],
    ['amount', Number.MAX_SAFE_INTEGER + 1],
    ['currency', 'INRR'],
    ['currency', 'xINR'],
  ] as const)
    it(`is for a person where ${field} is ${String(wrong).slice(0, 20)}`, () => {
      const message = read(event('payment.captured', { ...MONEY, [field]: wrong }));
      assert.equal(message.kind, 'unprocessable');
    });

  for (const [type, field] of [
    ['refund.pending', 'refundId'],
    ['dispute.opened', 'disputeId'],
  ] as const)
    it(`is for a person: ${type} without ${field}`, () => {
      const message = read(event(type, MONEY));
      assert.match(message.kind === 'unprocessable' ? message.reason : '', new RegExp(field));
    });

  for (const body of ['', 'no json', '[]', 'null', '{"type":5}'])
    it(`is for a person: ${body || 'an empty body'}`, () => {
      assert.deepEqual(read(body), {
        kind: 'unprocessable',
        eventId: 'evt_1',
        code: 'event_unprocessable',
        reason: 'the body has no type',
      });
    });
});
