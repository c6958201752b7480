/**
 * The connection to PostgreSQL. Every limit is short on purpose: a caller is waiting for the answer,
 * and a database that does not answer must become an error, never a hang.
 */
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Keyring } from '../encryption/keyring.ts';

export interface Database {
  db: NodePgDatabase;
  pool: pg.Pool;
  /** Keeps gateways' raw bytes secret; null where nothing is encrypted. */
  keyring: Keyring | null;
  close(): Promise<void>;
}

/** A dozen processes of this size stay below PostgreSQL's usual hundred or two connections. */
const MAX_CONNECTIONS = 10;
/** Connecting on one network takes milliseconds; it is also the longest wait for a free connection. */
const CONNECT_TIMEOUT_MS = 1000;
/** Every query here reads or writes a few rows by key; one of five seconds is stuck. */
const STATEMENT_TIMEOUT_MS = 5000;
/** When not even the statement's own time-out comes back, the connection is dead. */
const QUERY_TIMEOUT_MS = 6000;

/**
 * SQLSTATE classes and codes that say that the database cannot serve now: connection, resources,
 * operator intervention (with it statement time-outs), system errors, and a standby without writes.
 */
const UNAVAILABLE_STATE = /^(08|53|57|58|25006|55P03)/;

/** Whether the database has answered, and refused what it was asked. */
export function isStatementRefused(error: unknown): boolean {
  return error instanceof pg.DatabaseError && !UNAVAILABLE_STATE.test(error.code ?? '');
}

/** How long a query may wait: for a connection, for its end at the server, and for its end at all. */
export interface DatabaseTimeouts {
  connectMs: number;
  statementMs: number;
  queryMs: number;
}

const PATIENCE: DatabaseTimeouts = {
  connectMs: CONNECT_TIMEOUT_MS,
  statementMs: STATEMENT_TIMEOUT_MS,
  queryMs: QUERY_TIMEOUT_MS,
};

/** Opens a pool; nothing is connected before the first query. */
export function openDatabase(
  url: string,
  keyring: Keyring | null = null,
  { connectMs, statementMs, queryMs }: DatabaseTimeouts = PATIENCE,
): Database {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: connectMs,
    statement_timeout: statementMs,
    idle_in_transaction_session_timeout: statementMs,
    query_timeout: queryMs,
    application_name: 'payonce',
  });
  // An idle connection that breaks is replaced by the next query, which reports what is wrong if
  // anything still is. Without a listener it would end the process.
  pool.on('error', () => {});
  const db = drizzle(pool, { casing: 'snake_case' });
  return { db, pool, keyring, close: () => pool.end() };
}
