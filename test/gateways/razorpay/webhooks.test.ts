import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { signedHeaders } from '../../fakes/razorpay/webhooks.ts';
import {
  gatewayWithoutNetwork,
  read,
  SAMPLES_SENT_AT,
  type Sample,
  sample,
  WEBHOOK_SECRET,
} from './support.ts';

const PAYMENT = { paymentId: 'order_Qk3TxPayonce1', amountMinor: 499_900, currency: 'INR' };
const REFUND = { ...PAYMENT, amountMinor: 100_000, refundId: 'rfnd_Qk9RfPayonce1' };
const DISPUTE = { ...PAYMENT, disputeId: 'disp_QkDspPayonce1' };
const CAPTURE = {
  type: 'payment.captured',
  ...PAYMENT,
  captureId: 'pay_Qk3TzPayonce01',
  mayIncludeFee: true,
};
const DAY_MS = 24 * 60 * 60 * 1_000;

function changed(name: string, change: (event: Sample) => void): Sample {
  const event = sample(name);
  change(event);
  return event;
}

function set(event: Sample, entity: string, fields: Record<string, unknown>): void {
  Object.assign(event.payload[entity]?.entity ?? {}, fields);
}

/** `created_at` of the samples. */
const occurredAt = SAMPLES_SENT_AT;

describe('a documented webhook of Razorpay', () => {
  for (const [name, orderId, fact] of [
    ['payment-authorized', null, { type: 'payment.authorized', ...PAYMENT, mayIncludeFee: true }],
    ['payment-captured', null, CAPTURE],
    ['order-paid', 'ord_1042', CAPTURE],
    ['refund-created', null, { type: 'refund.pending', ...REFUND }],
    ['refund-processed', null, { type: 'refund.succeeded', ...REFUND }],
    ['refund-failed', null, { type: 'refund.failed', ...REFUND }],
    ['dispute-created', null, { type: 'dispute.opened', ...DISPUTE, respondBy: 1_795_864_000_000 }],
    ['dispute-lost', null, { type: 'dispute.lost', ...DISPUTE }],
  ] as const)
    it(`${name} is read as ${fact.type}`, () => {
      const { eventId, ...message } = read(sample(name));
      assert.deepEqual(message, { kind: 'fact', orderId, fact, occurredAt });
    });

  for (const name of ['payment-failed', 'refund-automatic'])
    it(`${name} moves no money: Razorpay is asked what is left`, () => {
      const { eventId, ...message } = read(sample(name));
      assert.deepEqual(message, {
        kind: 'ask',
        orderId: null,
        paymentId: PAYMENT.paymentId,
        occurredAt,
      });
    });

  for (const [what, event] of [
    ['a refund', changed('refund-created', (e) => set(e, 'refund', { status: 'pondered' }))],
    ['a dispute', changed('dispute-created', (e) => set(e, 'dispute', { status: 'pondered' }))],
  ] as const)
    it(`that says a word of ${what} that is not known makes the order ask Razorpay`, () => {
      const { eventId, ...message } = read(event);
      assert.deepEqual(message, {
        kind: 'ask',
        orderId: null,
        paymentId: PAYMENT.paymentId,
        occurredAt,
      });
    });

  it('of a payment on delivery makes the order ask Razorpay', () => {
    const pending = changed('payment-authorized', (e) => set(e, 'payment', { status: 'pending' }));
    const { eventId, ...message } = read({ ...pending, event: 'payment.pending' });
    assert.deepEqual(message, {
      kind: 'ask',
      orderId: null,
      paymentId: PAYMENT.paymentId,
      occurredAt,
    });
  });

  it('of an order paid for less than its amount makes the order ask Razorpay for the rest', () => {
    const { eventId, ...message } = read(
      changed('order-paid', (e) => set(e, 'payment', { amount: 399_900 })),
    );
    const { paymentId } = PAYMENT;
    assert.deepEqual(message, { kind: 'ask', orderId: 'ord_1042', paymentId, occurredAt });
  });

  it('is known by the hash of its body, whatever the unsigned header says', () => {
    const gateway = gatewayWithoutNetwork();
    const idOf = (body: string, headerId: string) =>
      gateway.readWebhook(Buffer.from(body), signedHeaders(body, WEBHOOK_SECRET, headerId)).eventId;
    const [body, other] = [JSON.stringify(sample('payment-captured')), '{}'];
    assert.equal(idOf(body, 'evt_1'), createHash('sha256').update(body).digest('hex'));
    assert.equal(idOf(body, 'evt_2'), idOf(body, 'evt_1'));
    assert.notEqual(idOf(other, 'evt_1'), idOf(body, 'evt_1'));
  });

  for (const [phase, type] of [
    ['retrieval', 'dispute.inquiry'],
    ['fraud', 'dispute.inquiry'],
    ['pre_arbitration', 'dispute.opened'],
  ] as const)
    it(`of a dispute in its ${phase} phase is read as ${type}`, () => {
      const message = read(changed('dispute-created', (e) => set(e, 'dispute', { phase })));
      assert.equal(message.kind === 'fact' && message.fact.type, type);
    });

  for (const [what, fields] of [
    ['was answered', { status: 'under_review' }],
    ['names none', { respond_by: null }],
  ] as const)
    it(`of a dispute that ${what} has no deadline`, () => {
      const message = read(changed('dispute-created', (e) => set(e, 'dispute', fields)));
      assert.ok(message.kind === 'fact');
      assert.equal('respondBy' in message.fact, false);
    });

  for (const [amount_deducted, type] of [
    [0, 'dispute.won'],
    [499_900, 'dispute.lost'],
  ] as const)
    it(`of a dispute closed with ${amount_deducted} deducted is read as ${type}`, () => {
      const event = changed('dispute-lost', (e) => {
        e.event = 'payment.dispute.closed';
        set(e, 'dispute', { status: 'closed', amount_deducted });
      });
      const message = read(event);
      assert.equal(message.kind === 'fact' && message.fact.type, type);
    });
});

