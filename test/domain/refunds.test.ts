/** Money on its way back: never more than came in, never twice, and never out of sight. */
import assert from 'node:assert/strict';
import type { CommandOf } from '../../src/domain/commands/waiting.ts';
import type { CommandEvent } from '../../src/domain/events.ts';
import { refundableMinor } from '../../src/domain/sums.ts';
import { viewOf } from '../../src/domain/view.ts';
import {
  again,
  captured,
  created,
  decide,
  dispute,
  pay,
  reached,
  refund,
  refundAnswered,
  refundRequest,
  refused,
  snapshot,
  told,
  unanswered,
  verify,
} from '../support/order-events.ts';
import { another, IN } from '../support/order-states.ts';
import { given, ledgerAfter } from '../support/order-story.ts';

describe('a refund that we asked for', () => {
  it('asks the gateway, and gives nothing back yet', () => {
    given(...IN.paid)
      .when(refundRequest(30))
      .then({ state: 'paid', asks: ['refund_payment:key_1'], works: [] });
  });

  it('is refused where more of the order would go back than its caller may give, in one or in several', () => {
    const limited = (amountMinor: number, key: string): CommandEvent => ({
      ...(refundRequest(amountMinor, key) as CommandOf<'refund'>),
      limitMinor: 30,
    });
    given(...IN.paid)
      .when(limited(31, 'key_2'))
      .thenRejected('refund_over_limit');
    given(...IN.paid, refundRequest(20))
      .when(limited(11, 'key_2'))
      .thenRejected('refund_over_limit');
    given(...IN.paid, refundRequest(20))
      .when(limited(10, 'key_2'))
      .then({ asks: ['refund_payment:key_2'] });
  });

  it('T06: is one refund when its webhook comes before its answer', () => {
    const { ledger } = given(...IN.paid, refundRequest(30), refund('succeeded', 30)).when(
      refundAnswered('ref_1', 30),
    ).after;
    assert.equal(refundableMinor(ledger), 70);
    assert.equal(viewOf(ledger).refunds.length, 1);
  });

  it('T06: is one refund when its webhook comes after its answer', () => {
    given(...IN.paid, refundRequest(30), refundAnswered('ref_1', 30))
      .when(refund('succeeded', 30))
      .thenNothing();
  });

  it('is not taken for the refund of another payment that a webhook speaks of', () => {
    const { ledger } = given(
      ...IN.partially_paid,
      ...another(),
      captured(60, 'cap_2', 'pay_2'),
      refundRequest(30),
    ).when(refund('succeeded', 30, 'ref_9', 'pay_2')).after;
    const { paymentId, status, refundId } = ledger.refundRequests.key_1 ?? {};
    assert.deepEqual([paymentId, status, refundId], ['pay_1', 'requested', null]);
  });

  it('leaves a partly refunded order paid, with a credit note', () => {
    given(...IN.paid)
      .when(refund('succeeded', 30))
      .then({ state: 'paid', works: ['post_ledger:refund-ref_1', 'issue_credit_note:ref_1'] });
  });

  it('of everything takes access back', () => {
    given(...IN.paid)
      .when(refund('succeeded'))
      .then({
        state: 'refunded',
        granted: false,
        works: [
          'post_ledger:refund-ref_1',
          'issue_credit_note:ref_1',
          'revoke_access:1',
          'update_crm:refunded-1',
        ],
      });
  });

  it('gives the same answer to the same key', () => {
    given(...IN.paid, refundRequest(30), refundAnswered('ref_1', 30))
      .when(refundRequest(30, 'key_1', 'once-more'))
      .thenNothing();
  });

  it('does not take the same key for another amount', () => {
    given(...IN.paid, refundRequest(30))
      .when(refundRequest(31, 'key_1', 'once-more'))
      .thenRejected('idempotency_key_reused');
  });

  it('is not confused by keys that look like our own', () => {
    given(...IN.paid)
      .when(refundRequest(30, '__proto__'))
      .thenRejected('idempotency_key_reused');
  });

  it('is asked again under its key when its answer is lost', () => {
    given(...IN.paid, refundRequest(30), unanswered('refund_payment', 'key_1'))
      .when({ ...reached('poll'), at: pay().at })
      .then({ asks: ['refund_payment:key_1', 'fetch_payments:1'] });
  });

  it('T28: goes before a person when the gateway has forgotten its key, still reserved', () => {
    const { after, then } = given(
      ...IN.paid,
      refundRequest(30),
      unanswered('refund_payment', 'key_1'),
    ).when(reached('poll'));
    then({ reviews: ['key_expired'], asks: ['fetch_payments:1'] });
    assert.equal(refundableMinor(after.ledger), 70);
  });

  it('takes its money from as many payments as it needs', () => {
    const parts = [
      ...IN.partially_paid,
      pay(2),
      created('pay_2', 2),
      captured(60, 'cap_2', 'pay_2'),
    ];
    given(...parts)
      .when(refundRequest(70))
      .then({ asks: ['refund_payment:key_1', 'refund_payment:key_1.2'] });
  });

  it('finds a free name for its second piece', () => {
    const parts = [
      ...IN.partially_paid,
      pay(2),
      created('pay_2', 2),
      captured(60, 'cap_2', 'pay_2'),
    ];
    given(...parts, refundRequest(10, 'key_1.2'))
      .when(refundRequest(70))
      .then({ asks: ['refund_payment:key_1', 'refund_payment:key_1.3'] });
  });
});

