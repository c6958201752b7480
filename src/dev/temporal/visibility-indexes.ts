/**
 * The development server keeps an index for each of some sixty columns that runs can be listed by, and SQLite compiles
 * and rewrites them for every start and every change: a quarter of the server's time. Those that the declaration does
 * not keep are dropped; what is listed by such a column is found all the same, by reading all runs.
 */
import { pathToFileURL } from 'node:url';
import { createClient } from '@libsql/client/node';

/** The server writes as well, a few milliseconds at a time. */
const BUSY_TIMEOUT_MS = 5_000;

const OF_VISIBILITY = `
  select name from sqlite_master
  where type = 'index' and tbl_name = 'executions_visibility' and sql is not null`;

/** @param kept by their names in the server's schema */
export async function dropVisibilityIndexes(
  databasePath: string,
  kept: readonly string[],
): Promise<void> {
  const client = createClient({ url: pathToFileURL(databasePath).href });
  try {
    await client.execute(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    const { rows } = await client.execute(OF_VISIBILITY);
    const unused = rows.map(({ name }) => String(name)).filter((name) => !kept.includes(name));
    if (unused.length === 0) return;
    await client.batch(
      unused.map((name) => `drop index if exists "${name}"`),
      'write',
    );
  } finally {
    client.close();
  }
}
