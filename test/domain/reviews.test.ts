/** What a person decides, and what each decision does: reason by reason, approve and reject. */
import assert from 'node:assert/strict';
import type { OrderTerms } from '../../src/domain/order.ts';
import { REVIEW_REASONS, type ReviewReason } from '../../src/domain/reviews/reasons.ts';
import { openReviews } from '../../src/domain/sums.ts';
import {
  byHand,
  captured,
  captureReversed,
  command,
  created,
  decide,
  denied,
  dispute,
  pay,
  payment,
  reached,
  refund,
  refundRequest,
  refused,
  snapshot,
  told,
  unanswered,
  verify,
} from '../support/order-events.ts';
import { another, IN } from '../support/order-states.ts';
import { given, givenWith, type Happening, ledgerAfter, ledgerOf } from '../support/order-story.ts';

interface Decided {
  /** Where they are not the usual ones. */
  terms?: Partial<OrderTerms>;
  given: Happening[];
  approve: string;
  reject: string;
}

const PAID_AFTER_CANCEL = [...IN.cancelled, captured()];
const MISMATCHED = [...IN.pending, payment('authorized', 'pay_1', { amountMinor: 70 })];
const early = payment('captured', 'pay_7');
const poll = reached('poll');

/** State afterwards, then what the gateway is asked and what is done; "." is nothing. */
const DECISIONS: Record<ReviewReason, Decided> = {
  refund_by_hand: {
    given: [...IN.cancelled, byHand(), decide('reject', 'paid_after_cancel')],
    approve: 'cancelled .',
    reject: 'cancelled .',
  },
  paid_after_cancel: {
    given: PAID_AFTER_CANCEL,
    approve: 'paid grant_access:1 issue_invoice:1 update_crm:paid-1',
    reject: 'cancelled refund_payment:review:rev_1',
  },
  captured_after_refund: {
    given: [...IN.refunded, ...another(), captured(100, 'cap_2', 'pay_2')],
    approve: 'paid grant_access:2 issue_invoice:2 update_crm:paid-2',
    reject: 'refunded refund_payment:review:rev_1',
  },
  overpaid: {
    given: [...IN.pending, captured(150)],
    approve: 'paid .',
    reject: 'paid refund_payment:review:rev_1',
  },
  double_payment: {
    given: [...IN.paid, ...another(), captured(100, 'cap_2', 'pay_2')],
    approve: 'paid .',
    reject: 'paid refund_payment:review:rev_1',
  },
  amount_mismatch: {
    given: MISMATCHED,
    approve: 'pending capture_payment:pay_1',
    reject: 'pending void_payment:pay_1',
  },
  authorization_expiring: {
    terms: { manualCapture: { takes: 'whole', heldForMs: 86_400_000 } },
    given: [...IN.pending, payment('authorized'), reached('authorization')],
    approve: 'pending capture_payment:review:rev_1',
    reject: 'pending void_payment:pay_1',
  },
  capture_refused: {
    given: [
      ...IN.pending,
      payment('authorized'),
      refused('capture_payment', 'pay_1'),
      told(snapshot('authorized')),
    ],
    approve: 'pending capture_payment:pay_1.2',
    reject: 'pending void_payment:pay_1.2',
  },
  fact_conflict: {
    given: [...IN.paid, captured(90)],
    approve: 'paid .',
    reject: 'paid .',
  },
  currency_mismatch: {
    given: [...IN.pending, payment('captured', 'pay_1', { currency: 'USD', captureId: 'cap_u' })],
    approve: 'failed .',
    reject: 'failed refund_payment:review:rev_1:cap_u',
  },
  capture_reversed: {
    given: [...IN.paid, captureReversed()],
    approve: 'failed revoke_access:1',
    reject: 'failed .',
  },
  authorized_after_cancel: {
    given: [
      ...IN.cancelled,
      ...another(),
      payment('authorized', 'pay_2'),
      refused('void_payment', 'pay_2'),
    ],
    approve: 'cancelled .',
    reject: 'cancelled void_payment:pay_2.2',
  },
  authorized_after_refund: {
    given: [
      ...IN.refunded,
      ...another(),
      payment('authorized', 'pay_2'),
      refused('void_payment', 'pay_2'),
    ],
    approve: 'refunded .',
    reject: 'refunded void_payment:pay_2.2',
  },
  cancel_diverged: {
    given: [
      ...IN.cancelled,
      ...another(),
      payment('pending', 'pay_2'),
      refused('void_payment', 'pay_2'),
    ],
    approve: 'cancelled .',
    reject: 'cancelled void_payment:pay_2.2',
  },
  partial_expired: {
    given: [...IN.partially_paid, reached('expiry')],
    approve: 'partially_paid .',
    reject: 'cancelled refund_payment:review:rev_1 update_crm:cancelled-1',
  },
  wrong_order: {
    given: [early, told(snapshot('captured', 'pay_7', { orderId: 'ord_2' }))],
    approve: 'initiated .',
    reject: 'initiated .',
  },
  unmatched: {
    given: [early, denied('pay_7'), poll, denied('pay_7'), poll, denied('pay_7')],
    approve: 'initiated .',
    reject: 'initiated .',
  },
  key_expired: {
    given: [pay(), unanswered('create_payment', 1), told(), poll],
    approve: 'failed update_crm:failed-1',
    reject: 'pending .',
  },
  effect_failed: {
    given: [...IN.paid, refused('issue_invoice', 1)],
    approve: 'paid .',
    reject: 'paid .',
  },
  refund_failed: {
    given: [...IN.paid, refundRequest(60), refused('refund_payment', 'key_1')],
    approve: 'paid refund_payment:review:rev_1',
    reject: 'paid .',
  },
  refund_flip: {
    given: [...IN.pending, refund('failed', 30), refund('succeeded', 30)],
    approve: 'pending .',
    reject: 'pending .',
  },
  refund_reversed: {
    given: [...IN.refunded, refund('reversed')],
    approve: 'refunded refund_payment:review:rev_1',
    reject: 'refunded .',
  },
  refund_without_capture: {
    given: [
      ...IN.pending,
      verify('pay_1'),
      told(
        snapshot('created', 'pay_1', {
          refunds: [
            {
              refundId: 'ref_1',
              paymentId: 'pay_1',
              amountMinor: 100,
              currency: 'INR',
              status: 'succeeded',
            },
          ],
        }),
      ),
    ],
    approve: 'pending .',
    reject: 'pending .',
  },
  over_refund: {
    given: [...IN.paid, refund('succeeded', 150)],
    approve: 'refunded .',
    reject: 'refunded .',
  },
  dispute_without_capture: {
    given: [...IN.pending, dispute('opened')],
    approve: 'pending .',
    reject: 'pending .',
  },
  dispute_after_cancel: {
    given: [...IN.cancelled, dispute('opened')],
    approve: 'cancelled .',
    reject: 'cancelled .',
  },
  dispute_on_refunded: {
    given: [...IN.refunded, dispute('opened')],
    approve: 'refunded .',
    reject: 'refunded .',
  },
  dispute_flip: {
    given: [...IN.paid, dispute('lost'), dispute('won')],
    approve: 'refunded .',
    reject: 'refunded .',
  },
  double_loss: {
    given: [...IN.refunded, dispute('lost')],
    approve: 'refunded .',
    reject: 'refunded .',
  },
};

