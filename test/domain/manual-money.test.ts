/** Money that changes hands without a gateway: once for each reference, and decided about as any other money. */
import assert from 'node:assert/strict';
import { openReviews, refundableMinor, stateOf } from '../../src/domain/sums.ts';
import { viewOf } from '../../src/domain/view.ts';
import {
  again,
  byHand,
  cancel,
  captured,
  command,
  decide,
  dispute,
  extend,
  later,
  pay,
  payment,
  reached,
  refund,
  refundRequest,
  returnedByHand,
  snapshot,
  voidAnswered,
} from '../support/order-events.ts';
import { EXPIRED, IN } from '../support/order-states.ts';
import { apply, given, ledgerAfter, ledgerOf } from '../support/order-story.ts';

describe('money that was received by hand', () => {
  it('pays the order, with access, invoice, CRM and books', () => {
    given()
      .when(byHand())
      .then({
        state: 'paid',
        outcomes: ['applied'],
        asks: [],
        works: [
          'post_ledger:capture-manual:cash-1',
          'grant_access:1',
          'issue_invoice:1',
          'update_crm:paid-1',
        ],
      });
  });

  it('is one payment under one reference, however often it is recorded', () => {
    const record = byHand();
    given(record)
      .when({ ...record, id: 'another-click' })
      .then({
        state: 'paid',
        outcomes: ['duplicate'],
        asks: [],
        works: [],
      });
    given(record)
      .when(again(record))
      .then({ outcomes: ['duplicate'], works: [] });
  });

  it('is refused under a reference that another amount has', () => {
    given(byHand({ amountMinor: 40 }))
      .when(byHand({ amountMinor: 60 }))
      .then({
        state: 'partially_paid',
        outcomes: ['rejected'],
        codes: ['manual_reference_reused'],
      });
  });

  it('voids the payment that is open at the gateway', () => {
    given(...IN.pending)
      .when(byHand())
      .then({ state: 'paid', asks: ['void_payment:pay_1'] });
  });

  it('is for a person where the gateway takes the money as well', () => {
    const then = { state: 'paid', reviews: ['double_payment'] };
    given(...IN.pending, byHand())
      .when(captured())
      .then(then);
    given(...IN.paid)
      .when(byHand())
      .then(then);
  });

  it('stays when the gateway says a month later that its own payment expired', () => {
    given(...IN.pending, byHand())
      .when(later(payment('expired'), 24 * 30))
      .then({ state: 'paid' });
  });

  it('lets the customer pay the rest through the gateway', () => {
    const rest = ledgerAfter(byHand({ amountMinor: 30 }), pay());
    assert.equal(rest.attempts[0]?.amountMinor, 70);
  });

  it('is for a person where the order was cancelled', () => {
    given(...IN.cancelled)
      .when(byHand())
      .then({ state: 'cancelled', reviews: ['paid_after_cancel'] });
  });

  it('is nothing that the gateway is asked about', () => {
    const synced = apply(ledgerAfter(...IN.paid, byHand()), command({ type: 'sync' }));
    const asked = synced.effects.flatMap((effect) =>
      effect.effect === 'fetch_payments' ? effect.paymentIds : [],
    );
    assert.deepEqual(asked, ['pay_1']);
  });

  it('shows its reference, method and day', () => {
    const [shown] = viewOf(ledgerAfter(byHand())).payments;
    assert.deepEqual(shown?.manual, {
      reference: 'cash-1',
      method: 'cash',
      receivedOn: '2026-01-26',
    });
    assert.equal(shown?.status, 'captured');
  });
});

