/** Every order comes to rest: nobody waits for an answer that nobody owes, nothing is asked for ever. */
import assert from 'node:assert/strict';
import { effectKey } from '../../src/domain/effects/effects.ts';
import { nextDeadline } from '../../src/domain/schedule/deadlines.ts';
import {
  again,
  cancel,
  captured,
  captureReversed,
  command,
  decide,
  dispute,
  done,
  pay,
  payment,
  reached,
  refundAnswered,
  refundRequest,
  refused,
  silence,
  snapshot,
  TERMS,
  told,
  unanswered,
  verify,
  webhook,
} from '../support/order-events.ts';
import { another, EXPIRED, IN } from '../support/order-states.ts';
import { apply, given, ledgerAfter } from '../support/order-story.ts';

const DAY_MS = 86_400_000;

function daysLater(days: number): number {
  return TERMS.expiresAt + days * DAY_MS;
}

describe('money that is in flight for days after the order expired', () => {
  it('is asked for ever less often: after ten minutes at first, in the end four times a day', () => {
    const waitsMinutes = [];
    let ledger = ledgerAfter(...IN.pending);
    while (ledger.expiresAt < daysLater(2)) {
      const at = ledger.expiresAt;
      ledger = apply(ledger, reached('expiry', at)).ledger;
      const answer = told(snapshot('pending'))(ledger);
      ledger = apply(ledger, { ...answer, at }).ledger;
      waitsMinutes.push(Math.round((ledger.expiresAt - at) / 60_000));
    }
    assert.deepEqual(
      waitsMinutes,
      [10, 10, 10, 15, 23, 34, 51, 76, 114, 171, 256, 360, 360, 360, 360, 360, 360],
    );
  });
});

describe('an order that expired partly paid', () => {
  const expired = [...IN.partially_paid, reached('expiry')];

  it('needs nobody when the rest is paid after all', () => {
    given(...expired)
      .when(captured(60, 'cap_2', 'pay_1'))
      .then({ state: 'paid', reviews: [] });
  });

  it('is not cancelled by a decision that the rest overtook', () => {
    const decision = decide('reject', 'partial_expired')(ledgerAfter(...expired));
    given(...expired, captured(60, 'cap_2', 'pay_1'))
      .when(decision)
      .thenRejected('review_already_decided');
  });

  it('comes before a person again when a reversal leaves it partly paid again', () => {
    given(...expired, captured(60, 'cap_2', 'pay_1'), captureReversed(60, 'cap_2', 'pay_1'))
      .when(reached('expiry'))
      .then({ state: 'partially_paid', reviews: ['capture_reversed', 'partial_expired'] });
  });
});

describe('an expired order whose cancellation is lifted', () => {
  it('comes before a person again when only a part is paid', () => {
    const before = [...EXPIRED, cancel(), payment('voided'), captured(40)];
    const lifted = ledgerAfter(...before, decide('approve', 'paid_after_cancel'));
    assert.equal(nextDeadline({ ...lifted, poll: null })?.name, 'expiry');
  });
});

describe('a payment in another currency', () => {
  const usd = { currency: 'USD', captureId: 'cap_u' };

  it('is not voided once it is captured', () => {
    const before = [...IN.pending, payment('captured', 'pay_1', usd)];
    given(...before, decide('approve', 'currency_mismatch'))
      .when(cancel())
      .then({ state: 'cancelled', asks: [] });
  });

  it('keeps no order from expiring', () => {
    const before = [...IN.pending, payment('pending'), payment('captured', 'pay_1', usd)];
    given(...before)
      .when(reached('expiry'))
      .then({ state: 'failed' });
  });
});

describe('a void that the gateway refused to a cancelled order', () => {
  const before = [...IN.cancelled, ...another(), payment('pending', 'pay_2')];

  it('is not asked for again by the schedule', () => {
    given(...before, refused('void_payment', 'pay_2'))
      .when(reached('poll'))
      .then({ reviews: ['cancel_diverged'], asks: ['fetch_payments:2'] });
  });

  it('is asked for again when a person says so', () => {
    given(...before, refused('void_payment', 'pay_2'))
      .when(decide('reject', 'cancel_diverged'))
      .then({ asks: ['void_payment:pay_2.2'] });
  });
});

