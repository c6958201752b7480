/** In which order effects run, what a failure of one means for the others, and when an order rests. */
import assert from 'node:assert/strict';
import { isBusinessEffect } from '../../src/domain/effects/effects.ts';
import { openEffects } from '../../src/domain/effects/readiness.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import {
  hasNoPendingWork,
  nextDeadline,
  POLL_SCHEDULE_MS,
} from '../../src/domain/schedule/deadlines.ts';
import {
  captured,
  command,
  created,
  denied,
  dispute,
  done,
  pay,
  payment,
  reached,
  refund,
  refundAnswered,
  refundRequest,
  refused,
  silence,
  snapshot,
  TERMS,
  told,
  unanswered,
} from '../support/order-events.ts';
import { another, IN } from '../support/order-states.ts';
import { apply, given, type Happening, ledgerAfter } from '../support/order-story.ts';

const SETTLEMENT = TERMS.createdAt + 60_000 + TERMS.settlementWindowMs;

/** Everything that is owed gets done, in whatever order it becomes ready. */
function atRest(...happenings: Happening[]): Ledger {
  let ledger = ledgerAfter(...happenings);
  for (let round = 0; round < 5; round += 1)
    for (const effect of openEffects(ledger).filter(isBusinessEffect))
      ledger = apply(ledger, { ...done('grant_access', 1), key: effect.key } as Happening).ledger;
  return ledger;
}

function startedBy(happening: Happening, ...before: Happening[]): string[] {
  return given(...before)
    .when(happening)
    .after.effects.map(({ key }) => key.slice('ord_1:'.length));
}

describe('effects of one order', () => {
  it('revoke only what has been granted', () => {
    assert.equal(startedBy(refund('succeeded'), ...IN.paid).includes('revoke_access:1'), false);
    assert.deepEqual(startedBy(done('grant_access', 1), ...IN.refunded), ['revoke_access:1']);
  });

  it('revoke nothing while the grant has failed, or a retried grant would outlive it', () => {
    assert.deepEqual(startedBy(refused('grant_access', 1), ...IN.refunded), []);
    const key = 'ord_1:grant_access:1';
    const before = [...IN.refunded, refused('grant_access', 1)];
    assert.deepEqual(startedBy(command({ type: 'retry', key }), ...before), ['grant_access:1']);
  });

  it('correct an invoice only when it has been issued', () => {
    assert.deepEqual(startedBy(done('issue_invoice', 1), ...IN.refunded), [
      'issue_credit_note:ref_1',
    ]);
  });

  it('tell the CRM one thing after the other', () => {
    const crm = { ...done('grant_access', 1), key: 'ord_1:update_crm:paid-1' } as Happening;
    assert.deepEqual(startedBy(crm, ...IN.refunded), ['update_crm:refunded-1']);
  });

  it('that are done are not done again', () => {
    given(...IN.paid, done('grant_access', 1))
      .when(done('grant_access', 1))
      .then({ works: [], outcomes: [] });
  });

  it('that did not fail are not retried', () => {
    const key = 'ord_1:grant_access:1';
    given(...IN.paid)
      .when(command({ type: 'retry', key }))
      .thenRejected('effect_not_failed');
  });

  it('that nobody knows are not retried', () => {
    const retry = command({ type: 'retry', key: 'constructor' });
    given(...IN.paid)
      .when(retry)
      .thenRejected('effect_not_failed');
  });

  it('are started again by a run that takes over, in the same order', () => {
    const keys = openEffects(ledgerAfter(...IN.refunded)).map(({ key }) => key.slice(6));
    assert.deepEqual(keys, [
      'post_ledger:capture-cap_1',
      'grant_access:1',
      'issue_invoice:1',
      'update_crm:paid-1',
      'post_ledger:refund-ref_1',
    ]);
  });
});

