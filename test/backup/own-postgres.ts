/** A PostgreSQL as a distribution installs it, with its pg_dump: what a shop has of its own. */
import { chown, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { execa } from 'execa';
import pg from 'pg';
import { userInsteadOfRoot } from '../../src/dev/postgres/postgres-binaries.ts';
import { anyPort } from '../../src/process/any-port.ts';

const INSTALLED = '/usr/lib/postgresql';
const OWNER = 'shop';
const PASSWORD = 'p@ss:w/rd';

export interface OwnPostgres {
  /** Makes an empty database; its owner may do nothing else. @returns its URL */
  createDatabase(name: string): Promise<string>;
  stop(): Promise<void>;
}

/** Nothing where the machine has none. */
export async function startOwnPostgres(): Promise<OwnPostgres | undefined> {
  const bin = await newestInstalled();
  if (bin === undefined) return undefined;
  const home = await mkdtemp(path.join(tmpdir(), 'payonce-own-'));
  const passwordFile = path.join(home, 'password');
  await writeFile(passwordFile, PASSWORD);
  const user = process.getuid?.() === 0 ? await userInsteadOfRoot() : undefined;
  if (user) for (const file of [home, passwordFile]) await chown(file, user.uid, user.gid);
  const data = path.join(home, 'data');
  const port = await anyPort('127.0.0.1');
  const run = (program: string, ...args: string[]) =>
    execa(path.join(bin, program), args, { ...user, cwd: '/', stdio: 'ignore' });
  const account = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  await run('initdb', `--pgdata=${data}`, ...account, '--no-sync', '--locale=C', '--encoding=UTF8');
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200`;
  await run('pg_ctl', 'start', '-w', '-D', data, '-o', options);
  const urlOf = (role: string, database: string) =>
    `postgres://${role}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${database}`;
  const admin = new pg.Client({ connectionString: urlOf('postgres', 'postgres') });
  await admin.connect();
  await admin.query(`create role ${OWNER} login password '${PASSWORD}'`);
  return {
    async createDatabase(name) {
      await admin.query(`create database ${name} owner ${OWNER}`);
      return urlOf(OWNER, name);
    },
    async stop() {
      await admin.end();
      await run('pg_ctl', 'stop', '-w', '-D', data, '-m', 'immediate');
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function newestInstalled(): Promise<string | undefined> {
  const versions = await readdir(INSTALLED).catch(() => []);
  const [newest] = versions.map(Number).sort((one, other) => other - one);
  return newest === undefined ? undefined : path.join(INSTALLED, String(newest), 'bin');
}
