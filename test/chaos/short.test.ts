/** `npm run chaos` as somebody types it, in the size that fits into every test run. */
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { Summary } from '../../chaos/summary.ts';

describe('a short chaos run', function () {
  this.timeout(360_000);
  let summary: Summary;

  before(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'payonce-chaos-test-'));
    const file = path.join(folder, 'summary.json');
    const script = path.resolve('chaos/main.ts');
    const arguments_ = ['--import', 'tsx', script, '--profile', 'short', '--json', file];
    const { all } = await execa(process.execPath, arguments_, { reject: false, all: true });
    const text = await readFile(file, 'utf8').catch(() => assert.fail(`no summary:\n${all}`));
    summary = JSON.parse(text) as Summary;
    await rm(folder, { recursive: true });
  });

  it('breaks no promise', () => {
    assert.deepEqual(summary.violations, [], `seed ${summary.seed}`);
  });

  it('was a run under faults: processes were killed and the gateway failed its callers', () => {
    const { kills, gateway, failpoints } = summary;
    assert.deepEqual([kills.worker, kills.api, kills.database], [2, 1, 1]);
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
