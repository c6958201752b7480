/** The peer on Restate: an order is a virtual object. */
import path from 'node:path';
import { anyPort } from '../../../src/process/any-port.ts';
import { installedVersion } from '../../installed-version.ts';
import type { SideOptions } from '../../side.ts';
import { nodeCommand, startProcess } from '../../side-process.ts';
import { EFFECT_TABLES } from '../effects.ts';
import { callPeer, createTables, type Peer, type RunningPeer, settingsOf } from '../peer.ts';
import { type RestateServer, startRestateServer } from './server.ts';

async function start(options: SideOptions): Promise<RunningPeer> {
  await createTables(options.databaseUrl, ...EFFECT_TABLES);
  const server = await startRestateServer(options.dataDir);
  try {
    return await startService(server, options);
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function startService(server: RestateServer, options: SideOptions): Promise<RunningPeer> {
  const port = await anyPort('127.0.0.1');
  const handlersPort = await anyPort('127.0.0.1');
  const service = await startProcess({
    name: 'service',
    command: nodeCommand(path.join(import.meta.dirname, 'service.ts')),
    env: {
      ...settingsOf(options),
      INGRESS_URL: server.ingressUrl,
      PORT: String(port),
      HANDLERS_PORT: String(handlersPort),
    },
    dataDir: options.dataDir,
  });
  await server.register(`http://127.0.0.1:${handlersPort}`);
  const { close, ...calls } = callPeer(port, options);
  return {
    ...calls,
    processes: () => ({ server: [server.pid], service: [service.pid] }),
    stop: async () => {
      await close();
      await service.stop();
      await server.stop();
    },
  };
}

export const restate: Peer = {
  name: 'restate',
  title: 'Restate',
  description:
    'An order is a virtual object, a webhook a one-way call with the event id as its idempotency key, effects side by side in `ctx.run`; one server with 4 partitions and fsync, one service process.',
  versions: {
    '@restatedev/restate-server': installedVersion('@restatedev/restate-server'),
    '@restatedev/restate-sdk': installedVersion('@restatedev/restate-sdk'),
  },
  start,
};
