/** Stripe's documented events, read as an order hears them. */
import assert from 'node:assert/strict';
import { eventOf, received, type Sample, sample, without } from './samples.ts';

const PI = 'pi_3MtwBwLkdIwHu7ix28a3tqPa';
const OTHER_PI = 'pi_1GszsK2eZvKYlo2CfhZyoZLp';
const REFUND = 're_1Nispe2eZvKYlo2Cd31jOCgZ';
const DISPUTE = 'du_1MtJUT2eZvKYlo2CNaw2HvEv';
const eventId = 'evt_1NG8Du2eZvKYlo2CUI79vXWy';
/** `created` of the samples. */
const occurredAt = 1_686_089_970_000;

const money = (amountMinor: number) => ({ amountMinor, currency: 'USD' });

describe("Stripe's events about a payment", () => {
  const payment = (type: string, changes: object = {}) =>
    received(eventOf(type, sample('payment-intent', changes)));
  const fact = (type: string, amountMinor = 2000) => ({
    kind: 'fact',
    eventId,
    occurredAt,
    orderId: 'ord_1042',
    fact: { type, paymentId: PI, ...money(amountMinor) },
  });

  it('tells a success as a capture of what was received', () => {
    const changes = { amount_received: 1500 };
    assert.deepEqual(payment('payment_intent.succeeded', changes), fact('payment.captured', 1500));
  });

  const others: [string, object, string][] = [
    ['payment_intent.payment_failed', { status: 'requires_payment_method' }, 'payment.failed'],
    ['payment_intent.processing', { status: 'processing' }, 'payment.pending'],
    [
      'payment_intent.amount_capturable_updated',
      { status: 'requires_capture', amount_capturable: 2000 },
      'payment.authorized',
    ],
    ['payment_intent.canceled', { status: 'canceled' }, 'payment.voided'],
    [
      'payment_intent.canceled',
      { status: 'canceled', cancellation_reason: 'expired' },
      'payment.expired',
    ],
  ];
  for (const [type, changes, told] of others)
    it(`tells ${type} as ${told}`, () => {
      assert.deepEqual(payment(type, { amount_received: 0, ...changes }), fact(told));
    });

  it('names no order for a payment that somebody else has made', () => {
    const message = payment('payment_intent.succeeded', { metadata: {} });
    assert.equal(message.kind === 'fact' && message.orderId, null);
  });

  for (const [given, minor] of [
    ['jpy', 2000],
    ['kwd', 2000],
    ['isk', 20],
    ['ugx', 20],
    ['mga', 200_000],
  ] as const)
    it(`reads 2000 of Stripe's ${given} as ${minor} ISO minor units`, () => {
      const message = payment('payment_intent.succeeded', { currency: given });
      assert.deepEqual(message.kind === 'fact' && message.fact.amountMinor, minor);
    });

  it('parks an amount that the currency does not have', () => {
    const changes = { currency: 'isk', amount_received: 2050 };
    assert.equal(payment('payment_intent.succeeded', changes).kind, 'unprocessable');
  });
});

describe("Stripe's events about refunds", () => {
  const refund = (status: string) =>
    received(eventOf('refund.updated', sample('refund', { status })));
  const statuses: [string, string][] = [
    ['succeeded', 'refund.succeeded'],
    ['pending', 'refund.pending'],
    ['requires_action', 'refund.pending'],
    ['failed', 'refund.failed'],
    ['canceled', 'refund.failed'],
  ];
  for (const [status, type] of statuses)
    it(`tells ${status} as ${type}, of a payment whose order is looked up`, () => {
      assert.deepEqual(refund(status), {
        kind: 'fact',
        eventId,
        occurredAt,
        orderId: null,
        fact: { type, paymentId: OTHER_PI, refundId: REFUND, ...money(1000) },
      });
    });

  for (const type of ['refund.created', 'refund.failed', 'charge.refund.updated'])
    it(`reads ${type} like any other`, () => {
      assert.deepEqual(received(eventOf(type, sample('refund'))), refund('succeeded'));
    });

  it('asks the gateway when only a sum has changed', () => {
    assert.deepEqual(received(eventOf('charge.refunded', sample('charge'))), {
      kind: 'ask',
      eventId,
      occurredAt,
      orderId: null,
      paymentId: OTHER_PI,
    });
  });
});

