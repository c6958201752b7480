/**
 * Every side and every workload in small, so that the benchmark works on the day somebody asks for it.
 * Each workload itself fails when an order lacks an effect or has one twice.
 */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import type { RunRecord } from '../../bench/report/run-record.ts';
import { WORKLOADS, type Workload } from '../../bench/side.ts';
import { builtTemporalServer } from '../../bench/temporal-on-postgres/server-build.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** Seven systems are started one after the other, and what they need is downloaded the first time. */
const TIMEOUT_MS = 600_000;

/** Temporal on PostgreSQL is built with Go, which takes minutes; what has built it once is measured. */
const SIDES = [
  'payonce',
  ...(builtTemporalServer(process.env) === undefined
    ? []
    : ['payonce-postgres', 'temporal-naive-postgres']),
  'temporal-naive',
  'temporal-floor',
  'postgres-outbox',
  'dbos',
  'restate',
];

/** Sides that are there to compare an order with. */
const ORDERS_ALONE = ['temporal-naive-postgres', 'temporal-floor'];

/** What fills a store first is run on Payonce alone; the calls are the same. */
const UNFILLED: readonly Workload[] = ['order', 'storm', 'hot'];

const node = (script: string, ...args: string[]) =>
  execa(process.execPath, ['--import', 'tsx', path.join(ROOT, script), ...args], {
    cwd: ROOT,
    stderr: 'inherit',
  });

describe('the benchmark', () => {
  let folder: string;
  let record: RunRecord;

  before(async function () {
    this.timeout(TIMEOUT_MS);
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-bench-test-'));
    const json = path.join(folder, 'run.json');
    await node('scripts/bench.ts', '--smoke', '--json', json, '--side', ...SIDES);
    record = JSON.parse(await readFile(json, 'utf8'));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  for (const side of SIDES)
    for (const workload of workloadsOf(side))
      it(`measures ${workload} on ${side}`, () => {
        assert.deepEqual(record.failures, {});
        const result = record.sides[side]?.[workload];
        assert.ok(result && result.perSecond > 0 && result.p50Ms > 0 && result.p99Ms > 0);
        assert.equal(result.spread.length, 2);
      });

  it('counts events and actions from histories where there are any', () => {
    const { historyEvents, actions } = record.sides['temporal-floor']?.order ?? {};
    assert.deepEqual({ historyEvents, actions }, { historyEvents: 3, actions: 2 });
    assert.equal(record.sides.dbos?.order?.historyEvents, null);
  });

  it('shows that a repeated delivery costs Payonce no signal, and the naive version one each', () => {
    assert.ok((record.sides.payonce?.hot?.signals ?? Infinity) < 10);
    assert.ok((record.sides['temporal-naive']?.hot?.signals ?? 0) >= 100);
  });

  it('says on what machine and with which versions it was taken', () => {
    assert.ok(record.machine.cores > 0 && record.machine.fsyncP50Ms > 0);
    for (const name of ['Node', 'PostgreSQL', 'Temporal CLI', '@dbos-inc/dbos-sdk'])
      assert.match(record.versions[name] ?? '', /^\d+\./, name);
  });

  it('passes the type check', async () => {
    const tsc = path.join(ROOT, 'node_modules/typescript/bin/tsc');
    assert.ok(existsSync(tsc));
    await execa(process.execPath, [tsc, '--noEmit', '-p', path.join(ROOT, 'bench')]);
  }).timeout(TIMEOUT_MS);
});

function workloadsOf(side: string): readonly Workload[] {
  if (side === 'payonce') return WORKLOADS;
  return ORDERS_ALONE.includes(side) ? ['order'] : UNFILLED;
}
