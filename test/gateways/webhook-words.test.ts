/**
 * What a refused webhook is told, by which an operator finds the wrong setting, and whose a signed one is: the
 * order and the installation that the gateway's object names.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { signedHeaders } from '../fakes/razorpay/webhooks.ts';
import {
  gatewayWithoutNetwork,
  sample as razorpaySample,
  read as readRazorpay,
  SAMPLES_SENT_AT,
  WEBHOOK_SECRET,
} from './razorpay/support.ts';
import { eventOf, received, sample, signatureOf, gateway as stripe } from './stripe/samples.ts';

const METADATA = { orderId: 'ord_1042', installation: 'ins_1' };

describe('a webhook of Stripe that is refused', () => {
  const body = eventOf('payment_intent.succeeded', sample('payment-intent'));
  const refusal = (header: string, said: RegExp): void =>
    assert.throws(
      () => stripe.readWebhook(Buffer.from(body), { 'stripe-signature': header }),
      said,
    );

  it('is told what to send, what a signature looks like, and which secret or clock is wrong', () => {
    refusal('', /Send stripe-signature/);
    refusal('x', /stripe-signature is "t=<seconds>,v1=<hex>"/);
    refusal(signatureOf(body, { secret: 'whsec_another' }), /matches no active secret/);
    refusal(signatureOf(body, { ageS: 305 }), /more than 300 s away from this clock/);
  });

  it('for a person is known by the hash of its bytes, and says which field is wrong', () => {
    for (const [raw, field] of [
      ['no json', 'the body'],
      ['{"id":"evt_1","type":"x"}', 'livemode'],
      ['{"id":"","type":"x","livemode":false,"data":{"object":1}}', 'id'],
      ['{"id":"evt_1","type":"x","livemode":false}', 'data'],
    ] as const)
      assert.deepEqual(received(raw), {
        kind: 'unprocessable',
        eventId: `sha256:${createHash('sha256').update(raw).digest('hex')}`,
        code: 'event_unprocessable',
        reason: `${field} is missing or wrong`,
      });
  });

  it('for a person says which field of its object is wrong, however deep', () => {
    const object = sample('payment-intent', { metadata: { orderId: 5 } });
    const message = received(eventOf('payment_intent.succeeded', object));
    assert.equal(
      message.kind === 'unprocessable' && message.reason,
      'data.object.metadata.orderId is missing or wrong',
    );
  });
});

describe('an event of Stripe', () => {
  it('names the installation that made the payment, where there is one', () => {
    const object = sample('payment-intent', { metadata: METADATA });
    const message = received(eventOf('payment_intent.succeeded', object));
    assert.equal(message.kind === 'fact' && message.installationId, 'ins_1');
    const unnamed = received(eventOf('payment_intent.succeeded', sample('payment-intent')));
    assert.equal('installationId' in unnamed, false);
  });

  it('about a charge names the order and the installation too', () => {
    const message = received(eventOf('charge.refunded', sample('charge', { metadata: METADATA })));
    assert.ok(message.kind === 'ask');
    assert.deepEqual([message.orderId, message.installationId], ['ord_1042', 'ins_1']);
  });

  for (const [type, name] of [
    ['charge.refunded', 'charge'],
    ['charge.dispute.created', 'dispute'],
  ] as const)
    it(`is not ours without a PaymentIntent: ${type}`, () => {
      const message = received(eventOf(type, sample(name, { payment_intent: null })));
      assert.equal(message.kind === 'ignored' && message.reason, 'not_ours');
    });
});

describe('a webhook of Razorpay that is refused', () => {
  const body = JSON.stringify(razorpaySample('payment-captured'));
  const refusal = (signature: string, said: RegExp): void =>
    assert.throws(
      () =>
        gatewayWithoutNetwork().readWebhook(Buffer.from(body), {
          'x-razorpay-signature': signature,
        }),
      said,
    );

  it('is told what to send, what a signature looks like, and that no secret fits', () => {
    refusal('', /Send x-razorpay-signature with the body/);
    refusal('zz', /HMAC-SHA256 in 64 hexadecimal digits/);
    refusal('0'.repeat(64), /matches no active secret/);
  });

  it('for a person says that the body has no event', () => {
    const message = readRazorpay('no json');
    assert.equal(message.kind === 'unprocessable' && message.reason, 'the body has no event');
  });
});

describe('an event of Razorpay', () => {
  const paid = (notes: object, payment: object = {}) => {
    const event = razorpaySample('order-paid');
    Object.assign(event.payload.order?.entity.notes ?? {}, notes);
    Object.assign(event.payload.payment?.entity ?? {}, payment);
    return readRazorpay(event);
  };

  it('names the installation that made the order, where there is one', () => {
    const named = paid({ installation: 'ins_1' });
    assert.equal(named.kind === 'fact' && named.installationId, 'ins_1');
    assert.equal('installationId' in paid({}), false);
  });

  it('about an order that is paid by a payment without one is not ours', () => {
    const message = paid({}, { order_id: null, amount: 1 });
    assert.equal(message.kind === 'ignored' && message.reason, 'not_ours');
  });

  it('of any account is taken where none is configured', () => {
    const event = { ...razorpaySample('payment-captured'), account_id: 'acc_other' };
    const raw = JSON.stringify(event);
    const of = (accountId?: string): string =>
      gatewayWithoutNetwork(SAMPLES_SENT_AT, accountId).readWebhook(
        Buffer.from(raw),
        signedHeaders(raw, WEBHOOK_SECRET),
      ).kind;
    assert.deepEqual([of(), of('acc_other'), of('acc_ours')], ['fact', 'fact', 'ignored']);
  });

  it('that names no account is taken where one is configured', () => {
    const { account_id: _, ...event } = {
      account_id: '',
      ...razorpaySample('payment-captured'),
    };
    const raw = JSON.stringify(event);
    const ours = gatewayWithoutNetwork(SAMPLES_SENT_AT, 'acc_ours');
    const { kind } = ours.readWebhook(Buffer.from(raw), signedHeaders(raw, WEBHOOK_SECRET));
    assert.equal(kind, 'fact');
  });

  for (const name of ['refund-created', 'dispute-created', 'payment-failed'])
    it(`is not ours without an order: ${name}`, () => {
      const event = razorpaySample(name);
      Object.assign(event.payload.payment?.entity ?? {}, { order_id: null });
      const message = readRazorpay(event);
      assert.equal(message.kind === 'ignored' && message.reason, 'not_ours');
    });

  it('about a capture names the capture, which an authorization has not yet', () => {
    const captured = readRazorpay(razorpaySample('payment-captured'));
    const authorized = readRazorpay(razorpaySample('payment-authorized'));
    assert.equal(captured.kind === 'fact' && captured.fact.type, 'payment.captured');
    assert.equal(authorized.kind === 'fact' && 'captureId' in authorized.fact, false);
  });
});

describe('the time at which an event happened', () => {
  const timeOf = (message: object): number | undefined =>
    (message as { occurredAt?: number }).occurredAt;

  it('is what the gateway says, in milliseconds', () => {
    const event = JSON.parse(eventOf('payment_intent.succeeded', sample('payment-intent')));
    const created = 1_795_000_000;
    assert.equal(timeOf(received(JSON.stringify({ ...event, created }))), created * 1_000);
    const razorpay = razorpaySample('payment-captured');
    assert.equal(timeOf(readRazorpay({ ...razorpay, created_at: created })), created * 1_000);
  });

  it('is none where it does not say, or says no time: the event counts all the same', () => {
    const event = JSON.parse(eventOf('payment_intent.succeeded', sample('payment-intent')));
    for (const created of [undefined, null, 'today', -1, Number.MAX_VALUE]) {
      const message = received(JSON.stringify({ ...event, created }));
      assert.deepEqual([message.kind, timeOf(message)], ['fact', undefined]);
    }
  });
});
