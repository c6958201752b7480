/** What the CRM is told beside the states of an order: its disputes, refunds and reviews, in the order of what happened. */
import assert from 'node:assert/strict';
import type { UpdateCrm } from '../../src/domain/effects/crm.ts';
import { crmTypeOf } from '../../src/domain/effects/crm.ts';
import type { Ledger } from '../../src/domain/ledger.ts';
import type { OrderTerms } from '../../src/domain/order.ts';
import {
  again,
  captured,
  decide,
  dispute,
  done,
  reached,
  refund,
  refused,
  snapshot,
  told,
} from '../support/order-events.ts';
import { another, IN } from '../support/order-states.ts';
import { givenWith, type Happening, ledgerOf } from '../support/order-story.ts';

const TELLS: Partial<OrderTerms> = { notifiesCrmOfEvents: true };

function messagesOf({ effects }: Ledger): UpdateCrm[] {
  return Object.values(effects).flatMap(({ command }) =>
    command.effect === 'update_crm' ? [command] : [],
  );
}

const typesAfter = (...happenings: Happening[]): string[] =>
  messagesOf(ledgerOf(TELLS, happenings)).map(crmTypeOf);

describe('the CRM', () => {
  it('is told of a dispute, and of how it ended, with its id', () => {
    const ledger = ledgerOf(TELLS, [
      ...IN.paid,
      dispute('inquiry'),
      dispute('opened'),
      dispute('lost', 100),
    ]);
    assert.deepEqual(
      messagesOf(ledger).map((message) => [crmTypeOf(message), message.about?.id]),
      [
        ['order.paid', undefined],
        ['dispute.inquiry', 'dsp_1'],
        ['dispute.opened', 'dsp_1'],
        ['order.refunded', undefined],
        ['dispute.lost', 'dsp_1'],
      ],
    );
  });

  it('is told of a refund of a part, and of one that came back; not of one that is only pending', () => {
    assert.deepEqual(typesAfter(...IN.paid, refund('pending', 40)), ['order.paid']);
    assert.deepEqual(
      typesAfter(
        ...IN.paid,
        refund('pending', 40),
        refund('succeeded', 40),
        refund('reversed', 40),
      ),
      ['order.paid', 'refund.succeeded', 'refund.reversed', 'review.opened'],
    );
  });

  it('is told of a review, and of what was decided or resolved', () => {
    const reviewed = [...IN.cancelled, captured()];
    assert.deepEqual(typesAfter(...reviewed), ['order.cancelled', 'review.opened']);
    assert.deepEqual(typesAfter(...reviewed, decide('approve', 'paid_after_cancel')), [
      'order.cancelled',
      'review.opened',
      'order.paid',
      'review.approved',
    ]);
  });

  it('is told each of them once, however often it is heard of', () => {
    const once = [...IN.paid, dispute('opened'), refund('succeeded', 40)];
    const often = [
      ...once,
      again(dispute('opened')),
      again(refund('succeeded', 40)),
      reached('poll'),
    ];
    assert.deepEqual(typesAfter(...often), typesAfter(...once));
  });

  it('is told again of a dispute that is won once more, after arbitration', () => {
    const ask = (status: 'won' | 'lost'): Happening[] => [
      reached('poll'),
      told(
        snapshot('captured', 'pay_1', {
          disputes: [{ disputeId: 'dsp_1', amountMinor: 10, status }],
        }),
      ),
    ];
    const types = typesAfter(...IN.paid, dispute('won', 10), ...ask('lost'), ...ask('won')).filter(
      (type) => type.startsWith('dispute.'),
    );
    assert.deepEqual(types, ['dispute.won', 'dispute.lost', 'dispute.won']);
  });

  it('hears of them in the order in which they became true: each waits for the one before', () => {
    const messages = messagesOf(
      ledgerOf(TELLS, [...IN.paid, dispute('opened', 40), refund('succeeded', 40), ...another()]),
    );
    assert.deepEqual(
      messages.map(({ after }) => after),
      [undefined, ...messages.slice(0, -1).map(({ key }) => key)],
    );
  });

  it('is not told that it has refused something: it would refuse that as well', () => {
    const before = [...IN.paid, refused('update_crm', 'paid-1')];
    assert.deepEqual(typesAfter(...before), ['order.paid']);
    givenWith(TELLS, ...IN.paid)
      .when(refused('update_crm', 'paid-1'))
      .then({ reviews: ['effect_failed'], works: [] });
  });

  it('is told nothing of the kind by an order from before it was', () => {
    const ledger = ledgerOf({}, [...IN.paid, dispute('opened'), refund('succeeded', 40)]);
    assert.deepEqual(messagesOf(ledger).map(crmTypeOf), ['order.paid']);
  });

  it('is told before its order can close', () => {
    const ledger = ledgerOf(TELLS, [...IN.paid, done('update_crm', 'paid-1'), dispute('won')]);
    assert.deepEqual(
      Object.values(ledger.effects)
        .filter(({ command, status }) => command.effect === 'update_crm' && status === 'pending')
        .map(({ command }) => command.key),
      [`ord_1:update_crm:dispute-dsp_1-won-${ledger.disputes.dsp_1?.movedAtVersion}`],
    );
  });
});
