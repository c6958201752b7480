/** Whether the database can be reached, is new enough, has the tables of this release, and may be written to. */
import { getTableColumns, getTableName, isTable, type Table } from 'drizzle-orm';
import { CasingCache } from 'drizzle-orm/casing';
import pg from 'pg';
import * as books from '../store/schema/books.ts';
import * as edge from '../store/schema/edge.ts';
import * as effects from '../store/schema/effects.ts';
import * as orders from '../store/schema/orders.ts';
import { type Finding, findingsOf, reasonOf } from './finding.ts';

const PATIENCE_MS = 5_000;
const OLDEST_VERSION = 150_000;
/** A gateway's signature counts for five minutes, so that a minute is much. */
const MAX_SKEW_MS = 5_000;

const { ok, warning, problem } = findingsOf('database');
const clock = findingsOf('clock');

export async function examineDatabase(url: string, isProduction: boolean): Promise<Finding[]> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: PATIENCE_MS,
    statement_timeout: PATIENCE_MS,
    query_timeout: PATIENCE_MS,
    application_name: 'payonce-doctor',
  });
  // A connection that breaks meanwhile fails the query that waits, which says so.
  client.on('error', () => {});
  try {
    await client.connect();
    return [
      await versionOf(client),
      ...(await tablesOf(client)),
      ...(isProduction ? await rightsOf(client) : []),
      await clockOf(client),
    ];
  } catch (error) {
    const { host, port } = client;
    return [
      problem(
        `PostgreSQL at ${host}:${port} does not serve (${reasonOf(error)}): check DATABASE_URL, that it runs, and that this machine may reach it`,
      ),
    ];
  } finally {
    await client.end().catch(() => {});
  }
}

async function versionOf(client: pg.Client): Promise<Finding> {
  const { rows } = await client.query<{ version: string; number: number }>(
    `select current_setting('server_version') as version, current_setting('server_version_num')::int as number`,
  );
  const { version = '', number = 0 } = rows[0] ?? {};
  if (number >= OLDEST_VERSION) return ok(`PostgreSQL ${version} can be reached`);
  return problem(`PostgreSQL ${version} is too old: use 15 or newer`);
}

async function tablesOf(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ column: string }>(
    `select c.relname || '.' || a.attname as column
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     where n.nspname = 'public' and a.attnum > 0 and not a.attisdropped`,
  );
  const present = new Set(rows.map(({ column }) => column));
  const tables = tablesOfThisRelease();
  const absent = tables.flatMap(columnsOf).filter((column) => !present.has(column));
  if (absent.length > 0)
    return [
      problem(
        `the tables are not those of this release (${absent[0]} is missing${absent.length > 1 ? `, and ${absent.length - 1} more` : ''}): run npm run migrate as the owner of the tables`,
      ),
    ];
  const { rows: refused } = await client.query<{ name: string }>(
    `select t.name from unnest($1::text[]) as t(name)
     where not (has_table_privilege(format('public.%I', t.name), 'SELECT')
       and has_table_privilege(format('public.%I', t.name), 'INSERT')
       and has_table_privilege(format('public.%I', t.name), 'UPDATE'))`,
    [tables.map((table) => getTableName(table))],
  );
  if (refused.length === 0) return [ok('the tables are those of this release, and may be written')];
  return [
    problem(
      `${refused.map(({ name }) => name).join(', ')} may not be read and written by this role: run deploy/postgres/runtime-role.sql as the owner of the tables`,
    ),
  ];
}

function tablesOfThisRelease(): Table[] {
  return [orders, effects, edge, books]
    .flatMap((schema): unknown[] => Object.values(schema))
    .filter((one) => isTable(one));
}

/** As drizzle names the columns of a database that is opened with this casing. */
function columnsOf(table: Table): string[] {
  const casing = new CasingCache('snake_case');
  return Object.values(getTableColumns(table)).map(
    (column) => `${getTableName(table)}.${casing.getColumnCasing(column)}`,
  );
}

async function rightsOf(client: pg.Client): Promise<Finding[]> {
  const { rows } = await client.query<{ role: string; is_super: boolean; may_create: boolean }>(
    `select rolname as role, rolsuper as is_super, has_schema_privilege('public', 'CREATE') as may_create
     from pg_roles where rolname = current_user`,
  );
  const [role] = rows;
  if (role === undefined || !(role.is_super || role.may_create)) return [];
  const right = role.is_super ? 'is a superuser' : 'may change tables';
  return [
    warning(
      `the role ${role.role} ${right}: let APIs and workers connect as one that only reads and writes rows, as deploy/postgres/runtime-role.sql makes it`,
    ),
  ];
}

async function clockOf(client: pg.Client): Promise<Finding> {
  const askedAt = Date.now();
  const { rows } = await client.query<{ now: string }>(
    'select extract(epoch from clock_timestamp()) * 1000 as now',
  );
  const roundTripMs = Date.now() - askedAt;
  const skewMs = Math.round(askedAt + roundTripMs / 2 - Number(rows[0]?.now));
  if (Math.abs(skewMs) <= MAX_SKEW_MS + roundTripMs)
    return clock.ok('the clocks of this machine and of the database agree');
  return clock.problem(
    `the clock of this machine is ${Math.abs(skewMs)} ms ${skewMs > 0 ? 'ahead of' : 'behind'} that of the database: synchronize both by NTP; webhooks more than five minutes old or new are refused`,
  );
}
