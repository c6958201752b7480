/** Keys of effects, by which other systems know a repeat, and which effects a step tries itself. */
import assert from 'node:assert/strict';
import {
  BUSINESS_EFFECTS,
  causeOf,
  type Effect,
  effectKey,
  isQuick,
} from '../../src/domain/effects/effects.ts';
import { effectEvent } from '../../src/domain/events.ts';

const GRANT: Effect = { effect: 'grant_access', key: 'ord_1:grant_access:2', epoch: 2 };

describe('the key of an effect', () => {
  it('is the order, the effect and its cause', () => {
    assert.equal(effectKey('ord_1', 'grant_access', 2), GRANT.key);
  });

  it('gives its cause back, whatever is in it', () => {
    assert.equal(causeOf('ord_1', GRANT), '2');
    const paymentId = 'pay:1:void_payment';
    const key = effectKey('ord:1', 'void_payment', paymentId);
    assert.equal(causeOf('ord:1', { effect: 'void_payment', key, paymentId }), paymentId);
  });

  it('is the id of what comes of it', () => {
    const result = { type: 'effect.answered', key: GRANT.key, attempts: 3, answer: null } as const;
    assert.deepEqual(effectEvent(result, 1_000), {
      ...result,
      id: GRANT.key,
      source: 'effect',
      at: 1_000,
    });
  });
});

describe('an effect that a step of the order tries itself', () => {
  const command = (effect: string): Effect => ({ ...GRANT, effect }) as Effect;

  it('is one for the business, or the payment that a customer waits for', () => {
    for (const effect of [...BUSINESS_EFFECTS, 'create_payment'])
      assert.equal(isQuick(command(effect)), true, effect);
  });

  it('is no other call of the gateway', () => {
    for (const effect of ['fetch_payments', 'capture_payment', 'void_payment', 'refund_payment'])
      assert.equal(isQuick(command(effect)), false, effect);
  });
});
