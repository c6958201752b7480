import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import waitFor from 'p-wait-for';
import { runningStack } from '../../src/dev/processes/process-file.ts';
import { findTemporalCli } from '../../src/dev/temporal/temporal-cli.ts';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';

/** A machine without the Temporal CLI builds it first, which takes minutes. */
const FIRST_START_TIMEOUT_MS = 15 * 60_000;
/**
 * Longer than two starts, as a stack waits two minutes for each of its processes: what failed is then told
 * by the stack, and a machine that is merely busy fails nothing.
 */
const TIMEOUT_MS = 5 * 60_000;
/** The supervisor waits longer than this for a worker that does not end when asked to. */
const WORKER_PATIENCE_MS = 15_000;
const SCRIPT = path.join(import.meta.dirname, 'fixtures/foreground.ts');
const FREE_PORTS = { PORT: '0', SANDBOX_PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0' };

function pidsNaming(text: string): number[] {
  const all = execFileSync('ps', ['-ww', '-eo', 'pid=,command='], { encoding: 'utf8' });
  return all
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => Number.parseInt(line, 10));
}

/** A database ends its own helpers, perhaps before their turn has come here. */
function endAtOnce(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

describe('a stack in a terminal', function () {
  this.timeout(TIMEOUT_MS);
  let dataDir: string;
  let supervisors: ChildProcess[];
  let output: string;
  before(async function () {
    this.timeout(FIRST_START_TIMEOUT_MS);
    const { version } = readTemporalDevFile();
    await findTemporalCli({ env: process.env, version, onProgress: () => {} });
  });
  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'payonce-terminal-'));
    supervisors = [];
    output = '';
  });
  afterEach(() => {
    for (const supervisor of supervisors) supervisor.kill('SIGKILL');
    for (const pid of pidsNaming(dataDir)) endAtOnce(pid);
    rmSync(dataDir, { recursive: true, force: true });
  });

  const direct = [process.execPath, '--import', 'tsx', SCRIPT];
  const start = (env: Record<string, string> = {}, command = direct): ChildProcess => {
    const [program = '', ...args] = command;
    const supervisor = spawn(program, args, {
      env: { ...process.env, ...FREE_PORTS, DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    supervisor.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    supervisors.push(supervisor);
    return supervisor;
  };
  const prints = async (text: string) => {
    const isPrinted = () => {
      if (output.includes(text)) return true;
      const ended = supervisors.at(-1)?.exitCode ?? null;
      assert.equal(ended, null, `it ended before it printed "${text}":\n${output}`);
      return false;
    };
    await waitFor(isPrinted, { interval: 50 });
  };
  const temporalOf = async () => {
    const connection = await Connection.connect({
      address: runningStack(dataDir)?.temporalAddress ?? '',
    });
    return new Client({ connection, namespace: 'payments' });
  };

  it('prints where everything is, ends in order on ctrl-C and leaves no process', async () => {
    const supervisor = start();
    await prints('Ctrl-C stops it.');
    for (const label of ['API docs', 'Temporal UI', 'Checkout page', 'Client key', 'Ops key']) {
      assert.match(output, new RegExp(`^ {2}${label} +\\S`, 'm'));
    }
    supervisor.kill('SIGINT');
    assert.deepEqual(await once(supervisor, 'close'), [0, null]);
    assert.match(
      output,
      /stopping; ctrl-C again to kill …\nstopped; npm start finds every order again\n$/,
    );
    assert.deepEqual(pidsNaming(dataDir), []);
  });

  it('finds its workflows again after kill -9 of the supervisor, and ends what that left', async () => {
    const killed = start();
    await prints('Ctrl-C stops it.');
    const first = await temporalOf();
    await first.workflow.start('order', { taskQueue: 'nobody', workflowId: 'ord_kept' });
    await first.connection.close();
    killed.kill('SIGKILL');
    await once(killed, 'close');

    output = '';
    const supervisor = start();
    await prints('Ctrl-C stops it.');
    assert.match(output, /^ended what the last run left behind: .*temporal/m);
    const again = await temporalOf();
    const found = await again.workflow.getHandle('ord_kept').describe();
    assert.equal(found.status.name, 'RUNNING');
    await again.connection.close();
    const temporals = pidsNaming(path.join(dataDir, 'temporal.db'));
    assert.equal(temporals.length, 1);
    supervisor.kill('SIGTERM');
    assert.deepEqual(await once(supervisor, 'close'), [0, null]);
    assert.deepEqual(pidsNaming(dataDir), []);
  });

  it('is killed by a second ctrl-C without waiting, and leaves no process', async () => {
    const supervisor = start({ STAND_IN_STUBBORN: 'yes' });
    await prints('Ctrl-C stops it.');
    supervisor.kill('SIGINT');
    await prints('ctrl-C again to kill');
    const askedAgainAt = Date.now();
    supervisor.kill('SIGINT');
    assert.deepEqual(await once(supervisor, 'close'), [130, null]);
    assert(Date.now() - askedAgainAt < WORKER_PATIENCE_MS, 'it waited for the worker');
    assert.deepEqual(pidsNaming(dataDir), []);
  });

  it('ends when the shell in which npm started it is gone, and leaves no process', async () => {
    // The second command keeps the shell from turning into the first.
    const command = `"${process.execPath}" --import tsx "${SCRIPT}"; true`;
    const shell = start({ npm_lifecycle_event: 'start' }, ['/bin/sh', '-c', command]);
    await prints('Ctrl-C stops it.');
    shell.kill('SIGTERM');
    await prints('stopped; npm start finds every order again');
    await waitFor(() => pidsNaming(dataDir).length === 0);
  });

  it('gives up a start on ctrl-C and leaves no process', async () => {
    const supervisor = start();
    await prints('starting Temporal');
    supervisor.kill('SIGINT');
    assert.deepEqual(await once(supervisor, 'close'), [0, null]);
    assert.deepEqual(pidsNaming(dataDir), []);
  });

  const wrong: [string, Record<string, string>, RegExp][] = [
    [
      'a wrong setting',
      { PORT: 'http', ORDER_EXPIRY: '1' },
      /^PORT must be .*\nORDER_EXPIRY must be .*\n$/,
    ],
    [
      'a data directory that is a file',
      { DATA_DIR: SCRIPT },
      /^DATA_DIR .*foreground\.ts cannot be used: .*\n$/,
    ],
  ];
  for (const [what, env, message] of wrong) {
    it(`says ${what} in one line each and exits with 1`, async () => {
      assert.deepEqual(await once(start(env), 'close'), [1, null]);
      assert.match(output, message);
    });
  }

  it('says that its Temporal database is damaged', async () => {
    writeFileSync(path.join(dataDir, 'temporal.db'), 'garbage'.repeat(1000));
    assert.deepEqual(await once(start(), 'close'), [1, null]);
    const [last] = output.trimEnd().split('\n').slice(-1);
    assert.match(last ?? '', /temporal\.db is damaged \(file is not a database\)\. Restore .* mv /);
    assert.deepEqual(pidsNaming(dataDir), []);
  });
});
