/**
 * The real stack under chaos: Temporal, PostgreSQL, the sandbox gateway, two workers and two APIs, each a
 * process of its own that is started again when it dies, with a cable between them that can be cut.
 */
import { mkdirSync } from 'node:fs';
import { type Environment, loadConfig } from '../src/config/config.ts';
import { type Postgres, startPostgres } from '../src/dev/postgres/postgres.ts';
import {
  type CommonSettings,
  childEnvironment,
  embeddedTemporal,
} from '../src/dev/stack/child-environment.ts';
import { type Keys, loadKeys } from '../src/dev/stack/keys.ts';
import * as payonce from '../src/dev/stack/payonce-children.ts';
import { findTemporalCli } from '../src/dev/temporal/temporal-cli.ts';
import { readTemporalDevFile } from '../src/dev/temporal/temporal-dev-file.ts';
import { temporalServer } from '../src/dev/temporal/temporal-server.ts';
import type { OnProgress } from '../src/dev/terminal/progress.ts';
import { anyPort } from '../src/process/any-port.ts';
import { migrate } from '../src/store/migrate.ts';
import { type Cables, openCables } from './cables.ts';
import { type KeptProcess, keepProcess } from './kept-process.ts';
import { mountSmallDisk, type SmallDisk } from './small-disk.ts';

export interface ChaosStack {
  /** The APIs that are up, as a load balancer would know; all where none is. */
  liveApiUrls(): readonly string[];
  /** The API whose orders close seconds after they have settled; the other keeps its own open for days. */
  closingApiUrl: string;
  /** These three are reached directly, past every cable. */
  sandboxUrl: string;
  databaseUrl: string;
  temporalAddress: string;
  temporalNamespace: string;
  keys: Keys;
  database: Postgres;
  /** What both databases are on; null where it is a disk like any other. */
  disk: SmallDisk | null;
  /** The cables that Payonce's own processes depend on. */
  cables: Cables;
  /** By name: `temporal`, `sandbox`, `worker`, `worker-2`, `api`, `api-2`. */
  processes: ReadonlyMap<string, KeptProcess>;
  logFiles: readonly string[];
}

export interface ChaosStackOptions {
  dataDir: string;
  /** Whether both databases are on a disk that can be filled, where one can be had. */
  isDiskSmall: boolean;
  env: Environment;
  relayUrl: string;
  crmUrl: string;
  effectsSecret: string;
  /** Ids of orders whose payment the gateway makes and never admits. */
  sticky: readonly string[];
  /** What the next life of a worker or an API has in its environment. */
  envOfNextLife: (name: string) => Environment;
  /** Gets the way to end each part as soon as it runs, so that a start that fails leaves nothing. */
  onOpen: (close: Close) => void;
  onProgress: OnProgress;
}

export type Close = () => unknown;

/** Of workers, and of APIs. */
export const COUNT = 2;
/** Fewer than a soak has open: orders are forgotten and replayed under faults as well, and workers soon have their size. */
const CACHED_ORDERS = 100;
/** Soon enough that late events of a run find closed orders. */
const SHORT_SETTLEMENT = '3s';

export async function openChaosStack(options: ChaosStackOptions): Promise<ChaosStack> {
  const { dataDir, env, onProgress } = options;
  mkdirSync(`${dataDir}/logs`, { recursive: true });
  const processes = new Map<string, KeptProcess>();
  const disk = options.isDiskSmall ? await mountSmallDisk(dataDir) : null;
  if (disk !== null) options.onOpen(disk.remove);
  const databasesDir = disk?.folder ?? dataDir;
  const [database, temporal] = await Promise.all([
    startDatabase({ ...options, dataDir: databasesDir }),
    startTemporal(options, processes, databasesDir),
  ]);
  onProgress('preparing the database');
  await migrate(database.url);
  const sandboxPort = await anyPort('127.0.0.1');
  const targets = {
    temporal: temporal.port,
    database: Number(new URL(database.url).port),
    gateway: sandboxPort,
  };
  const cables = await openCables(targets, options.sticky);
  options.onOpen(cables.close);
  const keys = loadKeys(dataDir);
  const settings: CommonSettings = {
    config: loadConfig(env),
    env,
    dataDir,
    keys,
    sandboxPort,
    apiPort: await anyPort('127.0.0.1'),
    databaseUrl: withPort(database.url, cables.ports.database),
    temporal: embeddedTemporal(
      { temporal: cables.ports.temporal, temporalUi: temporal.uiPort },
      temporal.namespace,
      { env, dataDir },
    ),
  };
  onProgress('starting sandbox gateway, workers and APIs');
  const apiUrls = await startPayonce(options, processes, { settings, cables });
  return {
    liveApiUrls: () => {
      const names = payonce.numbered('api', COUNT);
      const live = apiUrls.filter((_, index) => processes.get(names[index] ?? '')?.isReady());
      return live.length > 0 ? live : apiUrls;
    },
    closingApiUrl: apiUrls[0] ?? '',
    sandboxUrl: `http://127.0.0.1:${sandboxPort}`,
    databaseUrl: database.url,
    temporalAddress: `127.0.0.1:${temporal.port}`,
    temporalNamespace: temporal.namespace,
    keys,
    database,
    disk,
    cables,
    processes,
    logFiles: [
      ...[...processes.values()].map(({ log }) => log),
      `${databasesDir}/logs/postgres.log`,
    ],
  };
}

