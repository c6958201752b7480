/** A gateway that only says "look": a paid order asks it, though it would answer anybody else at once. */
import assert from 'node:assert/strict';
import { snapshot, told, verify } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { apply, given, ledgerAfter } from '../support/order-story.ts';

const look = { ...verify('pay_1', 'evt_1'), source: 'webhook' } as const;
const refunded = snapshot('captured', 'pay_1', {
  refunds: [
    {
      refundId: 'ref_9',
      paymentId: 'pay_1',
      amountMinor: 100,
      currency: 'INR',
      status: 'succeeded',
    },
  ],
});

describe('a verify that names a payment of the order by another name', () => {
  it('is answered by the question that was open when it came', () => {
    const webhook = { ...verify(undefined, 'evt_1'), source: 'webhook' } as const;
    const asked = ledgerAfter(...IN.pending, webhook, verify('pay_alias'));
    const answer = told({ ...snapshot('captured', 'pay_1'), aliases: ['pay_alias'] });
    const { records } = apply(asked, answer);
    const ours = records.find(({ eventId }) => eventId === 'verify-pay_alias');
    assert.deepEqual([ours?.outcome, ours?.answer?.unsettled], ['applied', undefined]);
  });
});

describe('a paid order whose gateway says no more than "look"', () => {
  it('asks the gateway', () => {
    given(...IN.paid)
      .when(look)
      .then({ asks: ['fetch_payments:1'], outcomes: [] });
  });

  it('applies what the gateway answers', () => {
    given(...IN.paid, look)
      .when(told(refunded))
      .then({ state: 'refunded' });
  });

  it('answers everybody else from what it knows', () => {
    given(...IN.paid)
      .when(verify('pay_1'))
      .thenNothing();
  });
});
