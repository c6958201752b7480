/**
 * The embedded PostgreSQL of a data directory: made once, started or found running, stopped. It
 * outlives a killed supervisor on purpose and is found again by its own pid file. It listens on
 * loopback only, and fsync stays on: a payment that was answered must survive a power cut.
 */
import { closeSync, mkdirSync, openSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { anyPort } from '../../process/any-port.ts';
import { noSpaceError } from '../processes/disk-space.ts';
import {
  commandOf,
  endProcess,
  isStillRunning,
  type NotedProcess,
  note,
} from '../processes/live-process.ts';
import { lastLines } from '../processes/log-tail.ts';
import type { OnProgress } from '../terminal/progress.ts';
import { SetupError } from '../terminal/setup-error.ts';
import { type PostgresBinaries, postgresBinaries } from './postgres-binaries.ts';
import { type Cluster, cluster, createCluster, openCluster } from './postgres-cluster.ts';
import { connectionUrl, ensureDatabase, serves } from './postgres-connection.ts';

/**
 * A running PostgreSQL. `stop` ends it, as a power cut would when it is to be immediate;
 * `revive` starts it again behind the same URL, and does nothing while it runs.
 */
export type Postgres = {
  url: string;
  pid: () => number | undefined;
  stop: (how?: StopMode) => Promise<void>;
  revive: () => Promise<void>;
};
type StopMode = 'fast' | 'immediate';

/** Where the data is, and a callback for long steps. */
export type PostgresOptions = { dataDir: string; onProgress?: OnProgress };

const DATABASE = 'payonce';
/**
 * After `kill -9` the memory of the old server is freed only when its last helper has noticed,
 * which takes seconds; these pauses add up to about eight. Any other reason gets one more try.
 */
const RETRY_PAUSES_MS = [200, 500, 1000, 2000, 4000];
/** A server that has closed its files has nothing left to do. */
const EXIT_GRACE_MS = 5000;
const PASSES_BY_ITSELF = /shared memory|lock file|starting up|shutting down/;

/**
 * Starts the database of `dataDir`, or takes the one that still runs there.
 * @throws SetupError when it cannot run, for instance because the files are damaged.
 */
export async function startPostgres({ dataDir, onProgress }: PostgresOptions): Promise<Postgres> {
  const folder = path.join(dataDir, 'postgres');
  mkdirSync(path.join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  const binaries = await postgresBinaries(dataDir);
  const files = openCluster(folder) ?? (await createCluster(folder, binaries, onProgress));
  const log = path.join(dataDir, 'logs', 'postgres.log');
  const port = (await runningPort(files)) ?? (await start(files, binaries, log));
  await ensureDatabase(port, files.password, DATABASE);
  let server = noteServer(files);
  return {
    url: connectionUrl(port, files.password, DATABASE),
    pid: () => (server && isStillRunning(server) ? server.pid : undefined),
    stop: async (how = 'fast') => {
      if (server) await stop(server, files, { binaries, how });
    },
    revive: async () => {
      if (runningPid(files) === undefined) await start(files, binaries, log, port);
      server = noteServer(files);
    },
  };
}

/** Ends a server that a killed supervisor has left on these files; nothing where there is none. */
export async function endLeftPostgres(dataDir: string): Promise<void> {
  const files = cluster(path.join(dataDir, 'postgres'));
  const server = noteServer(files);
  if (server === undefined) return;
  await stop(server, files, { binaries: await postgresBinaries(dataDir), how: 'fast' });
}

async function start(cluster: Cluster, binaries: PostgresBinaries, log: string, wanted?: number) {
  for (const [failures, pauseMs] of RETRY_PAUSES_MS.entries()) {
    if (failures > 1 && !PASSES_BY_ITSELF.test(reasonIn(log))) break;
    const port = wanted ?? (await anyPort('127.0.0.1'));
    const started = await tryStart(cluster, binaries, { log, port });
    if (started !== undefined) return started;
    if (noSpaceError(cluster.folder, reasonIn(log)) !== undefined) break;
    await sleep(pauseMs);
  }
  const reason = reasonIn(log);
  const noSpace = noSpaceError(cluster.folder, reason);
  if (noSpace !== undefined) throw noSpace;
  throw new SetupError(
    `The embedded database in ${cluster.folder} does not start: ${reason}. If it is damaged, restore the folder from a backup, or move it aside to begin with an empty one: mv ${cluster.folder} ${cluster.folder}.damaged (whole log: ${log})`,
  );
}

type Place = { log: string; port: number };

async function tryStart(cluster: Cluster, binaries: PostgresBinaries, { log, port }: Place) {
  // After a reboot the id in a left-over pid file may be anybody's, and PostgreSQL would give up.
  if (runningPid(cluster) === undefined) rmSync(cluster.pidFile, { force: true });
  const output = openSync(log, 'a', 0o600);
  try {
    const args = ['start', '-w', '-D', cluster.data, '-o', `-p ${port}`];
    await binaries.run('pg_ctl', args, output);
    return port;
  } catch {
    return runningPort(cluster);
  } finally {
    closeSync(output);
  }
}

type Stop = { binaries: PostgresBinaries; how: StopMode };

/** The process decides, not its pid file: that is gone a moment earlier. */
async function stop(
  server: NotedProcess,
  cluster: Cluster,
  { binaries, how }: Stop,
): Promise<void> {
  if (!isStillRunning(server)) return;
  await binaries.run('pg_ctl', ['stop', '-w', '-D', cluster.data, '-m', how]).catch(() => {});
  await endProcess(server, EXIT_GRACE_MS);
}

function noteServer(cluster: Cluster): NotedProcess | undefined {
  const pid = runningPid(cluster);
  return pid === undefined ? undefined : note(pid);
}

async function runningPort(cluster: Cluster): Promise<number | undefined> {
  const noted = runningPid(cluster) && cluster.readPidFile();
  return noted && (await serves(noted.port, cluster)) ? noted.port : undefined;
}

function runningPid(cluster: Cluster): number | undefined {
  const pid = cluster.readPidFile()?.pid;
  return pid && commandOf(pid)?.includes(cluster.data) ? pid : undefined;
}

function reasonIn(log: string): string {
  const lines = lastLines(log, 20);
  const own = lines.filter((line) => !line.startsWith('pg_ctl:'));
  const [fatal] = own.filter((line) => /(FATAL|PANIC|error|could not)/.test(line)).slice(-1);
  return (fatal ?? lines.at(-1) ?? 'no reason was logged').replace(/^.*?(FATAL|PANIC):\s*/, '');
}
