import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import waitFor from 'p-wait-for';
import { commandOf } from '../../src/dev/processes/live-process.ts';
import { runningStack } from '../../src/dev/processes/process-file.ts';
import { type Stack, startStack } from '../../src/dev/stack/stack.ts';
import { SetupError } from '../../src/dev/terminal/setup-error.ts';
import { standIns } from './fixtures/stand-ins.ts';

/** A machine without the Temporal CLI builds it first, which takes minutes. */
const FIRST_START_TIMEOUT_MS = 15 * 60_000;
const FREE_PORTS = { api: 0, sandbox: 0, temporal: 0, temporalUi: 0 };

function commandsNaming(text: string): string[] {
  const all = execFileSync('ps', ['-ww', '-eo', 'pid=,command='], { encoding: 'utf8' });
  return all.split('\n').filter((line) => line.includes(text));
}

async function settingsOf(stack: Stack, url = stack.apiUrl): Promise<Record<string, unknown>> {
  const response = await fetch(url);
  return (await response.json()) as Record<string, unknown>;
}

describe('a stack', () => {
  let dataDir: string;
  let stack: Stack;
  const lines: string[] = [];
  before(async function () {
    this.timeout(FIRST_START_TIMEOUT_MS);
    dataDir = mkdtempSync(path.join(tmpdir(), 'payonce-stack-'));
    const env = { ...process.env, TEMPORAL_API_KEY: 'of-another-cluster' };
    const onProgress = (line: string) => void lines.push(line);
    const options = { env, dataDir, ports: FREE_PORTS, workers: 2, apis: 2, onProgress };
    stack = await startStack({ ...options, ...standIns });
  });
  after(async () => {
    await stack.stop('kill');
    rmSync(dataDir, { recursive: true });
  });

  it('runs every child under its name', () => {
    const names = ['api', 'api-2', 'postgres', 'sandbox', 'temporal', 'worker', 'worker-2'];
    assert.deepEqual(new Set(Object.keys(stack.children)), new Set(names));
    assert(Object.values(stack.children).every(commandOf));
  });

  it('gives its children their addresses and keys, and nothing of another cluster', async () => {
    const { client, ops } = stack.keys;
    const settings = await settingsOf(stack);
    assert.deepEqual(
      { ...settings, pid: stack.children.api },
      {
        pid: settings.pid,
        databaseUrl: stack.databaseUrl,
        temporal: [stack.temporalAddress, 'payments', null],
        apiKeys: `client:${client},ops:${ops}`,
        webhookUrl: `${stack.apiUrl}/webhooks/sandbox`,
      },
    );
  });

  it('runs each API on a port of its own', async () => {
    const pids = await Promise.all(
      stack.apiUrls.map(async (url) => (await settingsOf(stack, url)).pid),
    );
    assert.deepEqual(pids, [stack.children.api, stack.children['api-2']]);
  });

  it('has a namespace that knows the search attributes and keeps orders for 30 days', async () => {
    const connection = await Connection.connect({ address: stack.temporalAddress });
    const namespace = stack.temporalNamespace;
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace,
    });
    for (const name of ['PaymentState', 'NeedsReview', 'AmountMinor'])
      assert(name in customAttributes);
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    assert.equal(Number(config?.workflowExecutionRetentionTtl?.seconds), 30 * 86_400);
    await connection.close();
  });

  it('can be found by whoever knows the data directory', () => {
    assert.equal(runningStack(dataDir)?.apiUrl, stack.apiUrl);
    assert.equal(runningStack(`${dataDir}-other`), undefined);
  });

  it('is alone on its data directory', async () => {
    const second = startStack({ env: process.env, dataDir, ports: FREE_PORTS, ...standIns });
    await assert.rejects(second, (error) => {
      return (
        error instanceof SetupError &&
        error.message.startsWith(`${dataDir} is in use by another Payonce, process ${process.pid}.`)
      );
    });
    assert.equal((await settingsOf(stack)).pid, stack.children.api);
  });

  it('starts a killed API again on the same port', async () => {
    const before = stack.children.api;
    stack.kill('api', 'SIGKILL');
    const answersAgain = () =>
      settingsOf(stack).then(
        ({ pid }) => pid !== before,
        () => false,
      );
    await waitFor(answersAgain, { interval: 50 });
    assert(lines.includes('api died (SIGKILL); starting it again in 300 ms'), lines.join('\n'));
  });

  it('restarts one child in an orderly way', async () => {
    const { worker, api } = stack.children;
    await stack.restart('worker');
    assert.notEqual(stack.children.worker, worker);
    assert.equal(stack.children.api, api);
  });

  it('starts a killed database again behind the same URL', async () => {
    const before = stack.children.postgres;
    stack.kill('postgres', 'SIGKILL');
    const anew = () => ![before, undefined].includes(stack.children.postgres);
    await waitFor(anew, { interval: 100 });
    assert(lines.includes('postgres died; starting it again'));
  });

  it('restarts Temporal with its workflows, and declares again what its namespace lost', async () => {
    const connection = await Connection.connect({ address: stack.temporalAddress });
    const namespace = stack.temporalNamespace;
    const client = new Client({ connection, namespace });
    await client.workflow.start('order', { taskQueue: 'nobody', workflowId: 'kept' });
    const lost = { namespace, searchAttributes: ['NeedsReview'] };
    await connection.operatorService.removeSearchAttributes(lost);
    await stack.restart('temporal');
    assert.equal((await client.workflow.getHandle('kept').describe()).status.name, 'RUNNING');
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace,
    });
    assert('NeedsReview' in customAttributes);
    await connection.close();
  });

  it('names its children to whoever asks for one that is not there', async () => {
    await assert.rejects(stack.restart('cache'), /no child cache; there are temporal, sandbox,/);
  });

  it('leaves no process behind when it is stopped, even by two at once', async () => {
    const stopped = Object.values(stack.children);
    await Promise.all([stack.stop(), stack.stop()]);
    assert.deepEqual(stopped.filter(commandOf), []);
    assert.deepEqual(commandsNaming(dataDir), []);
    assert.equal(runningStack(dataDir), undefined);
  });
});

describe('a stack that cannot start', () => {
  let dataDir: string;
  beforeEach(() => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'payonce-stack-'));
  });
  afterEach(() => {
    assert.deepEqual(commandsNaming(dataDir), []);
    rmSync(dataDir, { recursive: true });
  });

  const refusal = async (env: Record<string, string>, ports = FREE_PORTS): Promise<string> => {
    const options = { env: { ...process.env, ...env }, dataDir, ports, ...standIns };
    const error = await startStack(options).catch((reason: unknown) => reason);
    assert(error instanceof SetupError, String(error));
    return error.message;
  };

  it('shows the end of the log of the child that failed, and stops the others', async () => {
    const message = await refusal({ STAND_IN_FAILS: 'yes' });
    assert.match(
      message,
      /^api stopped before it was ready \(exit code 1\); its log is .*api\.log:\n {2}STAND_IN_FAILS is set$/,
    );
  });

  it('names a Temporal that does not answer', async () => {
    const message = await refusal({ TEMPORAL_ADDRESS: '127.0.0.1:9' });
    assert.match(
      message,
      /^Temporal at 127\.0\.0\.1:9 does not answer: .*unset it to have a development server/,
    );
  });
});
