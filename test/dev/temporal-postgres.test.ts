/** Temporal on PostgreSQL, as far as it can be told without its server, which takes minutes to build. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import {
  dynamicConfigText,
  SERVER_PORTS,
  type ServerPort,
  serverConfig,
} from '../../bench/temporal-on-postgres/config.ts';
import {
  builtTemporalServer,
  temporalServerPrograms,
} from '../../bench/temporal-on-postgres/server-build.ts';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';

interface Service {
  rpc: { grpcPort: number; membershipPort: number; bindOnLocalHost: boolean };
}

const PASSWORD = 'p@ss:w/rd';
const ports = Object.fromEntries(SERVER_PORTS.map((name, i) => [name, 20_000 + i])) as Record<
  ServerPort,
  number
>;
const config = parse(
  serverConfig({
    databaseUrl: `postgres://some%20one:${encodeURIComponent(PASSWORD)}@127.0.0.1:5433/any`,
    ports,
    dynamicConfigFile: '/data/dynamic-config.yaml',
    logLevel: 'warn',
  }),
);

describe('the configuration of Temporal on PostgreSQL', () => {
  const services: Service[] = Object.values(config.services);

  it('gives each service two ports of its own, on loopback only', () => {
    const used = services.flatMap(({ rpc }) => [rpc.grpcPort, rpc.membershipPort]);
    assert.deepEqual(used.toSorted(), Object.values(ports));
    assert.ok(services.every(({ rpc }) => rpc.bindOnLocalHost));
    assert.equal(config.global.membership.broadcastAddress, '127.0.0.1');
  });

  it('names the databases that the deployments’ script makes', () => {
    const script = readFileSync('deploy/temporal/setup-schema.sh', 'utf8');
    const made = [...script.matchAll(/^prepare (\w+) (\w+)$/gm)].map(([, name]) => name);
    const { store, visibility } = config.persistence.datastores;
    assert.deepEqual([store.sql.databaseName, visibility.sql.databaseName], made);
  });

  it('takes user and password from the URL as they are', () => {
    const { user, password, connectAddr } = config.persistence.datastores.store.sql;
    assert.deepEqual(
      { user, password, connectAddr },
      { user: 'some one', password: PASSWORD, connectAddr: '127.0.0.1:5433' },
    );
  });

  it('has the dynamic settings of the development server', () => {
    const { dynamicConfig } = readTemporalDevFile();
    const written = parse(dynamicConfigText(dynamicConfig)) as Record<string, [{ value: unknown }]>;
    const values = Object.entries(written).map(([key, [{ value }]]) => [key, value]);
    assert.deepEqual(Object.fromEntries(values), dynamicConfig);
  });
});

describe('the Temporal server', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'payonce-server-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is of the version that the development server has', () => {
    const pinned = (tool: string): string | undefined =>
      /go\.temporal\.io\/server (v\S+)/.exec(readFileSync(`tools/${tool}/go.mod`, 'utf8'))?.[1];
    assert.ok(pinned('temporal-server'));
    assert.equal(pinned('temporal-server'), pinned('temporal-cli'));
  });

  it('is not there before it was built', () => {
    assert.equal(builtTemporalServer({ XDG_CACHE_HOME: folder }), undefined);
  });

  it('cannot be built without Go, and says so', async () => {
    const env = { XDG_CACHE_HOME: folder, PATH: folder };
    await assert.rejects(temporalServerPrograms({ env, onProgress: () => {} }), {
      name: 'SetupError',
      message: /cannot be built: go is not on PATH\. Install Go 1\.26/,
    });
  });
});
