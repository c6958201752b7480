/**
 * `npm run fuzz`: sends hostile requests to the real API on a stack of its own, and exits with 1 when an
 * answer, an order or a process was not as it has to be. The summary says how to see a failure again.
 */
import { randomInt } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { fuzz } from '../test/fuzz/fuzz.ts';
import { mochaHooks } from '../test/support/stack.ts';

/** What a version has to stand before it goes out. */
const REQUESTS = 20_000;
/** fast-check takes its seeds as 32-bit integers. */
const MAX_SEED = 2 ** 31 - 1;

interface Options {
  seed: number;
  requests: number;
  only?: number;
  out?: string;
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new InvalidArgumentError('give a whole number');
  return value;
}

const options = new Command('fuzz')
  .description('sends seeded hostile requests to every endpoint of a real stack')
  .option('--seed <number>', 'asks the same questions again', wholeNumber, randomInt(MAX_SEED))
  .option('--requests <number>', 'how many', wholeNumber, REQUESTS)
  .option('--only <index>', 'only this one of them', wholeNumber)
  .option('--out <file>', 'writes the summary there, too')
  .parse()
  .opts<Options>();

console.log(`seed ${options.seed}`);
try {
  const summary = await fuzz({ ...options, onProgress: (line) => console.log(line) });
  const text = `${JSON.stringify(summary, null, 2)}\n`;
  if (options.out !== undefined) await writeFile(options.out, text);
  console.log(text);
  process.exitCode = summary.violations.length === 0 ? 0 : 1;
} finally {
  await mochaHooks.afterAll();
}
process.exit();