describe('calls whose answers are lost', () => {
  const soon = (): Happening => ({ ...reached('poll'), at: pay().at });

  it('capture again under the same key, for the same amount', () => {
    const lost = [...IN.pending, payment('authorized'), unanswered('capture_payment', 'pay_1')];
    given(...lost)
      .when(soon())
      .then({ asks: ['capture_payment:pay_1', 'fetch_payments:1'] });
  });

  it('promise the amount to nobody else meanwhile', () => {
    const lost = [...IN.pending, payment('authorized'), unanswered('capture_payment', 'pay_1')];
    given(...lost, ...another())
      .when(payment('authorized', 'pay_2'))
      .then({ asks: ['void_payment:pay_2'] });
  });

  it('void what is too much now instead of capturing it', () => {
    const lost = [...IN.pending, ...another(), payment('authorized', 'pay_2')];
    given(...lost, unanswered('capture_payment', 'pay_2'), captured(40))
      .when(soon())
      .then({ asks: ['void_payment:pay_2', 'fetch_payments:2'] });
  });

  it('void a surplus again, also of an order that is paid', () => {
    const before = [...IN.paid, ...another(), payment('authorized', 'pay_2')];
    given(...before, unanswered('void_payment', 'pay_2'))
      .when(soon())
      .then({ asks: ['void_payment:pay_2', 'fetch_payments:2'] });
  });

  it('are not asked again when the gateway refused them', () => {
    given(...IN.pending, payment('authorized'), refused('capture_payment', 'pay_1'), told())
      .when(soon())
      .then({ asks: ['fetch_payments:2'] });
  });
});

describe('the schedule of questions', () => {
  it('starts anew with news, and gets rarer without', () => {
    const steps = [0, 1, 2, 3].map((polls) => {
      const before = Array.from({ length: polls }, () => [
        { ...reached('poll'), at: pay().at } as Happening,
        told(snapshot('created')),
      ]).flat();
      const { poll } = ledgerAfter(...IN.pending, ...before);
      return (poll?.at ?? 0) - pay().at;
    });
    assert.deepEqual(steps, [...POLL_SCHEDULE_MS.slice(0, 4)]);
  });

  it('does not become denser by contradictions that are told with every answer', () => {
    const other = told(
      snapshot('captured', 'pay_1', {
        captures: [{ captureId: 'cap_1', amountMinor: 50, reversed: false }],
      }),
    );
    const poll = { ...reached('poll'), at: pay().at } as Happening;
    const { poll: next, reviews } = ledgerAfter(
      ...IN.partially_paid,
      poll,
      other,
      poll,
      other,
      poll,
    );
    assert.equal(next?.index, 2);
    assert.equal(reviews.length, 1);
  });

  it('ends when nothing is open', () => {
    assert.equal(ledgerAfter(...IN.paid).poll, null);
  });

  it('goes on for a customer who may still pay late', () => {
    assert.ok(ledgerAfter(...IN.failed).poll);
  });
});

