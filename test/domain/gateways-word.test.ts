/** What the gateway says of a payment is believed: that it comes back, is gone, waits or is paid in full. */
import assert from 'node:assert/strict';
import { viewOf } from '../../src/domain/view.ts';
import {
  again,
  cancel,
  captured,
  created,
  denied,
  dispute,
  pay,
  payment,
  reached,
  refund,
  snapshot,
  TERMS,
  told,
  verify,
  voidAnswered,
  webhook,
} from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, given, ledgerAfter } from '../support/order-story.ts';

const HOUR_MS = 3_600_000;

describe('a payment that failed', () => {
  it('is not alive because a webhook says so, which may be an old one', () => {
    given(...IN.failed)
      .when(payment('pending'))
      .then({ state: 'failed', outcomes: ['stale'], asks: ['fetch_payments:1'] });
  });

  it('is alive when the gateway says so, and the CRM is told', () => {
    given(...IN.failed, payment('pending'))
      .when(told(snapshot('pending')))
      .then({ state: 'pending', works: ['update_crm:pending-2'] });
  });

  it('makes the order ask also when it had been pending before', () => {
    given(...IN.pending, payment('pending'), payment('failed'))
      .when(again(payment('pending')))
      .then({ state: 'failed', outcomes: ['stale'], asks: ['fetch_payments:1'] });
  });

  it('is answered to a new click as what it is, where the gateway could not end it', () => {
    given(...IN.failed, pay(2))
      .when(created('pay_1', 2, 'pending'))
      .then({ state: 'failed', codes: ['attempt_in_progress'], asks: ['fetch_payments:1'] });
  });
});

describe('a payment that the gateway no longer knows', () => {
  const GONE = [...IN.pending, verify(), denied('pay_1')];

  it('ends, and the next click opens another one', () => {
    given(...IN.pending, verify())
      .when(denied('pay_1'))
      .then({ state: 'failed' });
    given(...GONE)
      .when(pay(2))
      .then({ state: 'pending', asks: ['create_payment:2'] });
    assert.equal(viewOf(ledgerAfter(...GONE)).payments[0]?.status, 'gone');
  });

  it('ends not because of a question from before it was known', () => {
    given(verify('pay_1'), pay(), created()).when(denied('pay_1')).then({ state: 'pending' });
  });

  it('keeps its money', () => {
    given(...IN.paid, verify('pay_8'))
      .when(denied('pay_1', 'pay_8'))
      .then({ state: 'paid' });
  });

  it('comes back when the gateway knows it again', () => {
    given(...GONE, again(verify()))
      .when(told(snapshot('captured')))
      .then({ state: 'paid', reviews: [] });
  });
});

describe('a payment that a customer may make in their own time', () => {
  const expiresAt = TERMS.expiresAt + 72 * HOUR_MS;
  const WAITING = [...IN.pending, verify(), told(snapshot('pending', 'pay_1', { expiresAt }))];

  it('makes its order wait as long as the gateway does', () => {
    assert.equal(viewOf(ledgerAfter(...WAITING)).expiresAt, new Date(expiresAt).toISOString());
    given(...WAITING)
      .when(reached('expiry'))
      .then({ state: 'pending', asks: [] });
  });

  it('makes no order wait less', () => {
    const soon = snapshot('pending', 'pay_1', { expiresAt: TERMS.createdAt + HOUR_MS });
    const { expiresAt: until } = viewOf(ledgerAfter(...IN.pending, verify(), told(soon)));
    assert.equal(until, new Date(TERMS.expiresAt).toISOString());
  });

  it('is open for another way to pay when the gateway says so', () => {
    given(...WAITING, again(verify()))
      .when(told(snapshot('created')))
      .then({ state: 'pending' });
    const after = ledgerAfter(...WAITING, again(verify()), told(snapshot('created')));
    assert.equal(viewOf(after).payments[0]?.status, 'created');
  });
});

