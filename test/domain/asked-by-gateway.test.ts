/** A gateway that only says "look": a paid order asks it, though it would answer anybody else at once. */
import { snapshot, told, verify } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { given } from '../support/order-story.ts';

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
