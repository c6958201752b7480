/**
 * Talks to an embedded PostgreSQL as its administrator: is it ours, and has it our database?
 */
import pg from 'pg';
import type { Cluster } from './postgres-cluster.ts';

/** A server on the same machine answers in milliseconds; while it recovers, it takes seconds. */
const CONNECT_TIMEOUT_MS = 5000;

/** The connection string of one database, for loopback. */
export function connectionUrl(port: number, password: string, database: string): string {
  return `postgres://postgres:${password}@127.0.0.1:${port}/${database}`;
}

/** Whether the server on this port runs on the files of this cluster, and on no others. */
export async function serves(port: number, { data, password }: Cluster): Promise<boolean> {
  const sql = "select current_setting('data_directory') as folder";
  const rows = await query(port, password, sql).catch(() => []);
  return rows[0]?.folder === data;
}

/** Creates the database unless it is there. */
export async function ensureDatabase(port: number, password: string, name: string): Promise<void> {
  const found = await query(port, password, 'select 1 from pg_database where datname = $1', [name]);
  if (found.length > 0) return;
  await query(port, password, `create database ${pg.escapeIdentifier(name)}`);
}

async function query(port: number, password: string, sql: string, values: string[] = []) {
  const client = new pg.Client({
    connectionString: connectionUrl(port, password, 'postgres'),
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A server that stops in the middle must become a rejected query, not a crashed process.
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(sql, values);
    return rows;
  } finally {
    await client.end().catch(() => {});
  }
}
