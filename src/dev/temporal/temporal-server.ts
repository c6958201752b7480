/**
 * The Temporal development server as a child of the stack. It counts as ready only when its
 * namespace keeps orders as long as declared and knows every search attribute: a workflow that
 * starts earlier would fail on the first attribute it sets.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { anyPort } from '../../process/any-port.ts';
import type { ChildSpec } from '../processes/child-process.ts';
import { devServerArguments, type TemporalDevFile } from './temporal-dev-file.ts';
import {
  ensureNamespace,
  ensureQueueIsServed,
  ensureSearchAttributes,
} from './temporal-namespace.ts';
import { dropVisibilityIndexes } from './visibility-indexes.ts';

/** What the server needs in addition to its declaration. */
export type TemporalServer = {
  cli: string;
  file: TemporalDevFile;
  dataDir: string;
  port: number;
  uiPort: number;
  env: NodeJS.ProcessEnv;
};

const LOOPBACK = '127.0.0.1';
/** The server answers within two seconds of its start, so this is two tries of a slow machine. */
const CONNECT_TIMEOUT_MS = 2000;
const PROBE_PAUSE_MS = 100;
/** It closes its shards and its database in about three seconds. */
const STOP_GRACE_MS = 10_000;

/** How to run the server. */
export async function temporalServer({
  cli,
  file,
  dataDir,
  port,
  uiPort,
  env,
}: TemporalServer): Promise<ChildSpec> {
  // Left to itself, it picks them among those that outgoing connections are given.
  const [httpPort, metricsPort] = [await anyPort(LOOPBACK), await anyPort(LOOPBACK)];
  const place = { port, uiPort, httpPort, metricsPort };
  const databasePath = path.join(dataDir, file.databaseFile);
  return {
    name: 'temporal',
    command: [cli, ...devServerArguments(file, { databasePath, ...place })],
    env: { ...file.environment, ...env },
    log: path.join(dataDir, 'logs', 'temporal.log'),
    ready: async (signal) => {
      await untilServing(`127.0.0.1:${port}`, file, signal);
      const { keptVisibilityIndexes: kept } = file;
      // Only a saving, and the next start tries again.
      if (kept !== undefined) await dropVisibilityIndexes(databasePath, kept).catch(() => {});
    },
    stopGraceMs: STOP_GRACE_MS,
  };
}

/** Waits for a server and brings its namespace to what the file declares. */
export async function untilServing(
  address: string,
  file: TemporalDevFile,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    if (await isServing(address, file)) return;
    await sleep(PROBE_PAUSE_MS, undefined, { signal });
  }
}

async function isServing(address: string, file: TemporalDevFile): Promise<boolean> {
  const connection = await Connection.connect({
    address,
    connectTimeout: CONNECT_TIMEOUT_MS,
  }).catch(() => undefined);
  if (connection === undefined) return false;
  try {
    const deadline = Date.now() + CONNECT_TIMEOUT_MS;
    return await connection.withDeadline(deadline, () => isPrepared(connection, file));
  } catch {
    return false;
  } finally {
    await connection.close();
  }
}

async function isPrepared(connection: Connection, file: TemporalDevFile): Promise<boolean> {
  await ensureNamespace(connection, file);
  await ensureQueueIsServed(connection, file);
  return ensureSearchAttributes(connection, file);
}
