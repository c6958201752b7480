/**
 * `npm run simulate`: lives an order from as many seeds as you like, two million unless you say otherwise,
 * or one seed with all that happened in it. Exits with 1 when a promise was broken.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { Command, InvalidArgumentError } from 'commander';
import { shrink, tellOf } from '../test/simulator/shrink.ts';
import { createSimulation } from '../test/simulator/simulation.ts';
import { liveMany } from './simulate-many.ts';

/** One is as good as a thousand; a few show whether it is one cause or several. */
const MAX_TOLD = 3;
/** Lived again in every test run, for ever. */
const KEPT_SEEDS = new URL('../test/seeds.json', import.meta.url);

interface Options {
  seed?: number;
  seeds: number;
  from: number;
  trace: boolean;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('give a whole number');
  return value;
}

function tellOne(seed: number, isTraced: boolean): boolean {
  const life = createSimulation(seed, { isTraced }).run();
  if (life.violation === null) {
    if (isTraced) console.log(life.notebook.join('\n'));
    console.log(`seed ${seed}: every promise kept in ${life.steps} steps`);
    return true;
  }
  console.log(tellOf(shrink(seed)));
  return false;
}

async function tellMany({ seeds, from }: Options): Promise<boolean> {
  const onProgress = (line: string): void => console.log(line);
  const { steps, broken } = await liveMany({ from, seeds, onProgress });
  for (const [rule, [first, ...more]] of [...broken].slice(0, MAX_TOLD)) {
    console.log(`"${rule}" was broken by ${more.length + 1} seeds, also by ${more.slice(0, 9)}`);
    if (first !== undefined) console.log(tellOf(shrink(first)));
  }
  for (const [rule, [first]] of broken) if (first !== undefined) keep(first, rule);
  console.log(`${seeds} lives from seed ${from}: ${steps} steps, ${broken.size} promises broken`);
  return broken.size === 0;
}

/** Whoever mends it writes why in place of the promise. */
function keep(seed: number, rule: string): void {
  const kept = JSON.parse(readFileSync(KEPT_SEEDS, 'utf8')) as Record<string, string>;
  writeFileSync(KEPT_SEEDS, `${JSON.stringify({ [seed]: rule, ...kept }, undefined, 2)}\n`);
}

const options = new Command('simulate')
  .description('lives a simulated order, with faults, from every seed')
  .option('--seed <number>', 'only this seed', wholeNumber)
  .option('--trace', 'tell what happened, with --seed', false)
  .option('--seeds <number>', 'how many seeds', wholeNumber, 2_000_000)
  .option('--from <number>', 'the first seed', wholeNumber, 1)
  .parse()
  .opts<Options>();
const isKept =
  options.seed === undefined ? await tellMany(options) : tellOne(options.seed, options.trace);
process.exitCode = isKept ? 0 : 1;
