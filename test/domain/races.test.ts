/** Two things at once, in the words of those to whom it happened. */

import assert from 'node:assert/strict';
import { viewOf } from '../../src/domain/view.ts';
import {
  again,
  cancel,
  captured,
  captureReversed,
  created,
  decide,
  denied,
  pay,
  payment,
  reached,
  refund,
  refused,
  silence,
  snapshot,
  told,
  unanswered,
  verify,
  voidAnswered,
} from '../support/order-events.ts';
import { another, EXPIRED, IN } from '../support/order-states.ts';
import { given, ledgerAfter } from '../support/order-story.ts';

describe('a pay button pressed three times', () => {
  it('opens one attempt', () => {
    given()
      .when(pay(1))
      .then({ state: 'pending', asks: ['create_payment:1'], outcomes: [] });
  });

  it('asks the gateway nothing more while the first click is under way', () => {
    given(pay(1)).when(pay(2)).then({ asks: [], outcomes: [], works: [] });
  });

  it('answers every click with the same attempt', () => {
    const { after } = given(pay(1), pay(2)).when(created());
    assert.deepEqual(
      after.records.map(({ eventId, outcome, answer }) => [eventId, outcome, answer?.attempt]),
      [
        ['pay-1', 'applied', 1],
        ['pay-2', 'duplicate', 1],
      ],
    );
  });

  it('does nothing when the attempt is open', () => {
    given(...IN.pending)
      .when(pay(2))
      .thenNothing();
  });

  it('opens a second attempt once the first has failed', () => {
    given(...IN.failed)
      .when(pay(2))
      .then({ state: 'pending', asks: ['create_payment:2'] });
  });
});

describe('verify and webhook, T09: the same capture by both', () => {
  const seen = snapshot('captured');

  it('pays and grants once when the webhook is first', () => {
    given(...IN.pending, verify('pay_1'), captured())
      .when(told(seen))
      .then({ state: 'paid', outcomes: ['duplicate'], works: [], asks: [] });
  });

  it('pays and grants once when the verify is first', () => {
    given(...IN.pending, verify('pay_1'), told(seen))
      .when(captured())
      .thenNothing();
  });

  it('asks the gateway once for fifty verifies', () => {
    const clicks = Array.from({ length: 50 }, (_, i) => verify('pay_1', `verify-${i}`));
    const { effects } = ledgerAfter(...IN.pending, ...clicks);
    assert.equal(Object.keys(effects).filter((key) => key.includes('fetch_payments')).length, 1);
  });

  it('answers all fifty, the later ones by one more question', () => {
    const clicks = Array.from({ length: 50 }, (_, i) => verify('pay_1', `verify-${i}`));
    const first = given(...IN.pending, ...clicks).when(told(snapshot('created')));
    assert.equal(first.after.records.length, 1);
    first.then({ asks: ['fetch_payments:2'] });
    const second = given(...IN.pending, ...clicks, told(snapshot('created'))).when(
      told(snapshot('created')),
    );
    assert.equal(second.after.records.length, 49);
  });

  it('says unsettled when the gateway is silent, and asks again later', () => {
    const { after } = given(...IN.pending, verify('pay_1')).when(silence);
    assert.deepEqual(after.records[0]?.answer, { unsettled: true });
    assert.ok(after.ledger.poll);
  });

  it('does not ask about an order that is paid', () => {
    given(...IN.paid)
      .when(verify())
      .thenNothing();
  });
});

