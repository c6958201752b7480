/**
 * The whole suite, as two runs of mocha side by side: the tests that share one stack in the first, whose lines are
 * shown as they come, and the tests that need none or start their own in the second, whose lines follow when both have
 * ended. What failed in the first is said again behind them, as a reader of the end looks for it there. The last line is
 * the sum: `N passed, N failed`. What follows `npm test --` is given to both.
 */
import { execa } from 'execa';
import { failuresOf, ownStackTests, summaryOf, sumOf } from '../test/support/two-runs.ts';

const ALL = 'test/**/*.test.ts';
const given = process.argv.slice(2);
const color = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};

const mocha = (args: readonly string[], env: Record<string, string>) =>
  execa('mocha', [...args, ...given], {
    env: { ...color, ...env },
    all: true,
    preferLocal: true,
    reject: false,
    stdin: 'ignore',
  });

const ignored = ownStackTests.flatMap((pattern) => ['--ignore', pattern]);
const first = mocha([...ignored, ALL], {});
const second = mocha(ownStackTests, { NO_SHARED_STACK: '1' });
first.all.pipe(process.stdout);

const ended = await Promise.all([first, second]);
const { line, failed } = sumOf(ended.map(({ all, exitCode }) => summaryOf(all, exitCode)));
console.log(`\n${ended[1].all}\n\n${failuresOf(ended[0].all)}\n\n${line}`);
process.exitCode = failed > 0 ? 1 : 0;
