/**
 * Chance, all of it from one seed: the same seed and stream roll the same numbers for ever. Nothing in
 * a simulation may take chance from anywhere else, or a failure could not be repeated.
 */
import { seededRandom } from '../../src/sandbox/faults/seeded-random.ts';

export interface Dice {
  chance(probability: number): boolean;
  /** A whole number, both ends included. */
  int(from: number, to: number): number;
  /** @throws RangeError when there is nothing to pick from */
  pick<T>(choices: readonly T[]): T;
  /** @throws RangeError when no weight is positive */
  weigh<T>(choices: readonly (readonly [T, number])[]): T;
}

/** @param stream tells apart several dice of one seed */
export function createDice(seed: number, stream = 0): Dice {
  const roll = seededRandom(Math.imul(seed, 0x9e3779b1) ^ Math.imul(stream + 1, 0x85ebca6b));
  const pick = <T>(choices: readonly T[]): T => {
    if (choices.length === 0) throw new RangeError('nothing to pick from: offer a choice');
    return choices[Math.floor(roll() * choices.length)] as T;
  };
  return {
    chance: (probability) => roll() < probability,
    int: (from, to) => from + Math.floor(roll() * (to - from + 1)),
    pick,
    weigh(choices) {
      let left = roll() * choices.reduce((total, [, weight]) => total + weight, 0);
      const found = choices.find(([, weight]) => {
        left -= weight;
        return weight > 0 && left < 0;
      });
      if (found === undefined) throw new RangeError('nothing to pick from: give a weight');
      return found[0];
    },
  };
}
