/**
 * Brings a database to the current tables. Any number of processes may do so at once: one works, the
 * others wait for it and find everything done.
 */
import path from 'node:path';
import { drizzle } from 'drizzle-orm/node-postgres';
import { migrate as applyMigrations } from 'drizzle-orm/node-postgres/migrator';
import pg from 'pg';

const MIGRATIONS = path.join(import.meta.dirname, 'migrations');
/** Any number that no other program locks in this database. */
const LOCK = 7_297_296;
/** A database on the network that takes longer to connect to is not there. */
const CONNECT_TIMEOUT_MS = 5000;

/** Applies what is missing of the migrations, and nothing when all are there. */
export async function migrate(url: string): Promise<void> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    application_name: 'payonce-migrate',
  });
  await client.connect();
  try {
    // The lock belongs to the connection, so it ends with it however this ends.
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await applyMigrations(drizzle(client), { migrationsFolder: MIGRATIONS });
  } finally {
    await client.end();
  }
}