describe('money that goes back by hand', () => {
  it('refunds what was received by hand, with books, credit note and revoked access', () => {
    given(byHand())
      .when(returnedByHand())
      .then({
        state: 'refunded',
        outcomes: ['applied'],
        asks: [],
        works: [
          'post_ledger:refund-manual:trf-1',
          'issue_credit_note:manual:trf-1',
          'revoke_access:1',
          'update_crm:refunded-1',
        ],
      });
  });

  it('refunds what came through the gateway, after its own refund bounced', () => {
    const bounced = [...IN.paid, refundRequest(), refund('failed')];
    given(...bounced)
      .when(returnedByHand())
      .then({ state: 'refunded', asks: [], reviews: [] });
  });

  it('is one refund under one reference, and refused with another amount', () => {
    const back = returnedByHand({ amountMinor: 30 });
    given(byHand(), back)
      .when({ ...back, id: 'another-click' })
      .then({
        state: 'paid',
        outcomes: ['duplicate'],
        works: [],
      });
    given(byHand(), back)
      .when(returnedByHand({ amountMinor: 31 }))
      .then({
        outcomes: ['rejected'],
        codes: ['manual_reference_reused'],
      });
  });

  it('is refused for more than stands, for an unknown payment, and while it is disputed', () => {
    const refusedWith = (code: string) => ({ outcomes: ['rejected'], codes: [code], works: [] });
    given(byHand())
      .when(returnedByHand({ amountMinor: 101 }))
      .then(refusedWith('refund_exceeds_captured'));
    given().when(returnedByHand()).then(refusedWith('refund_exceeds_captured'));
    given(byHand()).when(returnedByHand({}, 'pay_9')).then(refusedWith('payment_unknown'));
    given(byHand()).when(returnedByHand({}, 'toString')).then(refusedWith('payment_unknown'));
    given(...IN.paid, dispute('opened'))
      .when(returnedByHand())
      .then(refusedWith('order_disputed'));
  });

  it('is of one payment: of two it is to be recorded as two', () => {
    const both = [
      byHand({ reference: 'cash-1', amountMinor: 40 }),
      byHand({ reference: 'cash-2', amountMinor: 60 }),
    ];
    given(...both)
      .when(returnedByHand({ amountMinor: 100 }))
      .then({ outcomes: ['rejected'], codes: ['refund_exceeds_payment'] });
    given(...both)
      .when(returnedByHand({ amountMinor: 101 }))
      .then({ outcomes: ['rejected'], codes: ['refund_exceeds_captured'] });
  });

  it('takes nothing that was promised to a refund through the gateway', () => {
    given(...IN.paid, refundRequest(60))
      .when(returnedByHand({ amountMinor: 60 }))
      .then({
        outcomes: ['rejected'],
        codes: ['refund_exceeds_captured'],
      });
  });

  it('is not taken for the refund that the gateway is being asked for', () => {
    const ledger = ledgerAfter(...IN.paid, refundRequest(40), returnedByHand({ amountMinor: 40 }));
    const [request] = Object.values(ledger.refundRequests);
    assert.equal(request?.status, 'requested');
    assert.equal(refundableMinor(ledger), 20);
  });
});

describe('a refund through the gateway of money that was received by hand', () => {
  it('is refused, and says that it goes back by hand', () => {
    given(byHand())
      .when(refundRequest())
      .then({
        state: 'paid',
        outcomes: ['rejected'],
        codes: ['refund_by_hand'],
        asks: [],
      });
  });

  it('takes the part that came through the gateway', () => {
    const mixed = [...IN.partially_paid, byHand({ amountMinor: 60 })];
    given(...mixed)
      .when(refundRequest(40))
      .then({ asks: ['refund_payment:key_1'] });
    given(...mixed)
      .when(refundRequest(41))
      .then({ codes: ['refund_by_hand'] });
  });
});

describe('a decision that sends back money which was received by hand', () => {
  const rejected = [...IN.cancelled, byHand(), decide('reject', 'paid_after_cancel')];

  it('asks a person to give it back', () => {
    given(...IN.cancelled, byHand())
      .when(decide('reject', 'paid_after_cancel'))
      .then({ state: 'cancelled', asks: [], reviews: ['refund_by_hand'] });
  });

  it('is done when that is recorded, in parts as well', () => {
    const half = returnedByHand({ reference: 'trf-1', amountMinor: 50 });
    const other = returnedByHand({ reference: 'trf-2', amountMinor: 50 });
    given(...rejected)
      .when(half)
      .then({ state: 'cancelled', reviews: ['refund_by_hand'] });
    given(...rejected, half)
      .when(other)
      .then({ state: 'cancelled', reviews: [] });
  });

  it('is promised once', () => {
    assert.equal(refundableMinor(ledgerAfter(...rejected)), 0);
  });

  it('sends back the gateway’s money first', () => {
    given(...IN.paid, byHand())
      .when(decide('reject', 'double_payment'))
      .then({ state: 'paid', asks: ['refund_payment:review:rev_1'], reviews: [] });
  });

  it('sends back a cancelled part by hand', () => {
    given(byHand({ amountMinor: 40 }))
      .when(cancel())
      .then({
        state: 'cancelled',
        reviews: ['refund_by_hand'],
        asks: [],
      });
  });
});

