/**
 * The Temporal that the sides built on it run on: the development server with the settings of
 * Payonce's own embedded stack, on a file. Also reads from a history what an order has cost.
 */
import path from 'node:path';
import { type Client, Connection, Client as TemporalClient } from '@temporalio/client';
import { findTemporalCli } from '../src/dev/temporal/temporal-cli.ts';
import { readTemporalDevFile } from '../src/dev/temporal/temporal-dev-file.ts';
import { temporalServer } from '../src/dev/temporal/temporal-server.ts';
import { anyPort } from '../src/process/any-port.ts';
import type { SideOptions } from './side.ts';
import { startProcess } from './side-process.ts';
import { startFreshTemporal } from './temporal-on-postgres.ts';

export interface TemporalEngine {
  pid: number;
  address: string;
  namespace: string;
  client: Client;
  stop(): Promise<void>;
}

export async function startTemporalEngine({
  dataDir,
  onProgress,
}: Pick<SideOptions, 'dataDir' | 'onProgress'>): Promise<TemporalEngine> {
  const file = readTemporalDevFile();
  const { signal } = new AbortController();
  const cli = await findTemporalCli({
    env: process.env,
    version: file.version,
    onProgress,
    signal,
  });
  const port = await anyPort('127.0.0.1');
  const uiPort = await anyPort('127.0.0.1');
  const { command, ready } = await temporalServer({ cli, file, dataDir, port, uiPort, env: {} });
  const server = await startProcess({
    ...{ name: 'temporal', command: [...command], dataDir: path.resolve(dataDir) },
    env: {},
    ready,
  });
  const { namespace } = file;
  const { pid, stop } = server;
  return withClient({ pid, address: `127.0.0.1:${port}`, namespace, stop });
}

/** Keeps everything in PostgreSQL, as production does. */
export async function startPostgresEngine(options: SideOptions): Promise<TemporalEngine> {
  return withClient(await startFreshTemporal(options));
}

async function withClient(server: Omit<TemporalEngine, 'client'>): Promise<TemporalEngine> {
  const { address, namespace } = server;
  const connection = await Connection.connect({ address });
  return {
    ...server,
    client: new TemporalClient({ connection, namespace }),
    stop: async () => {
      await connection.close();
      await server.stop();
    },
  };
}