describe('two refunds at once', () => {
  it('T41: of 60 % each: exactly one is taken', () => {
    given(...IN.paid, refundRequest(60))
      .when(refundRequest(60, 'key_2'))
      .thenRejected('refund_exceeds_captured');
  });

  it('T40: of the same amount are two, and the same one twice is one', () => {
    const both = [...IN.paid, refund('succeeded', 30), refund('succeeded', 30, 'ref_2')];
    assert.equal(refundableMinor(ledgerAfter(...both)), 40);
    given(...both)
      .when(again(refund('succeeded', 30)))
      .thenNothing();
  });

  it('of the same amount stay reserved when a webhook is laid to the wrong one', () => {
    const { ledger } = given(
      ...IN.paid,
      refundRequest(30),
      refundRequest(30, 'key_2'),
      refund('succeeded', 30, 'ref_b'),
    ).when(refundAnswered('ref_b', 30, { requestKey: 'key_2' })).after;
    assert.equal(refundableMinor(ledger), 40);
    assert.deepEqual(
      viewOf(ledger).refunds.map(({ id, status, refundId }) => [id, status, refundId]),
      [
        ['key_1', 'requested', null],
        ['key_2', 'succeeded', 'ref_b'],
      ],
    );
  });
});

describe('a refund that fails', () => {
  it('T39: releases what it reserved and calls a person', () => {
    const { after, then } = given(
      ...IN.paid,
      refundRequest(60),
      refundAnswered('ref_1', 60, { status: 'pending' }),
    ).when(refund('failed', 60));
    then({ state: 'paid', reviews: ['refund_failed'], works: [] });
    assert.equal(refundableMinor(after.ledger), 100);
  });

  it('releases what it reserved when the gateway refuses it', () => {
    const { after, then } = given(...IN.paid, refundRequest(60)).when(
      refused('refund_payment', 'key_1'),
    );
    then({ reviews: ['refund_failed'] });
    assert.equal(refundableMinor(after.ledger), 100);
  });

  it('is tried again as a new refund, when a person says so', () => {
    given(...IN.paid, refundRequest(60), refused('refund_payment', 'key_1'))
      .when(decide('approve', 'refund_failed'))
      .then({ asks: ['refund_payment:review:rev_1'] });
  });

  it('after it had succeeded is money with us again, and never silently', () => {
    given(...IN.refunded)
      .when(refund('failed'))
      .then({
        state: 'refunded',
        reviews: ['refund_reversed'],
        works: ['post_ledger:refund_reversed-ref_1'],
      });
  });

  it('and then succeeds by webhook alone is doubted', () => {
    given(...IN.paid, refund('failed', 30))
      .when(refund('succeeded', 30))
      .then({ reviews: ['refund_failed', 'refund_flip'], works: [], asks: ['fetch_payments:1'] });
  });

  it('is doubted once', () => {
    given(...IN.paid, refund('failed', 30), refund('succeeded', 30))
      .when(again(refund('succeeded', 30)))
      .thenNothing();
  });

  it('counts once the gateway itself says that it succeeded', () => {
    const refunds = [
      {
        refundId: 'ref_1',
        paymentId: 'pay_1',
        amountMinor: 30,
        currency: 'INR',
        status: 'succeeded' as const,
      },
    ];
    const { after, then } = given(...IN.paid, refund('failed', 30), refund('succeeded', 30)).when(
      told(snapshot('captured', 'pay_1', { refunds })),
    );
    then({ reviews: ['refund_failed'] });
    assert.equal(refundableMinor(after.ledger), 70);
  });

  it('T13: is not undone by an answer from before, and the gateway is asked anew', () => {
    const look = { ...verify('pay_1', 'evt_1'), source: 'webhook' } as const;
    const money = { refundId: 'ref_1', paymentId: 'pay_1', amountMinor: 30, currency: 'INR' };
    const before = snapshot('captured', 'pay_1', { refunds: [{ ...money, status: 'succeeded' }] });
    const { after, then } = given(
      ...IN.paid,
      refund('succeeded', 30),
      look,
      refund('failed', 30),
    ).when(told(before));
    then({ reviews: ['refund_reversed'], works: [], asks: ['fetch_payments:2'] });
    assert.equal(refundableMinor(after.ledger), 100);
  });

  it('of the same id and another amount is a contradiction', () => {
    given(...IN.paid, refund('pending', 30))
      .when(refund('succeeded', 40))
      .then({ reviews: ['fact_conflict'], works: [] });
  });
});

