/**
 * A small production on one machine: one PostgreSQL, one Temporal on it, two workers, two APIs and a
 * gateway. Orders come in at the first API, and the gateway's webhooks at the second.
 */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import getPort from 'get-port';
import { startTemporalOnPostgres } from '../../bench/temporal-on-postgres/temporal-postgres.ts';
import { startPostgres } from '../../src/dev/postgres/postgres.ts';
import type { OnProgress } from '../../src/dev/terminal/progress.ts';
import { type Place, runOnce, startPlace } from './processes.ts';

export interface Cluster {
  databaseUrl: string;
  temporal: Client;
  apiUrls: readonly [string, string];
  opsKey: string;
  sandboxUrl: string;
  apis: readonly [Place, Place];
  workers: readonly [Place, Place];
  stop(): Promise<void>;
}

/** Secrets of nobody: everything listens on loopback and is gone after the run. */
const OPS_KEY = 'scale-out-operator-key-of-this-run-only';
const WEBHOOK_SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

/** @param dataDir an existing directory that PostgreSQL may enter */
export async function startCluster(dataDir: string, onProgress: OnProgress): Promise<Cluster> {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    return { ...(await assemble(dataDir, onProgress, undo)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assemble(
  dataDir: string,
  onProgress: OnProgress,
  undo: (() => Promise<unknown>)[],
): Promise<Omit<Cluster, 'stop'>> {
  const logs = path.join(dataDir, 'logs');
  await mkdir(logs, { recursive: true });
  const postgres = await startPostgres({ dataDir, onProgress });
  undo.push(() => postgres.stop());
  const temporal = await startTemporalOnPostgres({
    postgresUrl: postgres.url,
    dataDir,
    onProgress,
  });
  undo.push(temporal.stop);
  const connection = await Connection.connect({ address: temporal.address });
  undo.push(() => connection.close());
  const [first, second, gateway] = [await getPort(), await getPort(), await getPort()];
  const env = environment({
    DATA_DIR: dataDir,
    DATABASE_URL: postgres.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    SANDBOX_PORT: String(gateway),
    SANDBOX_WEBHOOK_URL: `http://127.0.0.1:${second}/webhooks/sandbox`,
  });
  await runOnce('migrate', env);
  onProgress('starting two workers, two APIs and the sandbox gateway …');
  const start = async (name: string, script: 'api' | 'worker' | 'sandbox', PORT = '0') => {
    const place = await startPlace({ name, script, env: { ...env, PORT }, logs });
    undo.push(place.stop);
    return place;
  };
  await start('sandbox', 'sandbox');
  const workers = [await start('worker-1', 'worker'), await start('worker-2', 'worker')] as const;
  const apis = [
    await start('api-1', 'api', String(first)),
    await start('api-2', 'api', String(second)),
  ] as const;
  return {
    databaseUrl: postgres.url,
    temporal: new Client({ connection, namespace: temporal.namespace }),
    apiUrls: [`http://127.0.0.1:${first}`, `http://127.0.0.1:${second}`],
    opsKey: OPS_KEY,
    sandboxUrl: `http://127.0.0.1:${gateway}`,
    apis,
    workers,
  };
}

function environment(places: Record<string, string>): Record<string, string> {
  const { PATH = '', HOME = '' } = process.env;
  return {
    PATH,
    HOME,
    API_KEYS: `ops:${OPS_KEY}`,
    SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
    CLIENT_REQUESTS_PER_SECOND: '0',
    OPS_REQUESTS_PER_SECOND: '0',
    FAILED_AUTH_PER_MINUTE: '0',
    LOG_LEVEL: 'warn',
    ...places,
  };
}
