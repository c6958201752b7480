/** Temporal on PostgreSQL for one round: in the bench's cluster, in databases that are new each time. */
import pg from 'pg';
import type { SideOptions } from './side.ts';
import {
  startTemporalOnPostgres,
  type TemporalOnPostgres,
} from './temporal-on-postgres/temporal-postgres.ts';

/** The names that the server gives its databases. */
const DATABASES = ['temporal', 'temporal_visibility'];

export async function startFreshTemporal(options: SideOptions): Promise<TemporalOnPostgres> {
  const { databaseUrl: postgresUrl, dataDir, onProgress } = options;
  await dropDatabases(postgresUrl);
  return startTemporalOnPostgres({ postgresUrl, dataDir, env: process.env, onProgress });
}

async function dropDatabases(postgresUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    for (const name of DATABASES)
      await client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`);
  } finally {
    await client.end();
  }
}