describe('the end of an order', () => {
  it('comes after the settlement window, when the gateway has been asked once more', () => {
    const resting = atRest(...IN.paid);
    assert.deepEqual(nextDeadline(resting), { name: 'settlement', at: SETTLEMENT });
    const asked = apply(resting, reached('settlement', SETTLEMENT));
    assert.deepEqual(
      asked.effects.map(({ effect }) => effect),
      ['fetch_payments'],
    );
    assert.equal(apply(asked.ledger, told(snapshot('captured'))).ledger.closed, true);
  });

  it('is put off when the gateway had news', () => {
    const asked = apply(atRest(...IN.paid), reached('settlement', SETTLEMENT)).ledger;
    const disputes = [{ disputeId: 'dsp_1', amountMinor: 100, status: 'opened' as const }];
    const { ledger } = apply(asked, told(snapshot('captured', 'pay_1', { disputes })));
    assert.equal(ledger.closed, false);
  });

  it('is put off when something opened while the gateway was asked', () => {
    const asked = apply(atRest(...IN.paid), reached('settlement', SETTLEMENT)).ledger;
    const opened = apply(asked, dispute('opened')).ledger;
    assert.equal(apply(opened, told(snapshot('captured'))).ledger.closed, false);
  });

  it('is put off by an hour when the gateway is silent', () => {
    const asked = apply(atRest(...IN.paid), reached('settlement', SETTLEMENT)).ledger;
    const { ledger } = apply(asked, silence);
    assert.equal(ledger.closed, false);
    assert.ok((nextDeadline(ledger)?.at ?? 0) > pay().at);
  });

  it('is over when something late comes: the order is open again', () => {
    const asked = apply(atRest(...IN.paid), reached('settlement', SETTLEMENT)).ledger;
    const closed = apply(asked, told(snapshot('captured'))).ledger;
    assert.equal(apply(closed, dispute('opened')).ledger.closed, false);
  });

  it('comes at once for an order that never had a payment', () => {
    const { ledger } = apply(atRest(reached('expiry')), reached('settlement', SETTLEMENT + 1e9));
    assert.equal(ledger.closed, true);
  });

  const UNQUIET: Record<string, Happening[]> = {
    'an effect that is owed': IN.paid,
    'an open dispute': [...IN.paid, dispute('opened')],
    'a refund under way': [...IN.paid, refundRequest(10)],
    'a refund that the gateway has not ended': [
      ...IN.paid,
      refundRequest(10),
      refundAnswered('ref_1', 10, { status: 'pending' }),
    ],
    'a fact that nobody explained': [...IN.paid, payment('captured', 'pay_7')],
    'a review': [...IN.cancelled, captured()],
    'an authorization that is being voided': [
      ...IN.paid,
      ...another(),
      payment('authorized', 'pay_2'),
      unanswered('void_payment', 'pay_2'),
    ],
    'a customer who may still pay': [pay(), created()],
  };
  for (const [name, before] of Object.entries(UNQUIET))
    it(`does not come over ${name}`, () => {
      const ledger = name === 'an effect that is owed' ? ledgerAfter(...before) : atRest(...before);
      assert.equal(hasNoPendingWork(ledger), false);
      const { effects } = apply(ledger, reached('settlement', SETTLEMENT + 1e9));
      assert.deepEqual(effects, []);
    });

  it('comes although an effect has failed, once a person has said that it is all right', () => {
    const ledger = atRest(...IN.paid, refused('issue_invoice', 1));
    assert.equal(hasNoPendingWork(ledger), false);
    const review = ledger.reviews[0];
    const { ledger: decided } = apply(
      ledger,
      command({
        type: 'review',
        reviewId: 'rev_1',
        decision: 'approve',
        version: review?.version ?? 0,
        note: 'written by hand',
      }),
    );
    assert.equal(hasNoPendingWork(decided), true);
  });
});

describe('what is not an order’s business', () => {
  it('is counted and refused, and changes nothing', () => {
    const event = {
      type: 'unreadable',
      id: 'x',
      source: 'operator',
      at: pay().at,
      reason: 'no',
    } as const;
    const { after } = given(...IN.paid).when(event);
    assert.equal(after.records[0]?.outcome, 'rejected');
    assert.equal(after.ledger.counters.rejected, 1);
  });

  it('is refused when its ids are words of the language', () => {
    const { after } = given(...IN.paid).when(payment('captured', 'constructor'));
    assert.equal(after.records[0]?.outcome, 'rejected');
  });

  it('goes before a person when more unknown payments come than an order can have', () => {
    const many = Array.from({ length: 100 }, (_, i) => payment('captured', `pay_x${i}`));
    given(...many)
      .when(payment('captured', 'pay_x100'))
      .then({ reviews: ['unmatched'], outcomes: ['review'] });
  });

  it('does not grow the order while callers wait for a silent gateway', () => {
    const clicks = Array.from({ length: 150 }, (_, i) => command({ type: 'verify' }, `v${i}`));
    assert.equal(ledgerAfter(...IN.pending, ...clicks).waiting.length, 100);
  });

  it('is forgotten when the gateway denies a payment that our own attempt has named since', () => {
    given(captured(), pay(), created('pay_1', 1, 'captured'))
      .when(denied('pay_1'))
      .then({ state: 'paid', reviews: [] });
  });
});
