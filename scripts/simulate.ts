/**
 * `npm run simulate`: lives an order from as many seeds as you like, two million unless you say otherwise,
 * or one seed with all that happened in it. Exits with 1 when a promise was broken.
 */
import { Command, InvalidArgumentError } from 'commander';
import { ruleOf, shrink, tellOf } from '../test/simulator/shrink.ts';
import { createSimulation } from '../test/simulator/simulation.ts';

/** Often enough to see that it is alive, seldom enough not to fill a log. */
const PROGRESS_EVERY_MS = 10_000;
/** One is as good as a thousand; a few show whether it is one cause or several. */
const MAX_TOLD = 3;

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

function tellMany({ seeds, from }: Options): boolean {
  const startedAt = Date.now();
  const failed = new Map<string, number[]>();
  let toldAt = startedAt;
  let steps = 0;
  for (let seed = from; seed < from + seeds; seed += 1) {
    const life = createSimulation(seed).run();
    steps += life.steps;
    const rule = ruleOf(life);
    if (rule !== null) failed.set(rule, [...(failed.get(rule) ?? []), seed]);
    if (Date.now() - toldAt < PROGRESS_EVERY_MS) continue;
    toldAt = Date.now();
    const perSecond = Math.round(((seed - from + 1) * 1000) / (toldAt - startedAt));
    console.log(
      `${seed - from + 1} of ${seeds} lives, ${perSecond} a second, ${failed.size} broken`,
    );
  }
  for (const [rule, [first, ...more]] of [...failed].slice(0, MAX_TOLD)) {
    console.log(`"${rule}" was broken by ${more.length + 1} seeds, also by ${more.slice(0, 9)}`);
    if (first !== undefined) console.log(tellOf(shrink(first)));
  }
  console.log(`${seeds} lives from seed ${from}: ${steps} steps, ${failed.size} promises broken`);
  return failed.size === 0;
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
  options.seed === undefined ? tellMany(options) : tellOne(options.seed, options.trace);
process.exitCode = isKept ? 0 : 1;
