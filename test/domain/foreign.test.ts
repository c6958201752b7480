/** Payments that name the order and that this installation did not make, and which of two payments goes back. */
import assert from 'node:assert/strict';
import type { Effect } from '../../src/domain/effects/effects.ts';
import {
  again,
  captured,
  command,
  created,
  decide,
  denied,
  pay,
  payment,
  refund,
  snapshot,
  told,
  verify,
} from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { given, type Happening } from '../support/order-story.ts';

const attach = (paymentId = 'pay_9', id = `attach-${paymentId}`) =>
  command({ type: 'attach', paymentId, note: 'of the old shop' }, id);

const marked = (
  paymentId: string,
  installation: 'ours' | 'other' | 'none',
  status: Parameters<typeof snapshot>[0] = 'captured',
) => {
  const captures =
    status === 'captured'
      ? [{ captureId: `cap_of_${paymentId}`, amountMinor: 100, reversed: false }]
      : [];
  return snapshot(status, paymentId, { captures, installation });
};

const foreign = (status?: Parameters<typeof snapshot>[0]) => marked('pay_9', 'other', status);
const webhook = captured(100, 'cap_of_pay_9', 'pay_9');

const FOREIGN: Happening[] = [webhook, told(foreign())];

describe('a payment that another installation made', () => {
  for (const installation of ['other', 'none'] as const)
    it(`pays nothing and is parked, made by ${installation}`, () => {
      const { after, then: hasCome } = given().when(webhook, told(marked('pay_9', installation)));
      hasCome({
        state: 'initiated',
        outcomes: ['rejected'],
        reviews: [],
        asks: [],
        works: ['park_payment:pay_9:captured'],
      });
      assert.match(after.records[0]?.reason ?? '', /^foreign_payment: pay_9 of order ord_1/);
      assert.equal(after.records[0]?.source, 'webhook');
      assert.deepEqual(after.ledger.payments, {});
    });

  it('is adopted where it carries our mark, as the answer to its creation got lost', () => {
    given(webhook)
      .when(told(marked('pay_9', 'ours')))
      .then({ state: 'paid', reviews: [] });
  });

  it('is adopted as before in the answers of histories that had no marks', () => {
    given(webhook)
      .when(told(snapshot('captured', 'pay_9')))
      .then({ state: 'paid' });
  });

  it('stays a payment of the order that knows it, whatever mark it carries', () => {
    for (const installation of ['other', 'none'] as const)
      given(...IN.pending, verify('pay_1'))
        .when(told(marked('pay_1', installation)))
        .then({ state: 'paid', reviews: [] });
  });

  it('is parked once, however often it is told, and again when more has happened to it', () => {
    given(...FOREIGN)
      .when(again(webhook), told(foreign()))
      .then({ outcomes: ['rejected'], works: [], reviews: [] });
    given(payment('authorized', 'pay_9'), told(foreign('authorized')))
      .when(webhook, told(foreign()))
      .then({ works: ['park_payment:pay_9:captured'] });
  });

  it('is not parked while it is nothing but opened, nor when it has failed', () => {
    for (const status of ['created', 'failed', 'voided', 'expired'] as const)
      given(payment('failed', 'pay_9'))
        .when(told(foreign(status)))
        .then({ state: 'initiated', outcomes: ['rejected'], works: [] });
  });

  it('is recorded as told by the gateway where no webhook spoke of it', () => {
    const { after } = given(...IN.pending, verify()).when(told(snapshot('created'), foreign()));
    const [record] = after.records;
    assert.deepEqual(
      [record?.source, record?.type, record?.outcome],
      ['gateway', 'payment.captured', 'rejected'],
    );
  });

  it('is refused to a verify that names it', () => {
    const { after } = given(verify('pay_9')).when(told(foreign()));
    assert.equal(after.records.at(-1)?.answer?.code, 'foreign_payment');
  });

  it("stops nobody from paying, nor do reviews of payments that are not the order's", () => {
    given(...FOREIGN)
      .when(pay())
      .then({ asks: ['create_payment:1'] });
    const wrongOrder = told(snapshot('captured', 'pay_9', { orderId: 'ord_2' }));
    const stranger: Happening[] = [webhook, wrongOrder];
    given(...stranger)
      .when(pay())
      .then({ asks: ['create_payment:1'], reviews: ['wrong_order'] });
    const unmatched: Happening[] = [webhook, denied('pay_9')];
    for (const n of [1, 2]) unmatched.push(verify('pay_9', `v${n}`), denied('pay_9'));
    given(...unmatched)
      .when(pay())
      .then({ asks: ['create_payment:1'], reviews: ['unmatched'] });
  });
});

