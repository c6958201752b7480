/**
 * Orders of different customers run in one worker's memory. A bundler once broke the wall between them,
 * so it is tried with the versions that are installed.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { NativeConnection, Worker } from '@temporalio/worker';
import { sharedStack } from '../support/stack.ts';
import { temporalClient } from '../support/temporal.ts';

const WORKFLOWS = path.resolve('test/security/fixtures/counting-workflows.ts');
const TASK_QUEUE = `isolation-${randomUUID()}`;

describe('two workflows in one worker', function () {
  this.timeout(120_000);

  it('see nothing of each other’s module or globals', async () => {
    const { temporalAddress, temporalNamespace: namespace } = await sharedStack();
    const connection = await NativeConnection.connect({ address: temporalAddress });
    try {
      const worker = await Worker.create({
        connection,
        namespace,
        taskQueue: TASK_QUEUE,
        workflowsPath: WORKFLOWS,
      });
      const names = ['first', 'second', 'third'];
      const found = await worker.runUntil(Promise.all(names.map(run)));
      assert.deepEqual(
        found,
        names.map((name) => ({ calls: 1, seen: [name, `left by ${name}`] })),
      );
    } finally {
      await connection.close();
    }
  });

  async function run(name: string): Promise<unknown> {
    const client = await temporalClient();
    const workflowId = `isolation-${name}-${randomUUID()}`;
    return client.workflow.execute('counting', { taskQueue: TASK_QUEUE, workflowId, args: [name] });
  }
});
