/** What is left of a failing life when every move that it can fail without is left out. */

import { Violation } from '../invariants/demand.ts';
import { createSimulation, type Life } from './simulation.ts';

/** The promise that was broken; anything else that was thrown is told by its message. */
export function ruleOf({ violation }: Life): string | null {
  return violation instanceof Violation ? violation.rule : (violation?.message ?? null);
}

/** Lives the seed again with fewer and fewer moves, as long as the same promise breaks; traced. */
export function shrink(seed: number): Life {
  const whole = createSimulation(seed).run();
  const rule = ruleOf(whole);
  let without: ReadonlySet<number> = new Set();
  if (rule !== null)
    // Leaving out a later move may make an earlier one needless, so it is tried twice.
    for (let i = 2 * whole.planned - 1; i >= 0; i -= 1) {
      const fewer = new Set([...without, i % whole.planned]);
      if (ruleOf(createSimulation(seed, { without: fewer }).run()) === rule) without = fewer;
    }
  return createSimulation(seed, { without, isTraced: true }).run();
}

/** All that a person needs to understand the failure and to have it again. */
export function tellOf(life: Life): string {
  const { seed, moves, notebook, violation } = life;
  return [
    `seed ${seed}: ${violation?.message ?? 'nothing is violated'}`,
    `moves that it takes: ${moves.join(', ') || 'none'}`,
    ...notebook,
    `repeat: node --import tsx scripts/simulate.ts --seed ${seed} --trace`,
    'keep the seed in test/seeds.json, with a word why',
  ].join('\n');
}