async function startDatabase({
  dataDir,
  onProgress,
  onOpen,
}: ChaosStackOptions): Promise<Postgres> {
  const database = await startPostgres({ dataDir, onProgress });
  onOpen(() => database.stop('immediate'));
  return database;
}

async function startTemporal(
  { dataDir, env, onProgress, onOpen }: ChaosStackOptions,
  processes: Map<string, KeptProcess>,
  databasesDir: string,
) {
  const file = readTemporalDevFile();
  const { signal } = new AbortController();
  const cli = await findTemporalCli({ env, version: file.version, onProgress, signal });
  const [port, uiPort] = [await anyPort('127.0.0.1'), await anyPort('127.0.0.1')];
  const place = embeddedTemporal({ temporal: port, temporalUi: uiPort }, file.namespace, {
    env,
    dataDir,
  });
  const variables = { ...env, ...place.variables };
  const own = { cli, file, port, uiPort, env: variables };
  // Its log goes on when the disk of the databases is full.
  const log = `${dataDir}/logs/temporal.log`;
  const server = { ...(await temporalServer({ ...own, dataDir: databasesDir })), log };
  const kept = keepProcess(server);
  processes.set(server.name, kept);
  onOpen(kept.stop);
  onProgress('starting Temporal');
  await kept.start();
  return { port, uiPort, namespace: file.namespace };
}

interface Wiring {
  settings: CommonSettings;
  cables: Cables;
}

async function startPayonce(
  options: ChaosStackOptions,
  processes: Map<string, KeptProcess>,
  { settings, cables }: Wiring,
): Promise<string[]> {
  const { dataDir, relayUrl, crmUrl, effectsSecret } = options;
  const common = childEnvironment(settings);
  const wired = {
    ...common,
    // Failpoints do nothing anywhere else.
    NODE_ENV: 'test',
    SANDBOX_PORT: String(cables.ports.gateway),
    CRM_URL: crmUrl,
    EFFECTS_SECRET: effectsSecret,
    WORKER_CACHED_ORDERS: String(CACHED_ORDERS),
  };
  const source = (file: string): string => new URL(`../src/${file}`, import.meta.url).pathname;
  const sandboxEnv = { ...common, SANDBOX_WEBHOOK_URL: relayUrl };
  const sandbox = { name: 'sandbox', script: source('sandbox/main.ts'), dataDir, env: sandboxEnv };
  const specs = [payonce.sandboxChild(sandbox)];
  const worker = new URL('quick-worker.ts', import.meta.url).pathname;
  for (const name of payonce.numbered('worker', COUNT))
    specs.push(payonce.workerChild({ name, script: worker, dataDir, env: wired }));
  const ports = [settings.apiPort, await anyPort('127.0.0.1')];
  for (const [index, name] of payonce.numbered('api', COUNT).entries()) {
    const closing = index === 0 ? { SETTLEMENT_WINDOW: SHORT_SETTLEMENT } : {};
    const env = { ...wired, ...closing, PORT: String(ports[index]) };
    specs.push(payonce.apiChild({ name, script: source('server.ts'), dataDir, env }));
  }
  const kept = specs.map((spec) =>
    keepProcess(spec, { envOfNextLife: () => options.envOfNextLife(spec.name) }),
  );
  for (const child of kept) processes.set(child.name, child);
  options.onOpen(() => Promise.all(kept.map((child) => child.stop())));
  await Promise.all(kept.map((child) => child.start()));
  return ports.map((port) => `http://127.0.0.1:${port}`);
}

function withPort(url: string, port: number): string {
  return Object.assign(new URL(url), { port: String(port) }).href;
}