describe('what the gateway says in words that are not known', () => {
  const odd = snapshot('captured', 'pay_1', { unknown: ['the status "odd" of the refund re_1'] });

  it('is told to operators once, and the rest counts', () => {
    const { after } = given(...IN.pending, verify()).when(told(odd));
    assert.equal(
      after.records.some(({ reason }) => reason.includes('"odd"')),
      true,
    );
    given(...IN.pending, verify(), told(odd), verify('pay_8'))
      .when(told(odd))
      .then({ state: 'paid', outcomes: ['duplicate'] });
  });
});

describe('an order that the gateway calls paid in full', () => {
  const captures = [{ captureId: 'cap_1', amountMinor: 80, reversed: false }];
  const offer = snapshot('captured', 'pay_1', { captures, discountMinor: 20 });

  it('is paid, and the difference is posted as the discount of the gateway', () => {
    given(...IN.pending, captured(80))
      .when(verify(), told(offer))
      .then({
        state: 'paid',
        works: [
          'post_ledger:discount-pay_1',
          'grant_access:1',
          'issue_invoice:1',
          'update_crm:paid-1',
        ],
      });
  });

  it('is shown with the discount, and invoiced with it', () => {
    const ledger = ledgerAfter(...IN.pending, verify(), told(offer));
    const { amountPaid, amountDiscounted, payments } = viewOf(ledger);
    assert.deepEqual([amountPaid, amountDiscounted], [80, 20]);
    assert.equal(payments[0]?.amountDiscounted, 20);
    const invoice = ledger.effects['ord_1:issue_invoice:1']?.command;
    assert.equal(invoice?.effect === 'issue_invoice' && invoice.discountMinor, 20);
  });

  it('is refunded when what came has gone back', () => {
    given(...IN.pending, verify(), told(offer))
      .when(refund('succeeded', 80))
      .then({ state: 'refunded' });
  });

  it('was paid with a fee on top, which is no money of the order', () => {
    const fact = { type: 'payment.captured', paymentId: 'pay_1', captureId: 'cap_1' } as const;
    const gross = webhook({ ...fact, amountMinor: 103, currency: 'INR', mayIncludeFee: true });
    given(...IN.pending)
      .when(gross)
      .then({ state: 'paid', reviews: [] });
    const net = [{ captureId: 'cap_1', amountMinor: 100, reversed: false, feeMinor: 3 }];
    const after = ledgerAfter(
      ...IN.pending,
      gross,
      verify('pay_8'),
      told(snapshot('captured', 'pay_1', { captures: net })),
    );
    const { amountPaid, amountFees } = viewOf(after);
    assert.deepEqual([amountPaid, amountFees], [100, 3]);
    assert.deepEqual(after.reviews, []);
    assert.equal(after.captures.cap_1?.feeMinor, 3);
  });
});

describe('a partly paid order that is cancelled', () => {
  const OPEN = [...IN.partially_paid, pay(2), created('pay_2', 2)];

  it('is refunded only when nothing of it can be paid any more', () => {
    given(...OPEN)
      .when(cancel())
      .then({ state: 'partially_paid', asks: ['void_payment:pay_2'] });
    given(...OPEN, cancel())
      .when(voidAnswered(snapshot('voided', 'pay_2')))
      .then({ state: 'cancelled', asks: ['refund_payment:cancel'], codes: [undefined, undefined] });
  });

  it('is paid, and keeps its money, when the rest came first', () => {
    given(...OPEN, cancel())
      .when(captured(60, 'cap_2', 'pay_2'))
      .then({ state: 'paid', asks: [] });
  });

  it('is for a person when a dispute has come meanwhile', () => {
    given(...OPEN, cancel(), dispute('opened', 40))
      .when(voidAnswered(snapshot('voided', 'pay_2')))
      .then({ state: 'cancelled', asks: [], reviews: ['dispute_after_cancel'] });
  });
});

describe('an order from before these rules', () => {
  it('keeps the rules that it began under', () => {
    const { rules: _, ...terms } = TERMS;
    const before = { ...ledgerAfter(...IN.partially_paid), terms };
    const { records, effects } = apply(before, cancel());
    assert.deepEqual(
      [records.map(({ answer }) => answer?.code), effects],
      [['order_already_paid'], []],
    );
  });
});