for (const reason of REVIEW_REASONS)
  describe(`an order in review: ${reason}`, () => {
    const { given: before, terms = {}, ...decisions } = DECISIONS[reason];
    for (const decision of ['approve', 'reject'] as const) {
      const [state = '', ...then] = decisions[decision].split(' ');
      const words = then.filter((word) => word !== '.');
      it(`${decision}: ${decisions[decision]}`, () => {
        assert.deepEqual(
          openReviews(ledgerOf(terms, before)).map((review) => review.reason),
          [reason],
        );
        const asks = words.filter((word) => /^\w+_payment/.test(word));
        const works = words.filter((word) => !asks.includes(word));
        givenWith(terms, ...before)
          .when(decide(decision, reason))
          .then({ state, asks, works, outcomes: ['applied'], reviews: [] });
      });
    }

    it('takes the same decision again for a repeat', () => {
      givenWith(terms, ...before, decide('reject', reason))
        .when(decide('reject', reason, 'again'))
        .thenNothing();
    });

    it('refuses the opposite decision', () => {
      givenWith(terms, ...before, decide('reject', reason))
        .when(decide('approve', reason, 'opposite'))
        .thenRejected('review_already_decided');
    });
  });

describe('a decision', () => {
  const money = (version: number): Happening =>
    command({ type: 'review', reviewId: 'rev_1', decision: 'approve', version, note: 'seen' });

  it('on what has changed since is refused, and changes nothing', () => {
    const seen = ledgerAfter(...PAID_AFTER_CANCEL).reviews[0]?.version ?? 0;
    given(...PAID_AFTER_CANCEL, captured(50, 'cap_2'))
      .when(money(seen))
      .thenRejected('review_stale');
  });

  it('on a review that does not exist is refused', () => {
    given(...IN.paid)
      .when(money(1))
      .thenRejected('review_not_found');
  });

  it('is not needed any more when the money went back by itself', () => {
    given(...PAID_AFTER_CANCEL)
      .when(refund('succeeded'))
      .then({ state: 'cancelled', reviews: [] });
  });

  it('about a failed effect is not needed any more when the retry succeeds', () => {
    const key = 'ord_1:issue_invoice:1';
    const done = {
      ...refused('issue_invoice', 1),
      type: 'effect.answered',
      answer: null,
    } as Happening;
    given(...IN.paid, refused('issue_invoice', 1), command({ type: 'retry', key }))
      .when(done)
      .then({ reviews: [] });
  });

  it('never blocks a later fact', () => {
    given(...MISMATCHED)
      .when(captured())
      .then({ state: 'paid', reviews: [] });
  });

  it('to capture a wrong amount captures what is authorized, and not what was asked for', () => {
    const decided = ledgerAfter(...MISMATCHED, decide('approve', 'amount_mismatch'));
    const calls = Object.values(decided.effects).map(({ command }) => command);
    assert.deepEqual(
      calls.flatMap((call) => (call.effect === 'capture_payment' ? [call.amountMinor] : [])),
      [70],
    );
  });

  it('to capture a wrong amount captures nothing of an order whose cancel is under way', () => {
    const stranger = [
      verify('pay_2'),
      told(snapshot('authorized', 'pay_2', { amountMinor: 70 })),
      command({ type: 'cancel' }),
    ];
    given(...stranger)
      .when(decide('approve', 'amount_mismatch'))
      .then({ state: 'initiated', asks: [] });
  });

  it('to revoke revokes nothing when the money has come again', () => {
    given(...IN.paid, captureReversed(), captured(100, 'cap_2'))
      .when(decide('approve', 'capture_reversed'))
      .then({ state: 'paid', granted: true, works: [] });
  });

  it('keeps a customer from paying meanwhile', () => {
    given(...MISMATCHED)
      .when(pay(2))
      .thenRejected('order_in_review');
  });

  it('about an effect of ours keeps no customer from paying', () => {
    given(...IN.failed, refused('update_crm', 'failed-1'))
      .when(pay(2))
      .then({ state: 'pending', asks: ['create_payment:2'] });
    given(...IN.failed, pay(2), created('pay_2', 2))
      .when(pay(3))
      .thenNothing();
  });
});