describe('two payments, T11: what happens to one is not about the other', () => {
  const second = [...IN.failed, pay(2), created('pay_2', 2)];

  it('a repeated failed of attempt 1 does not fail attempt 2', () => {
    given(...second)
      .when(again(payment('failed')))
      .thenNothing();
  });

  it('failed of attempt 1 after attempt 2 captured is stale', () => {
    given(...IN.pending, ...another(), captured(100, 'cap_2', 'pay_2'))
      .when(payment('failed'))
      .then({ state: 'paid', outcomes: ['stale'], works: [], asks: [], reviews: [] });
  });

  it('failed after captured of the same payment is stale and changes nothing', () => {
    given(...IN.paid)
      .when(payment('failed'))
      .thenNothing('stale');
  });

  it('pending after captured is stale and changes nothing', () => {
    given(...IN.paid)
      .when(payment('pending'))
      .thenNothing('stale');
  });

  it('T13: an old answer does not undo a capture', () => {
    given(...IN.pending, verify('pay_1'), captured())
      .when(told(snapshot('pending')))
      .then({ state: 'paid', works: [], outcomes: ['duplicate'] });
  });

  it('two tabs that both pay end paid once, with the second before a person', () => {
    given(...second, captured())
      .when(captured(100, 'cap_2', 'pay_2'))
      .then({ state: 'paid', reviews: ['double_payment'], works: ['post_ledger:capture-cap_2'] });
  });

  it('T25: the second attempt is voided when the first is paid while it is being opened', () => {
    given(...IN.failed, pay(2), captured())
      .when(created('pay_2', 2))
      .then({ state: 'paid', asks: ['void_payment:pay_2'], codes: ['order_already_paid'] });
  });
});

describe('a late confirmation', () => {
  it('T12, T17: captured after failed pays late', () => {
    given(...IN.failed)
      .when(captured())
      .then({ state: 'paid', late: true, granted: true });
  });

  it('captured after the expiry pays late', () => {
    given(...EXPIRED)
      .when(captured())
      .then({ state: 'paid', late: true });
  });

  it('authorized by webhook after failed is not believed, but asked about', () => {
    given(...IN.failed)
      .when(payment('authorized'))
      .then({ state: 'failed', outcomes: ['stale'], asks: ['fetch_payments:1'] });
  });

  it('authorized after failed is captured once the gateway itself says so', () => {
    given(...IN.failed, payment('authorized'))
      .when(told(snapshot('authorized')))
      .then({ state: 'pending', late: true, asks: ['capture_payment:pay_1'] });
  });

  it('and fails again when the gateway says that, although it said so before', () => {
    given(...IN.failed, payment('authorized'), told(snapshot('authorized')), verify('pay_1'))
      .when(told(snapshot('failed')))
      .then({ state: 'failed' });
  });

  it('a part that comes late waits for the rest anew', () => {
    given(...EXPIRED, captured(40))
      .when(reached('expiry'))
      .then({ state: 'partially_paid', reviews: ['partial_expired'] });
  });
});

describe('cancel and capture at the same moment, T22', () => {
  it('asks the gateway to void first, and leaves the order as it is', () => {
    given(...IN.pending)
      .when(cancel())
      .then({ state: 'pending', asks: ['void_payment:pay_1'], outcomes: [], works: [] });
  });

  it('is paid, and cancel refused, when the void answers that it was captured', () => {
    given(...IN.pending, cancel())
      .when(voidAnswered(snapshot('captured')))
      .then({
        state: 'paid',
        outcomes: ['applied', 'rejected'],
        codes: [undefined, 'order_already_paid'],
      });
  });

  it('is paid, and cancel refused, when the capture is told before the void answers', () => {
    given(...IN.pending, cancel())
      .when(captured())
      .then({ state: 'paid', codes: [undefined, 'order_already_paid'] });
  });

  it('is cancelled when the void comes through', () => {
    given(...IN.pending, cancel())
      .when(voidAnswered(snapshot('voided')))
      .then({ state: 'cancelled', works: ['update_crm:cancelled-1'] });
  });

  it('T21: a capture after that grants nothing and calls a person', () => {
    given(...IN.cancelled)
      .when(captured())
      .then({
        state: 'cancelled',
        reviews: ['paid_after_cancel'],
        works: ['post_ledger:capture-cap_1'],
        granted: false,
      });
  });

  it('T23: is not cancelled when the void is refused', () => {
    given(...IN.pending, cancel())
      .when(refused('void_payment', 'pay_1'))
      .then({ state: 'pending', asks: ['fetch_payments:1'], outcomes: ['applied'] });
  });

  it('hears that it was paid when the gateway, asked after the refusal, says so', () => {
    given(...IN.pending, cancel(), refused('void_payment', 'pay_1'))
      .when(told(snapshot('captured')))
      .then({ state: 'paid', codes: [undefined, 'order_already_paid'] });
  });

  it('hears that nothing is sure when the gateway, asked after the refusal, knows no more', () => {
    const { after } = given(...IN.pending, cancel(), refused('void_payment', 'pay_1')).when(
      told(snapshot('created')),
    );
    assert.deepEqual(after.records[0]?.answer, { unsettled: true });
  });

  it('stays pending when nobody knows whether it was voided, and asks again under the same key', () => {
    const before = [...IN.pending, cancel(), unanswered('void_payment', 'pay_1')];
    given(...before)
      .when(reached('poll'))
      .then({ state: 'pending', asks: ['void_payment:pay_1', 'fetch_payments:1'] });
  });

  it('does not capture what is authorized while it is being cancelled', () => {
    given(...IN.pending, cancel())
      .when(payment('authorized'))
      .then({ asks: [], works: [] });
  });

  it('gives no checkout to a customer who clicks while it is being cancelled', () => {
    given(...IN.pending, cancel())
      .when(pay(2))
      .thenRejected('order_closed');
  });

  it('waits for a payment that is just being made, and voids it', () => {
    given(pay()).when(cancel()).then({ state: 'pending', asks: [], outcomes: [] });
    given(pay(), cancel())
      .when(created())
      .then({ state: 'pending', asks: ['void_payment:pay_1'], codes: ['order_closed'] });
  });

  it('is cancelled at once when the gateway refuses to make the payment', () => {
    given(pay(), cancel())
      .when(refused('create_payment', 1))
      .then({ state: 'cancelled', outcomes: ['applied', 'rejected', 'applied'] });
  });

  it('cancels twice as once', () => {
    given(...IN.cancelled)
      .when(cancel('twice'))
      .thenNothing();
  });
});

