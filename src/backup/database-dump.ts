/** A database of one's own as a dump of PostgreSQL's own making, and back. */
import { execFile } from 'node:child_process';
import { devNull } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { BackupError } from './backup-folder.ts';
import { findPostgresProgram, type Lookup, type PostgresProgram } from './postgres-programs.ts';

const run = promisify(execFile);

const DUMP = 'database.dump';
/** A database on the network that takes longer to connect to is not there. */
const CONNECT_TIMEOUT_MS = 5_000;
/** What the programs say of a thousand objects. */
const MOST_OUTPUT_BYTES = 16 * 1024 * 1024;
/** The tables, and what drizzle notes of migrations. */
const SCHEMAS = ['public', 'drizzle'];

const OWN_NAME = 'payonce-backup';
/** Processes whose connections change nothing. */
const ONLY_READ = [OWN_NAME, 'payonce-doctor'];

interface Served {
  /** The server's major version. */
  major: number;
  tables: number;
  /** Whether it has been migrated by Payonce. */
  isOurs: boolean;
  /** Connections of processes of Payonce. */
  inUse: number;
}

/**
 * Writes a dump into the folder, consistent as of its beginning; the database may be in use.
 *
 * @returns the major version of PostgreSQL
 * @throws BackupError where no pg_dump fits, or with what it said
 */
export async function dumpDatabase(url: string, folder: string, lookup: Lookup): Promise<number> {
  const { major, tables } = await look(url);
  if (tables === 0)
    throw new BackupError(
      'the database has no tables: check DATABASE_URL, there is nothing to back up',
    );
  await carryOut('pg_dump', { url, major, lookup }, [
    '--format=custom',
    `--file=${path.join(folder, DUMP)}`,
  ]);
  return major;
}

/** @throws BackupError where processes of Payonce are connected, which would write over what is put back */
export async function demandUnused(url: string): Promise<void> {
  const { inUse } = await look(url);
  if (inUse > 0)
    throw new BackupError(
      `${inUse} connections of Payonce's processes are open on this database: stop all APIs and workers first, and start them when the restore has ended`,
    );
}

/** @throws BackupError where nothing is, as in a database that was named by mistake */
export async function demandOurTables(url: string): Promise<void> {
  const { isOurs } = await look(url);
  if (!isOurs)
    throw new BackupError(
      'the database holds no tables of Payonce: name the one that was put back in DATABASE_URL, or a folder to restore from',
    );
}

/**
 * @param replace whether tables that are there may be dropped
 * @param made the major version that the dump is of
 * @throws BackupError where a dump cannot be put into this database, or would be put over what is there
 */
export async function demandRoom(
  url: string,
  { replace, made }: { replace: boolean; made: number },
): Promise<void> {
  const { major, tables, isOurs } = await look(url);
  if (major < made)
    throw new BackupError(
      `the backup is of PostgreSQL ${made}, and this database is ${major}: restore it into ${made} or newer`,
    );
  if (tables > 0 && !replace)
    throw new BackupError(
      `the database has ${tables} tables: name an empty one in DATABASE_URL, or say --replace to lose what is in this one`,
    );
  if (tables > 0 && !isOurs)
    throw new BackupError(
      `the database has ${tables} tables, and they are not those of Payonce: name an empty one in DATABASE_URL`,
    );
}

/**
 * Puts a dump back, in one transaction. What is there is dropped, once the dump is known to be readable.
 *
 * @throws BackupError where no pg_restore fits, or with what it said
 */
export async function loadDump(url: string, folder: string, lookup: Lookup): Promise<void> {
  const { major, tables } = await look(url);
  const dump = path.join(folder, DUMP);
  if (tables > 0) {
    // Before anything is dropped: the program is there, and can read the dump to its end.
    const file = await findPostgresProgram('pg_restore', major, lookup);
    await call(file, [`--file=${devNull}`, dump]);
    await empty(url);
  }
  await carryOut('pg_restore', { url, major, lookup }, [
    '--single-transaction',
    '--exit-on-error',
    '--no-owner',
    dump,
  ]);
}

/** A dump brings all schemas with it but `public`, which it takes to be there as in a new database. */
async function empty(url: string): Promise<void> {
  const drop = SCHEMAS.map((schema) => `drop schema if exists ${schema} cascade`);
  const make = ['create schema public', 'grant usage on schema public to public'];
  await withClient(url, (client) => client.query([...drop, ...make].join('; ')));
}

async function look(url: string): Promise<Served> {
  const text = `
    select current_setting('server_version_num')::int / 10000 as major,
      (select count(*)::int from pg_tables where schemaname = any($1)) as tables,
      to_regclass('public.installation') is not null as "isOurs",
      (select count(*)::int from pg_stat_activity
       where datname = current_database() and application_name like 'payonce%'
         and application_name <> all($2)) as "inUse"`;
  return withClient(url, async (client) => {
    const [served] = (await client.query<Served>(text, [SCHEMAS, ONLY_READ])).rows;
    if (served === undefined) throw new Error('the database has answered nothing');
    return served;
  });
}

async function withClient<T>(url: string, act: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: OWN_NAME,
  });
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

interface Target {
  url: string;
  major: number;
  lookup: Lookup;
}

/** Everybody on the machine sees the arguments of a process, so that the password is in its environment. */
async function carryOut(
  program: PostgresProgram,
  { url, major, lookup }: Target,
  args: readonly string[],
): Promise<void> {
  const file = await findPostgresProgram(program, major, lookup);
  const open = new URL(url);
  const password = decodeURIComponent(open.password);
  open.password = '';
  await call(file, ['--no-password', `--dbname=${open.href}`, ...args], password);
}

async function call(file: string, args: readonly string[], password = ''): Promise<void> {
  const env = { ...process.env, ...(password && { PGPASSWORD: password }) };
  await run(file, args, { env, maxBuffer: MOST_OUTPUT_BYTES }).catch((error: unknown) => {
    const said = String((error as { stderr?: unknown }).stderr ?? error).trim();
    throw new BackupError(`${path.basename(file)} failed: ${said}`);
  });
}
