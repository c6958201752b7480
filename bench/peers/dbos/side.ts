/** The peer on DBOS: a library over PostgreSQL, in one process with its API. */
import path from 'node:path';
import { anyPort } from '../../../src/process/any-port.ts';
import { installedVersion } from '../../installed-version.ts';
import type { SideOptions } from '../../side.ts';
import { nodeCommand, startProcess } from '../../side-process.ts';
import { EFFECT_TABLES } from '../effects.ts';
import { ORDER_TABLE } from '../order-rows.ts';
import { callPeer, createTables, type Peer, type RunningPeer, settingsOf } from '../peer.ts';

async function start(options: SideOptions): Promise<RunningPeer> {
  await createTables(options.databaseUrl, ORDER_TABLE, ...EFFECT_TABLES);
  const port = await anyPort('127.0.0.1');
  const server = await startProcess({
    name: 'server',
    command: nodeCommand(path.join(import.meta.dirname, 'server.ts')),
    env: { ...settingsOf(options), PORT: String(port) },
    dataDir: options.dataDir,
  });
  const { close, ...calls } = callPeer(port, options);
  return {
    ...calls,
    processes: () => ({ server: [server.pid] }),
    stop: async () => {
      await close();
      await server.stop();
    },
  };
}

export const dbos: Peer = {
  name: 'dbos',
  title: 'DBOS',
  description:
    'An order is a row, a captured payment a workflow with the event id as its id, effects as steps side by side; one process, a system pool of 20.',
  versions: { '@dbos-inc/dbos-sdk': installedVersion('@dbos-inc/dbos-sdk') },
  start,
};