describe('a create call whose answer is lost, T26', () => {
  const lost = [pay(), unanswered('create_payment', 1)];

  it('is unknown, not failed, and asked about', () => {
    const { after, then } = given(pay()).when(unanswered('create_payment', 1));
    then({ state: 'pending', asks: ['fetch_payments:1'] });
    assert.equal(viewOf(after.ledger).payments[0]?.status, 'unknown');
  });

  it('is asked again under the same key', () => {
    const asks = ['create_payment:1'];
    given(...lost, told())
      .when({ ...reached('poll'), at: pay().at })
      .then({
        asks: [...asks, 'fetch_payments:2'],
      });
  });

  it('opens no second attempt for another click', () => {
    given(...lost)
      .when(pay(2))
      .thenNothing();
  });

  it('T28: is not asked again once the gateway has forgotten the key; a person is called', () => {
    given(...lost, told())
      .when(reached('poll'))
      .then({ asks: ['fetch_payments:2'], reviews: ['key_expired'], state: 'pending' });
  });

  it('calls the person once', () => {
    given(...lost, told(), reached('poll'), told())
      .when(reached('poll'))
      .then({ reviews: ['key_expired'], outcomes: [] });
  });

  it('lets the customer try again when that person finds that there is no payment', () => {
    const before = [...lost, told(), reached('poll'), decide('approve', 'key_expired')];
    given(...before)
      .when(pay(2))
      .then({ state: 'pending' });
    assert.equal(ledgerAfter(...before).attempts[0]?.status, 'refused');
  });

  it('knows its payment when that was told before the answer came, T10', () => {
    given(pay(), captured(), told(snapshot('captured')))
      .when(created('pay_1', 1, 'captured'))
      .then({ state: 'paid', works: [], asks: [] });
  });
});

describe('the expiry', () => {
  it('T18: asks before it fails anything', () => {
    given(...IN.pending)
      .when(reached('expiry'))
      .then({ state: 'pending', asks: ['fetch_payments:1'], outcomes: [] });
  });

  it('pays when the gateway says that it was paid', () => {
    given(...IN.pending, reached('expiry'))
      .when(told(snapshot('captured')))
      .then({ state: 'paid', late: false });
  });

  it('waits longer while money is in flight', () => {
    given(...IN.pending, reached('expiry'))
      .when(told(snapshot('pending')))
      .then({ state: 'pending', reviews: [] });
  });

  it('waits longer while the gateway is silent', () => {
    given(...IN.pending, reached('expiry'))
      .when(silence)
      .then({ state: 'pending' });
  });

  it('fails softly when nothing was paid, and closes the pay button', () => {
    given(...EXPIRED)
      .when(pay(2))
      .thenRejected('order_closed');
  });

  it('does nothing to an order that is paid', () => {
    given(...IN.paid)
      .when(reached('expiry'))
      .then({ outcomes: [], works: [], asks: [] });
  });

  it('does nothing when it rings before its time', () => {
    given(...IN.pending)
      .when({ ...reached('expiry'), at: pay().at })
      .then({ asks: [] });
  });
});

