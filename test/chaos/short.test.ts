/** `npm run chaos` as somebody types it, in the size that fits into every test run. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { orderCount, profileOf } from '../../chaos/profile.ts';
import { EXIT_CODES, MAX_LATENESS_MS, type Summary } from '../../chaos/summary.ts';

describe('a short chaos run', function () {
  this.timeout(900_000);
  let summary: Summary;
  let exitCode: number | undefined;

  before(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'payonce-chaos-test-'));
    const file = path.join(folder, 'summary.json');
    const script = path.resolve('chaos/main.ts');
    const arguments_ = ['--import', 'tsx', script, '--profile', 'short', '--json', file];
    const run = await execa(process.execPath, arguments_, { reject: false, all: true });
    exitCode = run.exitCode;
    const text = await readFile(file, 'utf8').catch(() => assert.fail(`no summary:\n${run.all}`));
    summary = JSON.parse(text) as Summary;
    await rm(folder, { recursive: true });
  });

  it('breaks no promise', () => {
    assert.deepEqual(summary.violations, [], `seed ${summary.seed}`);
  });

  it('says that it has passed, how late it was itself, or what it fell short of', () => {
    const { verdict, latenessMs, seed, shortfalls } = summary;
    if (verdict === 'inconclusive')
      console.warn(`seed ${seed} is inconclusive: the driver was ${latenessMs} ms late`);
    if (verdict === 'short')
      console.warn(`seed ${seed} was too short on this machine: ${shortfalls.join('; ')}`);
    assert.equal(exitCode, EXIT_CODES[verdict]);
    assert.equal(verdict === 'inconclusive', latenessMs > MAX_LATENESS_MS);
    if (verdict !== 'inconclusive') assert.equal(verdict === 'short', shortfalls.length > 0);
  });

  /** A busy machine does not get round to all of the plan; what it did has to be right all the same. */
  function skipIfSlow(test: Mocha.Context): void {
    if (summary.verdict !== 'passed') test.skip();
  }

  it('lets every order come, and hear of its events out of order', function () {
    skipIfSlow(this);
    assert.equal(summary.orders, orderCount(profileOf('short', undefined)));
    assert.ok(summary.reordered >= 0.8 * summary.reorderable, JSON.stringify(summary));
  });

  it('was a run under faults: processes were killed, runs ended, and the gateway failed its callers', function () {
    skipIfSlow(this);
    const { kills, gateway, failpoints } = summary;
    assert.deepEqual([kills.worker, kills.api, kills.database], [2, 1, 1]);
    const { runTerminations, runCancellations, runResets } = summary.outages;
    assert.deepEqual([runTerminations, runCancellations, runResets], [1, 1, 1]);
    const { timeoutAfter, timeoutBefore, error500 } = gateway;
    assert.ok(timeoutAfter + timeoutBefore + error500 > 0, 'the gateway never failed');
    assert.ok(
      Object.values(failpoints).some((hits) => hits > 0),
      'no failpoint killed anybody',
    );
  });

  it('was a run under repeats and races', () => {
    assert.ok(summary.deliveries > summary.orders);
    assert.ok(summary.duplicates > 0 && summary.raced > 0 && summary.fuzzed > 0);
  });
});
