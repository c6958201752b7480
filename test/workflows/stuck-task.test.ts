/** A workflow task that never ends, in a worker that is started as Payonce's are. */
import assert from 'node:assert/strict';
import { type ChildProcess, fork } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { Client } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { sharedStack } from '../support/stack.ts';
import { temporalClient } from '../support/temporal.ts';

const WORKER = path.join(import.meta.dirname, 'fixtures/stuck-worker.ts');
const TASK_FAILED = 'workflowTaskFailedEventAttributes';

for (const WORKFLOW_WATCH of ['activation', 'call'])
  describe(`a workflow task that takes longer than the SDK lets it, with a watch over each ${WORKFLOW_WATCH}`, function () {
    this.timeout(180_000);
    const taskQueue = `stuck-${randomUUID()}`;
    let client: Client;
    let worker: ChildProcess;

    before(async () => {
      const { temporalAddress, temporalNamespace } = await sharedStack();
      client = await temporalClient();
      worker = fork(WORKER, [temporalAddress, temporalNamespace, taskQueue], {
        execArgv: ['--import', 'tsx', '--import', './src/temporal/workflow-thread.mjs'],
        env: { ...process.env, WORKFLOW_WATCH },
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      });
      await once(worker, 'message');
    });
    after(() => worker.kill('SIGKILL'));

    it('fails and is named, and leaves the process and its other workflows as they were', async () => {
      const start = (type: string) =>
        client.workflow.start(type, { workflowId: `${type}-${randomUUID()}`, taskQueue, args: [] });
      const healthy = await start('healthy');
      const stuck = await start('stuck');
      const failed = new Set<string>();
      worker.on('message', (message: { failed: string }) => failed.add(message.failed));
      await pWaitFor(
        async () => {
          const { events = [] } = await stuck.fetchHistory();
          return events?.some((event) => event[TASK_FAILED]?.failure?.message) ?? false;
        },
        { interval: 200 },
      );
      await healthy.signal('go');
      assert.equal(await healthy.result(), 'done');
      assert.equal(worker.exitCode, null);
      await pWaitFor(() => failed.size > 0);
      assert.deepEqual([...failed], [stuck.workflowId]);
      await stuck.terminate();
    });
  });

describe('what is changed of the SDK', () => {
  it('was read from the version that is installed', () => {
    const { version } = createRequire(import.meta.url)('@temporalio/worker/package.json');
    const text = readFileSync('src/temporal/workflow-thread.mjs', 'utf8');
    assert.ok(
      text.includes(`@temporalio/worker ${version}`),
      `read workflow/vm-shared.ts of ${version}, then name it in workflow-thread.mjs`,
    );
  });
});
