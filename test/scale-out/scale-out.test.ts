/**
 * Several workers and APIs on a Temporal that keeps everything in PostgreSQL, as production has it. Its
 * server takes minutes to build, so this runs where `npm run scale-out` has built it before, or where
 * BUILD_TEMPORAL_SERVER says that it may be built.
 */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { builtTemporalServer } from '../../bench/temporal-on-postgres/server-build.ts';
import { type Outcome, runScaleOut } from './run.ts';

describe('two workers and two APIs on PostgreSQL, one of each killed and the other drained', function () {
  this.timeout(1_800_000);
  let dataDir: string;
  let outcome: Outcome;

  before(async function () {
    if (builtTemporalServer(process.env) === undefined && !process.env.BUILD_TEMPORAL_SERVER) {
      process.stderr.write(
        '  skipped: no Temporal server is built; npm run scale-out or BUILD_TEMPORAL_SERVER=1 builds it\n',
      );
      this.skip();
    }
    dataDir = await mkdtemp(path.join(tmpdir(), 'payonce-test-'));
    await chmod(dataDir, 0o755);
    const onProgress = (line: string) => process.stderr.write(`  ${line}\n`);
    outcome = await runScaleOut({ orders: 24, dataDir, onProgress });
  });
  after(async () => {
    if (dataDir !== undefined) await rm(dataDir, { recursive: true, force: true });
  });

  it('take every order to its end, once on every side', () => {
    assert.equal(outcome.orders, 24);
    assert.deepEqual(outcome.violations, []);
  });

  it('share the work', () => {
    for (const [name, tasks] of Object.entries(outcome.tasks)) assert.ok(tasks > 0, name);
  });

  it('end in order when they are asked to, and are killed where that is the point', () => {
    assert.deepEqual(outcome.incidents, [
      'worker-1 was killed and followed by another',
      'api-2 was killed and followed by another',
      'worker-2 was replaced and ended with exit code 0',
      'api-1 was replaced and ended with exit code 0',
    ]);
  });
});