describe('a reversal that overtakes its capture', () => {
  it('is kept and moves nothing', () => {
    given(...IN.pending)
      .when(captureReversed())
      .then({ state: 'pending', outcomes: ['stale'], works: [], reviews: [] });
  });

  it('meets the capture later: nothing is granted', () => {
    given(...IN.pending, captureReversed())
      .when(captured())
      .then({ state: 'failed', granted: false, reviews: [] });
  });

  it('of a part leaves the rest', () => {
    given(...IN.paid)
      .when(captureReversed(40))
      .then({ state: 'partially_paid', reviews: ['capture_reversed'], granted: true });
  });

  it('of more than its capture takes back what was captured, in the order and in its postings', () => {
    const { ledger, effects } = given(...IN.partially_paid, captured(30, 'cap_2')).when(
      captureReversed(90),
    ).after;
    assert.equal(viewOf(ledger).amountPaid, 30);
    const [posting] = effects.filter(({ effect }) => effect === 'post_ledger');
    assert.ok(posting?.effect === 'post_ledger');
    assert.deepEqual([posting.kind, posting.amountMinor], ['capture_reversed', 40]);
  });

  it('grants once although the money comes back', () => {
    given(...IN.paid, captureReversed())
      .when(captured(100, 'cap_2'))
      .then({ state: 'paid', works: ['post_ledger:capture-cap_2', 'update_crm:paid-2'] });
  });
});

describe('a webhook about a payment that the order does not know', () => {
  const early = payment('captured', 'pay_7');

  it('is held, and the gateway is asked', () => {
    given()
      .when(early)
      .then({ state: 'initiated', outcomes: [], asks: ['fetch_payments:1'] });
  });

  it('applies when the gateway says that the payment is of this order', () => {
    given(early)
      .when(told(snapshot('created', 'pay_7')))
      .then({ state: 'paid', outcomes: ['applied', 'applied'] });
  });

  it('T44: moves no money here when it is another order’s', () => {
    given(early)
      .when(told(snapshot('captured', 'pay_7', { orderId: 'ord_2' })))
      .then({ state: 'initiated', reviews: ['wrong_order'], works: [], granted: false });
  });

  it('goes before a person after the gateway denied it three times', () => {
    const poll = reached('poll');
    given(early, denied('pay_7'), poll, denied('pay_7'), poll)
      .when(denied('pay_7'))
      .then({ state: 'initiated', reviews: ['unmatched'], works: [] });
  });

  it('is still held while the gateway is silent', () => {
    given(early).when(silence).then({ reviews: [], outcomes: [], state: 'initiated' });
  });
});

describe('a refund that nobody captured for, T16 and T19', () => {
  it('is an authorization sent back: the next payment counts in full', () => {
    given(...IN.failed, refund('succeeded'), pay(2), created('pay_2', 2))
      .when(captured(100, 'cap_2', 'pay_2'))
      .then({ state: 'paid', granted: true, reviews: [] });
  });

  it('that came before its capture nets it to nothing, without granting', () => {
    given(...IN.pending, refund('succeeded'))
      .when(captured())
      .then({ state: 'refunded', granted: false });
  });

  it('calls a person when the gateway itself holds the payment for unpaid', () => {
    const refunds = [
      {
        refundId: 'ref_1',
        paymentId: 'pay_1',
        amountMinor: 100,
        currency: 'INR',
        status: 'succeeded' as const,
      },
    ];
    given(...IN.pending, verify('pay_1'))
      .when(told(snapshot('created', 'pay_1', { refunds })))
      .then({ state: 'pending', reviews: ['refund_without_capture'] });
  });
});