describe('a dispute, T42', () => {
  const disputed = [...IN.paid, dispute('opened')];

  it('freezes refunds, and touches neither state nor access', () => {
    given(...disputed)
      .when(refundRequest(10))
      .thenRejected('order_disputed');
    given(...IN.paid)
      .when(dispute('opened'))
      .then({ state: 'paid', granted: true, works: [] });
  });

  it('freezes refunds that a review would make', () => {
    const before = [...IN.cancelled, captured(), dispute('opened')];
    given(...before)
      .when(decide('reject', 'paid_after_cancel'))
      .thenRejected('order_disputed');
  });

  it('that is won leaves the customer with exactly what they had', () => {
    given(...disputed)
      .when(dispute('won'))
      .then({ state: 'paid', granted: true, works: [] });
  });

  it('that is won on an order without access grants none', () => {
    given(...IN.partially_paid, dispute('opened', 40))
      .when(dispute('won', 40))
      .then({ state: 'partially_paid', granted: false, works: [] });
  });

  it('that is lost wholly takes the order and the access back', () => {
    given(...disputed)
      .when(dispute('lost'))
      .then({ state: 'refunded', granted: false });
  });

  it('opened after it was decided is stale', () => {
    given(...IN.paid, dispute('won'))
      .when(dispute('opened'))
      .thenNothing('stale');
  });

  it('T15: closed before the capture nets it, without granting', () => {
    given(...IN.pending, dispute('lost'))
      .when(captured())
      .then({ state: 'refunded', granted: false, reviews: [] });
  });

  it('won after lost by webhook alone changes nothing but calls a person', () => {
    given(...disputed, dispute('lost'))
      .when(dispute('won'))
      .then({
        state: 'refunded',
        reviews: ['dispute_flip'],
        asks: ['fetch_payments:1'],
        works: [],
      });
  });

  it('is not turned by an answer from before it was decided, and the gateway is asked anew', () => {
    const look = { ...verify('pay_1', 'evt_1'), source: 'webhook' } as const;
    const disputes = [{ disputeId: 'dsp_1', amountMinor: 100, status: 'won' as const }];
    const { after, then } = given(...disputed, look, dispute('lost')).when(
      told(snapshot('captured', 'pay_1', { disputes })),
    );
    then({ state: 'refunded', reviews: [], works: [], asks: ['fetch_payments:2'] });
    assert.equal(after.ledger.disputes.dsp_1?.status, 'lost');
  });

  it('won after lost gives access back when the gateway and a person say so', () => {
    const disputes = [{ disputeId: 'dsp_1', amountMinor: 100, status: 'won' as const }];
    const seen = told(snapshot('captured', 'pay_1', { disputes }));
    given(...disputed, dispute('lost'), dispute('won'), seen)
      .when(decide('approve', 'dispute_flip'))
      .then({
        state: 'paid',
        granted: true,
        works: ['grant_access:2', 'issue_invoice:2', 'update_crm:paid-2'],
      });
  });
});

describe('money in another currency', () => {
  const usd = {
    currency: 'USD',
    captures: [{ captureId: 'cap_u', amountMinor: 5, reversed: false }],
  };
  const seen = [verify('pay_2'), told(snapshot('captured', 'pay_2', usd))];

  it('T34: pays nothing and calls a person', () => {
    given(...IN.pending, verify('pay_2'))
      .when(told(snapshot('captured', 'pay_2', usd)))
      .then({ state: 'pending', reviews: ['currency_mismatch'], works: [], granted: false });
  });

  it('is sent back in its own currency when that person says so', () => {
    const { after } = given(...IN.pending, ...seen).when(decide('reject', 'currency_mismatch'));
    assert.deepEqual(
      after.effects.map((effect) => 'currency' in effect && [effect.amountMinor, effect.currency]),
      [[5, 'USD']],
    );
  });

  it('is sent back once, although more of it comes later', () => {
    const more = {
      currency: 'USD',
      captures: [{ captureId: 'cap_v', amountMinor: 7, reversed: false }],
    };
    const before = [
      ...IN.pending,
      ...seen,
      decide('reject', 'currency_mismatch'),
      verify('pay_3'),
      told(snapshot('captured', 'pay_3', more)),
    ];
    given(...before)
      .when(decide('reject', 'currency_mismatch', 'second'))
      .then({ asks: ['refund_payment:review:rev_2:cap_v'] });
  });

  it('does not eat up what may be refunded', () => {
    given(...IN.paid, ...another())
      .when(refundRequest())
      .then({ asks: ['refund_payment:key_1'] });
  });
});
