/** The peer that needs nothing but PostgreSQL: rows, unique keys and an outbox with its workers. */
import path from 'node:path';
import { anyPort } from '../../../src/process/any-port.ts';
import { installedVersion } from '../../installed-version.ts';
import type { SideOptions } from '../../side.ts';
import { nodeCommand, startProcess } from '../../side-process.ts';
import { callPeer, createTables, type Peer, type RunningPeer, settingsOf } from '../peer.ts';
import { TABLES } from './schema.ts';

const script = (file: string) => nodeCommand(path.join(import.meta.dirname, file));

async function start(options: SideOptions): Promise<RunningPeer> {
  const { dataDir, databaseUrl } = options;
  await createTables(databaseUrl, ...TABLES);
  const port = await anyPort('127.0.0.1');
  const env = { ...settingsOf(options), PORT: String(port) };
  const api = await startProcess({ name: 'api', command: script('api.ts'), env, dataDir });
  const worker = await startProcess({ name: 'worker', command: script('worker.ts'), env, dataDir });
  const { close, ...calls } = callPeer(port, options);
  return {
    ...calls,
    processes: () => ({ api: [api.pid], worker: [worker.pid] }),
    stop: async () => {
      await close();
      await Promise.all([api.stop(), worker.stop()]);
    },
  };
}

export const postgresOutbox: Peer = {
  name: 'postgres-outbox',
  title: 'plain PostgreSQL',
  description:
    'An order is a row, an input one statement with its idempotency key; effects by an outbox and `for update skip locked`, one API and one worker process.',
  versions: { pg: installedVersion('pg'), express: installedVersion('express') },
  start,
};