describe('a foreign payment that an operator attaches', () => {
  it('makes the order ask its gateway, and counts like any capture', () => {
    given(...FOREIGN)
      .when(attach())
      .then({ asks: ['fetch_payments:2'], state: 'initiated' });
    const { after, then: hasCome } = given(...FOREIGN, attach()).when(told(foreign()));
    hasCome({ state: 'paid', granted: true, outcomes: ['applied', 'applied', 'applied'] });
    const record = after.records.find(({ type }) => type === 'attach');
    assert.deepEqual([record?.eventId, record?.answer?.unsettled], ['attach-pay_9', undefined]);
  });

  it('is the same payment when it is attached again', () => {
    given(...FOREIGN, attach(), told(foreign()))
      .when(attach('pay_9', 'attach-again'))
      .then({ outcomes: ['duplicate'], asks: [], state: 'paid' });
  });

  it('is asked for once more where a question is under way that does not name it', () => {
    given(...IN.pending, ...FOREIGN, verify('pay_1'), attach())
      .when(told(snapshot('created'), foreign('created')))
      .then({ asks: ['fetch_payments:3'] });
  });

  it('is refused, and forgotten, where the gateway does not know it any more', () => {
    const { after } = given(...FOREIGN, attach()).when(denied('pay_9'));
    assert.equal(after.records[0]?.answer?.code, 'payment_unknown');
    assert.deepEqual(after.ledger.attached, []);
  });

  it('is an excess to decide on an order that is paid', () => {
    given(...IN.paid, ...FOREIGN, attach())
      .when(told(foreign()))
      .then({ state: 'paid', reviews: ['double_payment'] });
  });

  it('is no payment under a name that every object has', () => {
    given().when(attach('constructor')).thenRejected('payment_unknown');
  });
});

describe('a double payment that is rejected', () => {
  const refundedOf = (effects: Effect[]) =>
    effects.flatMap((effect) =>
      effect.effect === 'refund_payment' ? [[effect.paymentId, effect.amountMinor]] : [],
    );
  const rejected = (...before: Happening[]) =>
    refundedOf(given(...before).when(decide('reject', 'double_payment')).after.effects);
  const own = (paymentId: string, attempt: number): Happening => {
    const event = created(paymentId, attempt);
    if (event.type !== 'effect.answered' || event.answer?.to !== 'create_payment') return event;
    const { payment, ...answer } = event.answer;
    return { ...event, answer: { ...answer, payment: { ...payment, installation: 'ours' } } };
  };

  it('gives back the payment that no attempt of the order has opened, also where it came first', () => {
    const strangerFirst: Happening[] = [
      pay(),
      own('pay_1', 1),
      captured(100, 'cap_9', 'pay_9'),
      told(snapshot('created'), {
        ...marked('pay_9', 'ours'),
        captures: [{ captureId: 'cap_9', amountMinor: 100, reversed: false }],
      }),
      captured(100, 'cap_1', 'pay_1'),
    ];
    assert.deepEqual(rejected(...strangerFirst), [['pay_9', 100]]);
  });

  it('gives back the later of two payments of its own', () => {
    const twoTabs: Happening[] = [
      pay(),
      own('pay_1', 1),
      payment('failed', 'pay_1'),
      pay(2),
      own('pay_2', 2),
    ];
    const [first, second] = [captured(100, 'cap_1'), captured(100, 'cap_2', 'pay_2')];
    assert.deepEqual(rejected(...twoTabs, first, second), [['pay_2', 100]]);
    assert.deepEqual(rejected(...twoTabs, second, first), [['pay_1', 100]]);
  });

  it('gives back what is left to refund where the later one went back in part', () => {
    const twice: Happening[] = [
      pay(),
      own('pay_1', 1),
      captured(100, 'cap_of_pay_1'),
      ...FOREIGN,
      attach(),
    ];
    const ledgerBefore: Happening[] = [...twice, told(marked('pay_1', 'ours'), foreign())];
    const partly = refund('succeeded', 40, 'ref_9', 'pay_9');
    assert.deepEqual(rejected(...ledgerBefore, partly), [['pay_9', 60]]);
  });

  it('keeps the order of the ledger where all of it is from before payments were marked', () => {
    const before: Happening[] = [
      ...IN.paid,
      verify('pay_2'),
      told(snapshot('created', 'pay_2')),
      captured(100, 'cap_2', 'pay_2'),
    ];
    assert.deepEqual(rejected(...before), [['pay_1', 100]]);
  });
});
