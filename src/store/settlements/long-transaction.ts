/**
 * A transaction of minutes on a connection of its own: the pool's limits are made for callers who wait, and an
 * import must not take a connection away from them.
 */
import { DrizzleQueryError } from 'drizzle-orm';
import pg from 'pg';
import type { Database } from '../database.ts';

const CONNECT_TIMEOUT_MS = 5_000;
/** The slowest statement judges a report of a million lines; ten times what that takes. */
export const STATEMENT_TIMEOUT_MS = 10 * 60_000;
/** How long an upload may stand still between two pieces. */
const IDLE_TIMEOUT_MS = 60_000;

/** Joins of millions of rows stay in memory, and are not compiled, which takes longer than they do. */
const SETTINGS = `set local work_mem = '64MB'; set local jit = off`;

/**
 * Commits what `run` has done, or nothing of it when it throws.
 *
 * @throws DrizzleQueryError when the database cannot be reached or goes away, as other queries do.
 */
export async function longTransaction<T>(
  { pool }: Database,
  run: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    connectionString: pool.options.connectionString,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
    idle_in_transaction_session_timeout: IDLE_TIMEOUT_MS,
    application_name: 'payonce-settlements',
  });
  let lost: Error | undefined;
  // What ends the connection fails the query that waits; without a listener it would end the process.
  client.on('error', (error) => {
    lost = error;
  });
  await client.connect().catch((error: unknown) => {
    throw error instanceof pg.DatabaseError ? error : unreachable(error);
  });
  try {
    await client.query('begin');
    await client.query(SETTINGS);
    const result = await run(client);
    await client.query('commit');
    return result;
  } catch (error) {
    throw lost === undefined || error instanceof pg.DatabaseError ? error : unreachable(lost);
  } finally {
    // Ends a transaction that was not committed, whatever state a broken COPY has left it in.
    await client.end();
  }
}

function unreachable(error: unknown): DrizzleQueryError {
  const cause = error instanceof Error ? error : new Error(String(error));
  return new DrizzleQueryError('a transaction of its own', [], cause);
}

const LOCK_CLASS = 7_297_297;

/** As PostgreSQL says that a lock was not had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

/**
 * Imports and judgements of a gateway come one after the other: each has to see what the one before found.
 *
 * @param patienceMs how long to wait; 0 is without an end
 * @returns false where it was not had in that time: the transaction is of no more use then
 */
export async function lockGateway(
  client: pg.Client,
  gateway: string,
  patienceMs = 0,
): Promise<boolean> {
  await client.query(`set local lock_timeout = ${patienceMs}`);
  try {
    await client.query('select pg_advisory_xact_lock($1, hashtext($2))', [LOCK_CLASS, gateway]);
  } catch (error) {
    if (error instanceof pg.DatabaseError && error.code === LOCK_NOT_AVAILABLE) return false;
    throw error;
  }
  // It is for this lock alone.
  await client.query('set local lock_timeout = 0');
  return true;
}
