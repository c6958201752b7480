/**
 * The whole suite, as several runs of mocha side by side: the tests that share one stack in the first, whose lines are
 * shown as they come, and the tests that need none or start their own in the others, whose lines follow when all have
 * ended. What failed is said again behind them, as a reader of the end looks for it there. The last line is the sum:
 * `N passed, N failed`. What follows `npm test --` is given to each.
 */
import { execa } from 'execa';
import { BENCH_TESTS, failuresOf, ownStackRuns, summaryOf, sumOf } from '../test/support/runs.ts';

const ALL = 'test/**/*.test.ts';
const given = process.argv.slice(2);
const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};

const mocha = (args: readonly string[], env: Record<string, string> = {}) =>
  execa('mocha', [...args, ...given], {
    env: { ...color, ...env },
    all: true,
    preferLocal: true,
    reject: false,
    stdin: 'ignore',
  });

const ignore = (patterns: readonly string[]): string[] =>
  patterns.flatMap((pattern) => ['--ignore', pattern]);
const first = mocha([...ignore([...ownStackRuns.flat(), ...BENCH_TESTS]), ALL]);
const others = ownStackRuns.map((patterns) =>
  mocha([...ignore(BENCH_TESTS), ...patterns], { NO_SHARED_STACK: '1' }),
);
first.all.pipe(process.stdout);

const ended = await Promise.all([first, ...others]);
const { line, failed } = sumOf(ended.map(({ all, exitCode }) => summaryOf(all, exitCode)));
for (const { all } of ended.slice(1)) console.log(`\n${all}`);
for (const { all } of ended) console.log(failuresOf(all));
console.log(`\n${line}`);
process.exitCode = failed > 0 ? 1 : 0;
