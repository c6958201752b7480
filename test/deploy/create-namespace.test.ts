/** The script that prepares a Temporal for production, against a real server. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import { findTemporalCli } from '../../src/dev/temporal/temporal-cli.ts';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';
import { sharedStack } from '../support/stack.ts';
import { temporalClient } from '../support/temporal.ts';

const SCRIPT = path.resolve('deploy/temporal/create-namespace.sh');

describe('create-namespace.sh', function () {
  this.timeout(120_000);
  const file = readTemporalDevFile();
  const namespace = `made-${randomUUID()}`;
  let bin: string;

  before(async function () {
    this.timeout(300_000);
    bin = await mkdtemp(path.join(tmpdir(), 'payonce-bin-'));
    const lookup = { env: process.env, version: file.version, onProgress: () => {} };
    await symlink(await findTemporalCli(lookup), path.join(bin, 'temporal'));
    await sharedStack();
  });
  after(() => rm(bin, { recursive: true }));

  async function run(): Promise<void> {
    const { temporalAddress } = await sharedStack();
    await execa('sh', [SCRIPT], {
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        HOME: bin,
        TEMPORAL_ADDRESS: temporalAddress,
        TEMPORAL_NAMESPACE: namespace,
      },
      extendEnv: false,
    });
  }

  it('makes the namespace with every search attribute, and may run again', async () => {
    await run();
    await run();
    const { connection } = await temporalClient();
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    const retentionS = Number(config?.workflowExecutionRetentionTtl?.seconds);
    assert.equal(retentionS * 1000, file.retention);
    const { stdout } = await execa(path.join(bin, 'temporal'), [
      ...['operator', 'search-attribute', 'list', '--namespace', namespace],
      ...['--address', (await sharedStack()).temporalAddress],
    ]);
    for (const [name, type] of Object.entries(file.searchAttributes))
      assert.match(stdout, new RegExp(`^ *${name} +${type}`, 'm'));
  });
});
