/**
 * The whole suite, as several runs of mocha side by side; with `--long`, the long tests alone. The lines of the first run
 * are shown as they come; those of the others follow when all have ended. What failed is said again behind them, as a
 * reader of the end looks for it there. The last line is the sum: `N passed, N failed`. What follows `npm test --` is
 * given to each.
 */
import { execa } from 'execa';
import pLimit from 'p-limit';
import {
  failuresOf,
  longRuns,
  type MochaRun,
  mochaRuns,
  summaryOf,
  sumOf,
} from '../test/support/runs.ts';

/** As many as a machine of two cores has. */
const AT_ONCE = 2;
const LONG = '--long';
const isLong = process.argv.includes(LONG);
const given = process.argv.slice(2).filter((argument) => argument !== LONG);
const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};

async function mocha({ patterns, ignored, sharesStack }: MochaRun, isShown: boolean) {
  const args = [...ignored.flatMap((pattern) => ['--ignore', pattern]), ...patterns, ...given];
  const run = execa('mocha', args, {
    env: { ...color, ...(!sharesStack && { NO_SHARED_STACK: '1' }) },
    all: true,
    preferLocal: true,
    reject: false,
    stdin: 'ignore',
  });
  if (isShown) run.all.pipe(process.stdout);
  return run;
}

const ended = await pLimit(AT_ONCE).map(isLong ? longRuns : mochaRuns, (run, index) =>
  mocha(run, index === 0),
);
const { line, failed } = sumOf(ended.map(({ all, exitCode }) => summaryOf(all, exitCode)));
for (const { all } of ended.slice(1)) console.log(`\n${all}`);
for (const { all } of ended) console.log(failuresOf(all));
console.log(`\n${line}`);
process.exitCode = failed > 0 ? 1 : 0;
