/** A customer tries again after a decline: the payment that failed must not succeed beside the new one. */
import assert from 'node:assert/strict';
import type { OrderState } from '../../src/domain/order.ts';
import { pay } from '../support/order-events.ts';
import { IN } from '../support/order-states.ts';
import { given } from '../support/order-story.ts';

function supersededBy(state: OrderState, click: number): string[][] {
  const { effects } = given(...IN[state]).when(pay(click)).after;
  return effects.map((effect) => ('supersedes' in effect ? effect.supersedes : []));
}

describe('the payment that a pay click opens', () => {
  it('supersedes the one that has failed', () => {
    assert.deepEqual(supersededBy('failed', 2), [['pay_1']]);
  });

  it('supersedes none the first time', () => {
    assert.deepEqual(supersededBy('initiated', 1), [[]]);
  });

  it('leaves alone what a partly paid order holds', () => {
    assert.deepEqual(supersededBy('partially_paid', 2), [[]]);
  });
});
