/**
 * Temporal with PostgreSQL as its store, as production runs it and the development server does not: for
 * measuring, and for trying several workers and APIs on one machine. Never for real money: it has no
 * authorizer, and whoever reaches its port may signal orders.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Environment } from '../../src/config/config.ts';
import { end, launch, untilReady } from '../../src/dev/processes/child-process.ts';
import { endProcess, type NotedProcess, note } from '../../src/dev/processes/live-process.ts';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';
import { untilServing } from '../../src/dev/temporal/temporal-server.ts';
import { type OnProgress, withProgress } from '../../src/dev/terminal/progress.ts';
import { anyPort } from '../../src/process/any-port.ts';
import { dynamicConfigText, SERVER_PORTS, type ServerPort, serverConfig } from './config.ts';
import { forgetMembers, setUpSchema } from './schema.ts';
import { type ServerPrograms, temporalServerPrograms } from './server-build.ts';

/** A running server; its namespace and search attributes are those of `temporal-dev.yaml`. */
export type TemporalOnPostgres = {
  address: string;
  namespace: string;
  pid: number;
  stop: () => Promise<void>;
};

/** `postgresUrl` names a server whose user may create databases; two of its own are made there. */
export type TemporalOnPostgresOptions = {
  postgresUrl: string;
  /** For its configuration and logs. */
  dataDir: string;
  env?: Environment;
  onProgress?: OnProgress;
  signal?: AbortSignal;
};

/** It leaves its ring and closes its shards in some seconds. */
const STOP_GRACE_MS = 20_000;

/**
 * Builds the server where it was never built, makes its databases and starts it.
 * @throws SetupError for whatever a person can put right.
 */
export async function startTemporalOnPostgres(
  options: TemporalOnPostgresOptions,
): Promise<TemporalOnPostgres> {
  const { env = process.env, onProgress = () => {}, signal, postgresUrl } = options;
  const programs = await temporalServerPrograms({ env, onProgress, ...(signal && { signal }) });
  const folder = path.join(path.resolve(options.dataDir), 'temporal-postgres');
  await mkdir(folder, { recursive: true });
  await endLeftover(folder);
  await withProgress('preparing Temporal’s databases', onProgress, async () => {
    await setUpSchema({ postgresUrl, sqlTool: programs.sqlTool, env });
    await forgetMembers(postgresUrl);
  });
  return withProgress('starting Temporal on PostgreSQL', onProgress, () =>
    start(programs, { folder, postgresUrl, env }),
  );
}

type Place = { folder: string; postgresUrl: string; env: Environment };

async function start(
  { server }: ServerPrograms,
  { folder, postgresUrl, env }: Place,
): Promise<TemporalOnPostgres> {
  const file = readTemporalDevFile();
  const ports = await freePorts();
  const address = `127.0.0.1:${ports.frontend}`;
  const dynamicConfigFile = path.join(folder, 'dynamic-config.yaml');
  const configFile = path.join(folder, 'server.yaml');
  const place = { databaseUrl: postgresUrl, ports, dynamicConfigFile, logLevel: file.logLevel };
  await writeFile(dynamicConfigFile, dynamicConfigText(file.dynamicConfig));
  await writeFile(configFile, serverConfig(place), { mode: 0o600 });
  const spec = {
    name: 'temporal',
    command: [server, '--config-file', configFile, '--allow-no-auth', 'start'],
    env: { ...env },
    log: path.join(folder, 'server.log'),
    ready: (stopped: AbortSignal) => untilServing(address, file, stopped),
    stopGraceMs: STOP_GRACE_MS,
  };
  const launched = launch(spec);
  const pid = launched.process.pid ?? 0;
  await writeFile(processFileIn(folder), JSON.stringify(note(pid)));
  const stop = async () => {
    await end(launched, STOP_GRACE_MS);
    await rm(processFileIn(folder), { force: true });
  };
  await untilReady(spec, launched).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return { address, namespace: file.namespace, pid, stop };
}

/** Two servers that do not know of each other would take the same orders from each other for ever. */
async function endLeftover(folder: string): Promise<void> {
  const noted = await readFile(processFileIn(folder), 'utf8').catch(() => undefined);
  if (noted !== undefined) await endProcess(JSON.parse(noted) as NotedProcess, STOP_GRACE_MS);
}

function processFileIn(folder: string): string {
  return path.join(folder, 'server.json');
}

async function freePorts(): Promise<Record<ServerPort, number>> {
  const picked: [ServerPort, number][] = [];
  for (const name of SERVER_PORTS) picked.push([name, await anyPort('127.0.0.1')]);
  return Object.fromEntries(picked) as Record<ServerPort, number>;
}
