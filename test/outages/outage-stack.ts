/**
 * A stack whose four dependencies can each be taken away and given back, by its processes: nothing in
 * Payonce is told, and nothing is restarted but what was away.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPostgres } from '../../src/dev/postgres/postgres.ts';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';

export type Dependency = 'Temporal' | 'the database' | 'every worker' | 'the gateway';

export interface OutageStack {
  stack: Stack;
  takeAway(dependency: Dependency): Promise<void>;
  giveBack(dependency: Dependency): Promise<void>;
  close(): Promise<void>;
}

/** A frozen process is the harder outage: connections stand, and nobody answers on them. */
const FROZEN: Record<Exclude<Dependency, 'the database'>, string> = {
  Temporal: 'temporal',
  'every worker': 'worker',
  'the gateway': 'sandbox',
};

export async function startOutageStack(): Promise<OutageStack> {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'payonce-test-'));
  // PostgreSQL gives up root's rights and has to reach its own directory below this one.
  await chmod(dataDir, 0o755);
  const postgres = await startPostgres({ dataDir });
  const env = { DATABASE_URL: postgres.url, SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };
  const stack = await startTestStack({ workers: 1, apis: 1, env });
  const send = (dependency: Dependency, signal: NodeJS.Signals): void => {
    if (dependency !== 'the database') stack.kill(FROZEN[dependency], signal);
  };
  return {
    stack,
    takeAway: async (dependency) => {
      send(dependency, 'SIGSTOP');
      if (dependency === 'the database') await postgres.stop('immediate');
    },
    giveBack: async (dependency) => {
      send(dependency, 'SIGCONT');
      if (dependency === 'the database') await postgres.revive();
    },
    close: async () => {
      await stopTestStack(stack);
      await postgres.stop('immediate');
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
