import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { takeDataDir } from '../../src/dev/stack/data-dir.ts';
import { type Stack, startStack } from '../../src/dev/stack/stack.ts';
import { standIns } from './fixtures/stand-ins.ts';

const FIRST_START_TIMEOUT_MS = 15 * 60_000;
const FREE_PORTS = { api: 0, sandbox: 0, temporal: 0, temporalUi: 0 };

const modeOf = (file: string): string => (statSync(file).mode & 0o777).toString(8);

/** The files below a folder that others than their owner may read or write. */
function openFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => statSync(path.join(folder, name)).isFile())
    .filter((name) => modeOf(path.join(folder, name)) !== '600');
}

describe('the files of a data directory', () => {
  let parent: string;
  let stack: Stack | undefined;
  beforeEach(() => {
    parent = mkdtempSync(path.join(tmpdir(), 'payonce-modes-'));
  });
  afterEach(async () => {
    await stack?.stop('kill');
    stack = undefined;
    rmSync(parent, { recursive: true });
  });

  it('can be read by their owner alone: keys, databases with their logs, log files', async function () {
    this.timeout(FIRST_START_TIMEOUT_MS);
    chmodSync(parent, 0o755);
    const dataDir = path.join(parent, 'data');
    const umask = process.umask(0o022);
    try {
      stack = await startStack({ env: process.env, dataDir, ports: FREE_PORTS, ...standIns });
    } finally {
      process.umask(umask);
    }
    assert(readdirSync(dataDir).includes('temporal.db-wal'));
    assert.deepEqual(openFiles(dataDir), []);
    assert.equal(modeOf(dataDir), process.getuid?.() === 0 ? '711' : '700');
    for (const folder of ['logs', 'postgres', 'sandbox'])
      assert.equal(modeOf(path.join(dataDir, folder)), '700', folder);
  });

  it('are closed at the next start where an earlier version left them open', async () => {
    const file = path.join(parent, 'temporal.db');
    writeFileSync(file, '');
    chmodSync(file, 0o644);
    const other = path.join(parent, 'of-somebody-else.txt');
    writeFileSync(other, '');
    chmodSync(other, 0o644);
    const release = await takeDataDir(parent, () => {});
    assert.equal(modeOf(file), '600');
    assert.equal(modeOf(other), '644');
    release();
  });
});
