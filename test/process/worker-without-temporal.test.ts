/** A worker that is started while Temporal is away: whoever starts it reads one line that says what to look at. */
import assert from 'node:assert/strict';
import { execa } from 'execa';
import getPort from 'get-port';
import { builtPrograms } from '../support/programs.ts';
import { WEBHOOK_SECRET } from '../support/stack.ts';

describe('a worker without a Temporal', function () {
  this.timeout(120_000);

  it('ends with where it looked, why that failed and what to do, in one line', async () => {
    const { worker } = await builtPrograms();
    const port = await getPort();
    const { exitCode, stderr } = await execa(process.execPath, [worker], {
      env: {
        PATH: process.env.PATH ?? '',
        DATABASE_URL: 'postgres://payonce@127.0.0.1:9/payonce',
        TEMPORAL_ADDRESS: `127.0.0.1:${port}`,
        SANDBOX_PORT: '9',
        SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
      },
      extendEnv: false,
      reject: false,
    });
    assert.equal(exitCode, 1);
    assert.match(
      stderr,
      new RegExp(
        `^worker: Temporal at 127\\.0\\.0\\.1:${port} cannot be reached \\([^)\\n]+\\): check TEMPORAL_ADDRESS, TEMPORAL_TLS and TEMPORAL_API_KEY, that it runs, and that this machine may reach it$`,
      ),
    );
    assert.doesNotMatch(stderr, /tonic|transport::Error|^ +at /m);
  });
});