describe('a refund that bounced', () => {
  const bounced = [...IN.paid, refundRequest(60), refund('failed', 60)];

  it('waits for a person until all of it was given back by hand', () => {
    const part = returnedByHand({ amountMinor: 20 });
    given(...bounced)
      .when(part)
      .then({ reviews: ['refund_failed'] });
    const rest = returnedByHand({ reference: 'trf-2', amountMinor: 40 });
    given(...bounced, part)
      .when(rest)
      .then({ state: 'paid', reviews: [] });
  });

  it('is not settled by what was given back before it bounced', () => {
    const before = [...IN.paid, returnedByHand({ amountMinor: 40 }), refundRequest(60)];
    given(...before)
      .when(refund('failed', 60))
      .then({ reviews: ['refund_failed'] });
  });
});

describe('more time to pay', () => {
  it('moves the expiry of an order that waits for money', () => {
    const ledger = ledgerAfter(...IN.pending, extend(48));
    assert.equal(new Date(ledger.expiresAt).toISOString(), '2026-01-28T10:00:00.000Z');
    given(...IN.pending, extend(48))
      .when(reached('expiry'))
      .then({ state: 'pending', asks: [] });
  });

  it('opens an expired order again, and its customer can pay', () => {
    const expired = [...EXPIRED, voidAnswered(snapshot('voided'))];
    given(...expired)
      .when(pay(2))
      .then({ codes: ['order_closed'] });
    given(...expired, later(extend(96), 30))
      .when(later(pay(2), 31))
      .then({
        state: 'pending',
        asks: ['create_payment:2'],
      });
  });

  it('settles the review of an order that was paid in part and expired', () => {
    const expired = [...IN.partially_paid, reached('expiry')];
    given(...expired)
      .when(later(extend(96), 30))
      .then({ state: 'partially_paid', reviews: [] });
  });

  it('is the same when it is asked for again', () => {
    given(extend(48))
      .when(again(extend(48), 2))
      .then({ outcomes: ['duplicate'] });
  });

  it('is refused where it would be less, or over already', () => {
    given()
      .when(extend(23))
      .then({ codes: ['expiry_not_later'] });
    given(...EXPIRED)
      .when(later(extend(25), 30))
      .then({ codes: ['expiry_not_later'] });
  });

  it('is refused where nothing is waited for', () => {
    given(...IN.paid)
      .when(extend())
      .then({ codes: ['order_already_paid'] });
    given(...IN.cancelled)
      .when(extend())
      .then({ codes: ['order_closed'] });
  });
});

describe('an order over 0', () => {
  const nothing = { amountMinor: 0 };

  it('is paid by its first event, with access, invoice and CRM, and asks no gateway', () => {
    const { ledger, effects } = apply(ledgerOf(nothing, []), pay());
    assert.equal(stateOf(ledger), 'paid');
    assert.deepEqual(
      effects.map(({ effect }) => effect),
      ['grant_access', 'issue_invoice', 'update_crm'],
    );
  });

  it('has nothing to refund and nothing to pay', () => {
    const paid = ledgerOf(nothing, [pay()]);
    const codeOf = (event: ReturnType<typeof pay>) =>
      apply(paid, event).records.at(-1)?.answer?.code;
    assert.equal(codeOf(pay(2)), 'order_already_paid');
    assert.equal(codeOf(cancel()), 'order_already_paid');
    assert.equal(codeOf(refundRequest()), 'refund_exceeds_captured');
  });

  it('puts money that comes after all before a person', () => {
    const paid = ledgerOf(nothing, [pay(), byHand({ amountMinor: 5 })]);
    assert.deepEqual(
      openReviews(paid).map(({ reason }) => reason),
      ['double_payment'],
    );
  });
});
