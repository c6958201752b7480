import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { callsOf, SECRET } from './support/gateway.ts';

const MAIN = new URL('../../src/sandbox/main.ts', import.meta.url);

describe('sandbox gateway as a process', () => {
  let directory: string;
  const children: ChildProcess[] = [];
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
  });
  after(async () => {
    for (const child of children) child.kill('SIGKILL');
    await rm(directory, { recursive: true });
  });

  function spawnGateway(env: Record<string, string> = {}): ChildProcess {
    const child = fork(MAIN, {
      execArgv: ['--import', 'tsx'],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: {
        PATH: process.env.PATH,
        SANDBOX_PORT: '0',
        SANDBOX_WEBHOOK_SECRETS: SECRET,
        SANDBOX_WEBHOOK_URL: 'http://127.0.0.1:9/webhooks/sandbox',
        DATA_DIR: directory,
        ...env,
      },
    });
    children.push(child);
    return child;
  }

  async function ready(child: ChildProcess): Promise<number> {
    const [message] = await once(child, 'message');
    assert.equal(message.ready, true);
    return message.port;
  }

  async function exitOf(child: ChildProcess): Promise<{ code: number; errors: string }> {
    assert.ok(child.stderr);
    const [errors, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    return { code, errors };
  }

  it('keeps what it answered through a kill -9, and ends with its parent', async () => {
    const first = spawnGateway();
    const before = callsOf(`http://127.0.0.1:${await ready(first)}`);
    const { id, orderId } = await before.create();
    await before.post(`/payments/${id}/capture`);
    first.kill('SIGKILL');
    await once(first, 'exit');

    const second = spawnGateway();
    const after = callsOf(`http://127.0.0.1:${await ready(second)}`);
    assert.equal((await after.payment(id)).status, 'captured');
    assert.deepEqual(
      (await after.webhooksOf(orderId)).map(({ type }) => type),
      ['payment.captured'],
    );
    const gone = once(second, 'exit');
    second.disconnect();
    assert.deepEqual(await gone, [0, null]);
  });

  it('says where it listens, names a taken port, and stops on SIGTERM', async () => {
    const first = spawnGateway({ DATA_DIR: join(directory, 'one') });
    assert.ok(first.stdout);
    const [line] = await once(first.stdout, 'data');
    const port = /^sandbox gateway listening on http:\/\/127\.0\.0\.1:(\d+)\n$/.exec(line)?.[1];
    assert.ok(port);
    const second = spawnGateway({ DATA_DIR: join(directory, 'two'), SANDBOX_PORT: port });
    const { code, errors } = await exitOf(second);
    assert.equal(code, 1);
    assert.match(errors, new RegExp(`^Port ${port} is taken: .*SANDBOX_PORT.*\n$`));
    first.kill('SIGTERM');
    assert.deepEqual(await once(first, 'exit'), [0, null]);
  });

  it('does not start on a wrong environment, and never repeats a secret', async () => {
    const env = { SANDBOX_PORT: '70000', SANDBOX_WEBHOOK_SECRETS: 'whsec_dG9vc2hvcnQ=' };
    const { code, errors } = await exitOf(spawnGateway(env));
    assert.equal(code, 1);
    const names = errors
      .trim()
      .split('\n')
      .map((problem) => problem.split(' ')[0]);
    assert.deepEqual(names, ['SANDBOX_PORT', 'SANDBOX_WEBHOOK_SECRETS']);
    assert.ok(!errors.includes('dG9vc2hvcnQ='));
  });
});