describe('a webhook that no order needs', () => {
  const ignored: [string, string, Sample][] = [
    [
      'of a type that moves no money',
      'unknown_type',
      changed('payment-captured', (e) => (e.event = 'invoice.paid')),
    ],
    [
      'of a type named like a property',
      'unknown_type',
      changed('payment-captured', (e) => (e.event = 'toString')),
    ],
    [
      'of a payment without an order',
      'not_ours',
      changed('payment-captured', (e) => set(e, 'payment', { order_id: null })),
    ],
    [
      'of a dispute about a payment without an order',
      'not_ours',
      changed('dispute-lost', (e) => set(e, 'payment', { order_id: null })),
    ],
    [
      'of an order that is not ours',
      'not_ours',
      changed('order-paid', (e) => set(e, 'order', { notes: [] })),
    ],
    [
      'of the other mode',
      'other_mode',
      changed('order-paid', (e) => set(e, 'order', { notes: { orderId: 'ord_1', mode: 'live' } })),
    ],
  ];
  for (const [what, reason, event] of ignored)
    it(`is ignored as ${reason}: ${what}`, () => {
      const { eventId, ...message } = read(event);
      assert.deepEqual(message, { kind: 'ignored', reason });
    });
});

describe('a webhook that lacks what is needed', () => {
  const broken: [string, Sample | string, string][] = [
    ['no JSON', 'not json', 'the body has no event'],
    ['no event', '{}', 'the body has no event'],
    [
      'no time',
      changed('payment-captured', (e) => Reflect.deleteProperty(e, 'created_at')),
      'created_at is missing or wrong',
    ],
    [
      'no payment',
      changed('payment-captured', (e) => Reflect.deleteProperty(e.payload, 'payment')),
      'payload.payment is missing or wrong',
    ],
    [
      'no amount',
      changed('payment-captured', (e) => set(e, 'payment', { amount: null })),
      'payload.payment.entity.amount is missing or wrong',
    ],
    [
      'an amount with decimals',
      changed('payment-captured', (e) => set(e, 'payment', { amount: 4999.5 })),
      'payload.payment.entity.amount is missing or wrong',
    ],
    [
      'no word on its order',
      changed('payment-captured', (e) => set(e, 'payment', { order_id: undefined })),
      'payload.payment.entity.order_id is missing or wrong',
    ],
    [
      'no word on whether it was captured',
      changed('refund-processed', (e) => set(e, 'payment', { captured: undefined })),
      'payload.payment.entity.captured is missing or wrong',
    ],
    [
      'no dispute id',
      changed('dispute-created', (e) => set(e, 'dispute', { id: undefined })),
      'payload.dispute.entity.id is missing or wrong',
    ],
  ];
  for (const [what, event, reason] of broken)
    it(`is kept for a person: ${what}`, () => {
      const { eventId, ...message } = read(event);
      assert.deepEqual(message, { kind: 'unprocessable', code: 'event_unprocessable', reason });
    });

  it('is kept for a person when it is older than Razorpay ever sends', () => {
    const message = read(sample('payment-captured'), SAMPLES_SENT_AT + 8 * DAY_MS + 1);
    assert.equal(message.kind === 'unprocessable' && message.code, 'event_stale');
  });

  it('is still believed on the last day of a replay', () => {
    const message = read(sample('payment-captured'), SAMPLES_SENT_AT + 8 * DAY_MS);
    assert.equal(message.kind, 'fact');
  });
});

describe('the account of a webhook of Razorpay', () => {
  const heard = (accountId: string | undefined, account_id: string) => {
    const body = JSON.stringify({ ...sample('payment-captured'), account_id });
    const gateway = gatewayWithoutNetwork(SAMPLES_SENT_AT, accountId);
    const headers = signedHeaders(body, WEBHOOK_SECRET);
    const { eventId, ...message } = gateway.readWebhook(Buffer.from(body), headers);
    return message;
  };

  it('is ignored where it is not the one that is configured', () => {
    const ignored = { kind: 'ignored', reason: 'other_account' };
    assert.deepEqual(heard('acc_ours', 'acc_another'), ignored);
    assert.equal(heard('acc_ours', 'acc_ours').kind, 'fact');
  });

  it('is not looked at where none is configured', () => {
    assert.equal(heard(undefined, 'acc_another').kind, 'fact');
  });
});
