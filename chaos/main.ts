/**
 * `npm run chaos`: tries the whole of Payonce under faults. Exits with 0 when every promise was kept, 1
 * when one was broken, 2 when the run cannot tell: the machine was too busy, or it did not reach its size.
 */
import { randomInt } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { profileOf } from './profile.ts';
import { runChaos } from './run.ts';
import { EXIT_CODES, type Summary } from './summary.ts';

interface Options {
  seed: number;
  profile: 'short' | 'full';
  minutes?: number;
  out?: string;
  json?: string;
}

/** Seeds are typed again by people. */
const MAX_SEED = 1_000_000;
/** One is as good as a thousand; the file has them all. */
const MAX_TOLD = 20;

function positive(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError('give a whole number above 0');
}

const { seed, profile, minutes, out, json } = new Command('chaos')
  .description('runs the real stack under faults and checks every promise afterwards')
  .option('--seed <number>', 'the same faults and orders as an earlier run', positive)
  .addOption(new Option('--profile <name>', 'how large').choices(['short', 'full']).default('full'))
  .option('--minutes <number>', 'for how long: a soak', positive)
  .option('--json <file>', 'writes the figures there')
  .option('--out <file>', 'the same as --json')
  .parse()
  .opts<Omit<Options, 'seed'> & { seed?: number }>();

const started = Date.now();
const onProgress = (line: string): void => {
  const seconds = String(Math.round((Date.now() - started) / 1000)).padStart(4);
  console.log(`${seconds} s  ${line}`);
};

function tell({ violations, ...figures }: Summary): void {
  console.log(JSON.stringify(figures, undefined, 2));
  for (const { invariant, subject, detail } of violations.slice(0, MAX_TOLD))
    console.log(`VIOLATED ${invariant} by ${subject}: ${detail}`);
  for (const shortfall of figures.shortfalls) console.log(`short of its size: ${shortfall}`);
  console.log(`seed ${figures.seed}: ${figures.verdict}, ${violations.length} violations`);
}

// p-wait-for listens to its own time-out once for each look, and lets go of all of them at its end.
setMaxListeners(0);
const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupted.abort());
const chosen = seed ?? randomInt(1, MAX_SEED);
console.log(`seed ${chosen}`);
const file = json ?? out;
try {
  const summary = await runChaos({
    seed: chosen,
    profile: profileOf(profile, minutes),
    env: process.env,
    signal: interrupted.signal,
    onProgress,
  });
  tell(summary);
  if (file !== undefined) await writeFile(file, `${JSON.stringify(summary, undefined, 2)}\n`);
  process.exit(EXIT_CODES[summary.verdict]);
} catch (error) {
  console.error(error);
  process.exit(EXIT_CODES.violated);
}