describe("Stripe's events about disputes", () => {
  const dispute = (status: string, type = 'charge.dispute.updated') =>
    received(eventOf(type, sample('dispute', { status })));
  const statuses: [string, string][] = [
    ['warning_needs_response', 'dispute.inquiry'],
    ['warning_under_review', 'dispute.inquiry'],
    ['warning_closed', 'dispute.won'],
    ['needs_response', 'dispute.opened'],
    ['under_review', 'dispute.opened'],
    ['won', 'dispute.won'],
    ['prevented', 'dispute.won'],
    ['lost', 'dispute.lost'],
  ];
  for (const [status, type] of statuses)
    it(`tells ${status} as ${type}`, () => {
      const deadline = status.endsWith('needs_response') ? { respondBy: 1_682_294_399_000 } : {};
      assert.deepEqual(dispute(status), {
        kind: 'fact',
        eventId,
        occurredAt,
        orderId: null,
        fact: { type, paymentId: OTHER_PI, disputeId: DISPUTE, ...money(1000), ...deadline },
      });
    });

  for (const [what, evidence_details] of [
    ['0, as the bank takes no answer', { due_by: 0 }],
    ['null', { due_by: null }],
    ['absent', undefined],
    ['no time', { due_by: 'soon' }],
  ] as const)
    it(`has no deadline where due_by is ${what}`, () => {
      const object = sample('dispute', { status: 'needs_response', evidence_details });
      const message = received(eventOf('charge.dispute.created', object));
      assert.ok(message.kind === 'fact');
      assert.equal('respondBy' in message.fact, false);
    });

  for (const word of ['created', 'closed', 'funds_withdrawn', 'funds_reinstated'])
    it(`goes by the status in charge.dispute.${word} too`, () => {
      assert.deepEqual(dispute('lost', `charge.dispute.${word}`), dispute('lost'));
    });
});

describe('an event that no order needs', () => {
  const types = [
    'payment_intent.created',
    'payment_intent.requires_action',
    'charge.succeeded',
    'customer.created',
    'constructor',
  ];
  for (const type of types)
    it(`is ignored: ${type}`, () => {
      const message = received(eventOf(type, sample('payment-intent')));
      assert.deepEqual(message, { kind: 'ignored', eventId, reason: 'unknown_type' });
    });

  it('is ignored when its money came by another way than a PaymentIntent', () => {
    const object = sample('refund', { payment_intent: null });
    const message = received(eventOf('refund.created', object));
    assert.deepEqual(message, { kind: 'ignored', eventId, reason: 'not_ours' });
  });

  it('is ignored when it is of the other mode', () => {
    const event = eventOf('payment_intent.succeeded', sample('payment-intent'), { livemode: true });
    assert.deepEqual(received(event), { kind: 'ignored', eventId, reason: 'other_mode' });
  });
});

describe('an event that lacks what we need', () => {
  const cases: [string, Sample, string[]][] = [
    [
      'payment_intent.succeeded',
      'payment-intent',
      ['id', 'amount', 'amount_received', 'currency', 'status'],
    ],
    ['refund.updated', 'refund', ['id', 'amount', 'currency', 'status', 'payment_intent']],
    ['charge.dispute.created', 'dispute', ['id', 'amount', 'currency', 'status', 'payment_intent']],
    ['charge.refunded', 'charge', ['payment_intent']],
  ];
  for (const [type, name, fields] of cases)
    for (const field of fields)
      it(`is for a person: ${type} without ${field}`, () => {
        const message = received(eventOf(type, without(sample(name), field)));
        assert.equal(message.kind, 'unprocessable');
        assert.match(message.kind === 'unprocessable' ? message.reason : '', new RegExp(field));
      });

  for (const [type, name] of [
    ['refund.updated', 'refund'],
    ['charge.dispute.created', 'dispute'],
  ] as const)
    it(`makes the order ask Stripe: a status that is not documented, in ${type}`, () => {
      const event = eventOf(type, sample(name, { status: 'vanished' }));
      assert.equal(received(event).kind, 'ask');
    });

  it('makes the order ask Stripe where a voucher is to be paid, and nobody else is waited for', () => {
    const awaiting = (action: string): string =>
      received(
        eventOf(
          'payment_intent.requires_action',
          sample('payment-intent', { status: 'requires_action', next_action: { type: action } }),
        ),
      ).kind;
    assert.deepEqual(
      ['oxxo_display_details', 'display_bank_transfer_instructions', 'use_stripe_sdk'].map(
        awaiting,
      ),
      ['ask', 'ask', 'ignored'],
    );
  });

  it('is for a person: a capture of nothing', () => {
    const object = sample('payment-intent', { amount_received: 0 });
    assert.equal(received(eventOf('payment_intent.succeeded', object)).kind, 'unprocessable');
  });

  for (const body of ['', 'no json', '[]', '{"id":"evt_1"}', 'null'])
    it(`is for a person: ${body || 'an empty body'}`, () => {
      assert.equal(received(body).kind, 'unprocessable');
    });
});
