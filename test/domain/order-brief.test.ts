/** What effects are told of an order, and when its view says that a person is asked for. */
import assert from 'node:assert/strict';
import { briefOf, needsPerson, viewOf } from '../../src/domain/view.ts';
import { captured, command, done, refused } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { type Happening, ledgerAfter } from '../support/order-story.ts';

function isPersonNeeded(...happenings: Happening[]): boolean {
  return needsPerson(viewOf(ledgerAfter(...happenings)));
}

describe('the brief of an order', () => {
  it('is what never changes of it', () => {
    assert.deepEqual(briefOf(ledgerAfter(...IN.paid)), {
      id: 'ord_1',
      amount: 100,
      currency: 'INR',
      gateway: 'sandbox',
      customer: { id: 'cus_1' },
    });
  });
});

describe('a person', () => {
  it('is not needed for an order that is paid, or that nobody has paid yet', () => {
    assert.equal(isPersonNeeded(), false);
    assert.equal(isPersonNeeded(...IN.paid, done('grant_access', 1)), false);
  });

  it('is needed while one of several reviews is open', () => {
    assert.equal(isPersonNeeded(...IN.cancelled, captured()), true);
  });

  it('is needed for an effect that was refused for good, also when its review was decided', () => {
    const before = [...IN.paid, refused('issue_invoice', 1)];
    assert.equal(isPersonNeeded(...before), true);
    const seen: Happening = ({ reviews }) =>
      command({
        type: 'review',
        reviewId: 'rev_1',
        decision: 'approve',
        version: reviews[0]?.version ?? 0,
        note: 'seen',
      });
    assert.equal(isPersonNeeded(...before, seen), true);
  });
});
