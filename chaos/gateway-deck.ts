/**
 * What a gateway does to its callers on a bad day, dealt like cards: of every hundred calls exactly so many
 * are struck by each kind, and only which ones is chance.
 */
import type { Random } from './random.ts';

export const STRIKES = [
  /** Done, and never said. */
  'timeoutAfter',
  /** Not done, and never said. */
  'timeoutBefore',
  'error500',
  'error429',
  'reset',
  /** The connection stays for ever, and nothing comes. */
  'hang',
] as const;
export type Strike = (typeof STRIKES)[number];

export interface Card {
  strike: Strike | null;
  /** Whether the gateway does what it was asked before it fails. */
  commits: boolean;
}

const OF_A_HUNDRED: Record<Strike, number> = {
  timeoutAfter: 10,
  timeoutBefore: 5,
  error500: 5,
  error429: 3,
  reset: 2,
  hang: 1,
};
const COMMIT_CHANCE: Record<Strike, number> = {
  timeoutAfter: 1,
  timeoutBefore: 0,
  error500: 0.5,
  error429: 0,
  reset: 0.5,
  hang: 0,
};

const struck = STRIKES.flatMap((strike) =>
  Array.from({ length: OF_A_HUNDRED[strike] }, () => strike),
);
const unharmed = Array.from({ length: 100 - struck.length }, () => null);

/** @returns the way to take the next card; a used-up deck is shuffled again */
export function createDeck(random: Random): () => Card {
  let left: (Strike | null)[] = [];
  return () => {
    if (left.length === 0) left = random.shuffle([...struck, ...unharmed]);
    const strike = left.pop() ?? null;
    return { strike, commits: strike === null || random.chance(COMMIT_CHANCE[strike]) };
  };
}
