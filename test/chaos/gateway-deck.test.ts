import assert from 'node:assert/strict';
import { type Card, createDeck } from '../../chaos/gateway-deck.ts';
import { createRandom } from '../../chaos/random.ts';

function dealt(seed: number, cards: number): Card[] {
  const deal = createDeck(createRandom(seed));
  return Array.from({ length: cards }, deal);
}

describe('a bad day of the gateway', () => {
  it('strikes exactly as many of each hundred calls as it is to', () => {
    const cards = dealt(7, 300);
    const count = (strike: Card['strike']) => cards.filter((card) => card.strike === strike).length;
    assert.deepEqual(
      (['timeoutAfter', 'timeoutBefore', 'error500', 'error429', 'reset', 'hang'] as const).map(
        count,
      ),
      [30, 15, 15, 9, 6, 3],
    );
    assert.equal(count(null), 222);
  });

  it('loses the answer to what was done, and to what was not', () => {
    for (const { strike, commits } of dealt(7, 300)) {
      if (strike === null || strike === 'timeoutAfter') assert.equal(commits, true);
      if (strike === 'timeoutBefore' || strike === 'hang') assert.equal(commits, false);
    }
  });

  it('is the same again from the same seed, and another from another', () => {
    assert.deepEqual(dealt(7, 300), dealt(7, 300));
    assert.notDeepEqual(dealt(7, 300), dealt(8, 300));
  });
});
