/**
 * One of the processes of `npm run simulate`: lives the seeds that it is handed and says which of them broke
 * a promise. It ends with its parent.
 */
import { ruleOf } from '../test/simulator/shrink.ts';
import { createSimulation } from '../test/simulator/simulation.ts';

/** Seeds in a row. */
export interface Batch {
  from: number;
  seeds: number;
}

export interface Lived extends Batch {
  steps: number;
  broken: { rule: string; seed: number }[];
}

function liveAll({ from, seeds }: Batch): Lived {
  const lived: Lived = { from, seeds, steps: 0, broken: [] };
  for (let seed = from; seed < from + seeds; seed += 1) {
    const life = createSimulation(seed).run();
    lived.steps += life.steps;
    const rule = ruleOf(life);
    if (rule !== null) lived.broken.push({ rule, seed });
  }
  return lived;
}

process.on('message', (batch) => process.send?.(liveAll(batch as Batch)));
process.on('disconnect', () => process.exit(0));