describe('a capture that the gateway refused', () => {
  it('is a new request when it is wanted again, as the refusal stands under the old one', () => {
    const before = [...IN.pending, ...another(), payment('authorized')];
    const failed = [refused('capture_payment', 'pay_1'), told(snapshot('failed'))];
    const revived = [captured(40, 'cap_2', 'pay_2'), verify(), told(snapshot('authorized'))];
    given(...before, ...failed, ...revived)
      .when(decide('approve', 'amount_mismatch'))
      .then({ asks: ['capture_payment:pay_1.2'] });
  });
});

describe('a dispute that is lost, won and lost again', () => {
  it('is in the books as it is now', () => {
    const at = (status: 'won' | 'lost') => {
      const disputes = [{ disputeId: 'dsp_1', amountMinor: 100, status }];
      const captures = [{ captureId: 'cap_1', amountMinor: 100, reversed: false }];
      return told(snapshot('captured', 'pay_1', { captures, disputes }));
    };
    given(...IN.paid, dispute('lost'), dispute('won'), at('won'), verify('none'))
      .when(at('lost'))
      .then({ works: ['post_ledger:chargeback-dsp_1.2'] });
  });
});

describe('an effect that waited for another and is under way', () => {
  it('is not begun a second time by a needless retry of the other', () => {
    const key = effectKey(TERMS.orderId, 'grant_access', 1);
    const { after } = given(...IN.refunded, done('grant_access', 1)).when(
      command({ type: 'retry', key }),
    );
    assert.deepEqual(after.effects, []);
  });
});

describe('a call whose key the gateway has forgotten', () => {
  const lost = [pay(), unanswered('create_payment', 1), told(), reached('poll', daysLater(1))];

  it('comes before a person again a day after somebody chose to keep waiting', () => {
    const kept = [...lost, decide('reject', 'key_expired')];
    given(...kept)
      .when(reached('poll', daysLater(1) + 1))
      .then({ reviews: [] });
    given(...kept)
      .when(reached('poll', daysLater(2)))
      .then({ reviews: ['key_expired'] });
  });
});

describe('an attempt whose answer was lost', () => {
  it('is asked for again in the same words, although its own payment has failed since', () => {
    const failed = [told(snapshot('created')), webhook(payment('failed').fact)];
    const soon = reached('poll', TERMS.createdAt + 120_000);
    const { after } = given(pay(), unanswered('create_payment', 1), ...failed).when(soon);
    const [call] = after.effects.filter(({ effect }) => effect === 'create_payment');
    assert.deepEqual(call && 'supersedes' in call && call.supersedes, []);
  });
});

describe('a refund over several payments', () => {
  const half = [...IN.partially_paid, ...another(), captured(60, 'cap_2', 'pay_2')];
  const second = { requestKey: 'key_1.2', paymentId: 'pay_2' };

  it('answers its callers when the last of them is sure', () => {
    given(...half, refundRequest())
      .when(refundAnswered('ref_1', 40))
      .then({ outcomes: ['applied'] });
    given(...half, refundRequest(), refundAnswered('ref_1', 40))
      .when(refundAnswered('ref_2', 60, second))
      .then({ outcomes: ['applied', 'applied'] });
  });

  it('answers who asks again between the two', () => {
    const repeat = again(refundRequest());
    const { after } = given(...half, refundRequest(), refundAnswered('ref_1', 40), repeat).when(
      refundAnswered('ref_2', 60, second),
    );
    assert.deepEqual(after.ledger.waiting, []);
  });

  it('tells at once who asks again while nobody is being asked', () => {
    given(...IN.paid, refundRequest(), unanswered('refund_payment', 'key_1'))
      .when(again(refundRequest()))
      .then({ outcomes: ['duplicate'] });
  });
});

describe('an order without payments whose gateway was asked and was silent', () => {
  it('asks once more before it closes', () => {
    const hint = { ...verify('pay_9'), source: 'webhook' as const };
    const key = effectKey(TERMS.orderId, 'update_crm', 'failed-1');
    const informed = { ...done('grant_access', 1), id: key, key };
    given(hint, silence, reached('expiry'), informed)
      .when(reached('settlement', daysLater(30)))
      .then({ asks: ['fetch_payments:2'] });
  });
});
