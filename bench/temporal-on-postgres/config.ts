/**
 * The configuration of a whole Temporal server, all four of its services in one process, that keeps
 * everything in PostgreSQL and listens on loopback only.
 */
import { stringify } from 'yaml';
import type { TemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';
import { DATABASES } from './schema.ts';

/** Where one server listens and keeps its data; `databaseUrl` names the server, not a database. */
export type ServerPlace = {
  databaseUrl: string;
  ports: Readonly<Record<ServerPort, number>>;
  dynamicConfigFile: string;
  logLevel: string;
};

/** Each service talks to the others on one port and finds them by another. */
export const SERVER_PORTS = [
  'frontend',
  'frontendMembership',
  'history',
  'historyMembership',
  'matching',
  'matchingMembership',
  'worker',
  'workerMembership',
] as const;
export type ServerPort = (typeof SERVER_PORTS)[number];

/** Can never be changed for a database; enough for several servers to share out among themselves. */
const HISTORY_SHARDS = 64;
/** Of each of the four services; with the visibility's they leave half of PostgreSQL's 200 to Payonce. */
const STORE_CONNECTIONS = 20;
const VISIBILITY_CONNECTIONS = 4;
/** How soon the server takes up a changed dynamic configuration; it accepts nothing shorter than 5 s. */
const DYNAMIC_CONFIG_POLL = '10s';

/** The text of the file that `--config-file` takes. It holds the database's password. */
export function serverConfig({ databaseUrl, ports, dynamicConfigFile, logLevel }: ServerPlace) {
  const frontend = `127.0.0.1:${ports.frontend}`;
  return stringify({
    log: { stdout: true, level: logLevel },
    persistence: {
      defaultStore: 'store',
      visibilityStore: 'visibility',
      numHistoryShards: HISTORY_SHARDS,
      datastores: {
        store: sql(databaseUrl, DATABASES.store, STORE_CONNECTIONS),
        visibility: sql(databaseUrl, DATABASES.visibility, VISIBILITY_CONNECTIONS),
      },
    },
    global: { membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' } },
    services: {
      frontend: rpc(ports.frontend, ports.frontendMembership),
      history: rpc(ports.history, ports.historyMembership),
      matching: rpc(ports.matching, ports.matchingMembership),
      worker: rpc(ports.worker, ports.workerMembership),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: frontend,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    publicClient: { hostPort: frontend },
    dynamicConfigClient: { filepath: dynamicConfigFile, pollInterval: DYNAMIC_CONFIG_POLL },
  });
}

/** The same settings as the development server's, in the form that a server's own file has. */
export function dynamicConfigText(settings: Readonly<TemporalDevFile['dynamicConfig']>): string {
  const entries = Object.entries(settings).map(([key, value]) => [key, [{ value }]]);
  return stringify(Object.fromEntries(entries));
}

function sql(databaseUrl: string, databaseName: string, connections: number) {
  const url = new URL(databaseUrl);
  return {
    sql: {
      pluginName: 'postgres12_pgx',
      databaseName,
      connectAddr: url.host,
      connectProtocol: 'tcp',
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      maxConns: connections,
      maxIdleConns: connections,
      maxConnLifetime: '1h',
    },
  };
}

function rpc(grpcPort: number, membershipPort: number) {
  return { rpc: { grpcPort, membershipPort, bindOnLocalHost: true } };
}
