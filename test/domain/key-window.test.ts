/** For how long a call is repeated under its key: as long as the gateway remembers it, and not until it may not. */
import assert from 'node:assert/strict';
import { keyWindowOf } from '../../src/domain/schedule/deadlines.ts';
import { pay, reached, told, unanswered } from '../support/order-events.ts';
import { apply, ledgerOf, tell } from '../support/order-story.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('the time in which a call is repeated', () => {
  for (const [rememberedMs, windowMs] of [
    [24 * HOUR_MS, 23 * HOUR_MS],
    [6 * HOUR_MS, 5 * HOUR_MS],
    [HOUR_MS, 45 * MINUTE_MS],
    [20 * MINUTE_MS, 15 * MINUTE_MS],
  ] as const)
    it(`is ${windowMs / MINUTE_MS} min where keys are remembered for ${rememberedMs / MINUTE_MS}`, () => {
      assert.equal(keyWindowOf(rememberedMs), windowMs);
    });
});

describe('a payment whose creation was not answered, at a gateway that remembers keys for an hour', () => {
  const before = ledgerOf({ keyWindowMs: 45 * MINUTE_MS }, [
    pay(),
    unanswered('create_payment', 1),
    told(),
  ]);
  const askedAt = before.attempts[0]?.createdAt ?? 0;
  const polledAfter = (afterMs: number) =>
    tell(before, apply(before, reached('poll', askedAt + afterMs)));

  it('is asked for again within it', () => {
    const { asks, reviews } = polledAfter(44 * MINUTE_MS);
    assert.deepEqual([asks.includes('create_payment:1'), reviews], [true, []]);
  });

  it('is left to a person beyond it', () => {
    const { asks, reviews } = polledAfter(46 * MINUTE_MS);
    assert.deepEqual([asks.includes('create_payment:1'), reviews], [false, ['key_expired']]);
  });
});

describe('the same at a gateway that remembers keys for a day', () => {
  it('is asked for again after an hour, also in an order from before that was kept', () => {
    const before = ledgerOf({}, [pay(), unanswered('create_payment', 1), told()]);
    const askedAt = before.attempts[0]?.createdAt ?? 0;
    const { asks } = tell(before, apply(before, reached('poll', askedAt + 2 * HOUR_MS)));
    assert.ok(asks.includes('create_payment:1'));
  });
});
