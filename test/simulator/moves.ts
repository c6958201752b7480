/**
 * Which moves a life is made of. Every move has its own dice, so that leaving one out of a failing life
 * leaves the others as they were.
 */
import { API_MOVES } from './api-moves.ts';
import { createDice } from './dice.ts';
import { GATEWAY_MOVES } from './gateway-moves.ts';
import { HAND_MOVES } from './hand-moves.ts';
import type { Stage } from './stage.ts';
import { MOVE_STREAM } from './world.ts';

const MOVES = Object.entries({ ...API_MOVES, ...GATEWAY_MOVES, ...HAND_MOVES });

export interface PlannedMove {
  name: string;
  make(stage: Stage): void;
}

/** Some kinds of moves are left out of each life and others are frequent: rare mixtures come up. */
export function planMoves(seed: number, moves: number): PlannedMove[] {
  const taste = createDice(seed, MOVE_STREAM);
  const weights = MOVES.map(([name]) => [name, taste.pick(usual(name))] as const);
  weights.push(['pay', 1]);
  return Array.from({ length: moves }, (_, i) => {
    const dice = createDice(seed, MOVE_STREAM + 1 + i);
    const name =
      i === 0
        ? dice.weigh([
            ['pay', 8],
            ['beginElsewhere', 1],
            ['cancel', 1],
          ])
        : dice.weigh(weights);
    const [, move] = MOVES.find(([known]) => known === name) ?? [];
    return { name, make: (stage) => move?.({ ...stage, dice, nth: i + 1 }) };
  });
}

function usual(name: string): number[] {
  const often = ['pay', 'captureWhole', 'refund', 'review', 'authorize'];
  return often.includes(name) ? [0, 2, 4, 8] : [0, 0, 1, 3];
}
