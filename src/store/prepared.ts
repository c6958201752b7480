/**
 * Statements of the hot paths: built once for a database, then parsed and planned once for each of its
 * connections. What runs a few times an hour needs none of this.
 */
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { Database } from './database.ts';

export function prepared<Query>(
  prepare: (db: NodePgDatabase) => Query,
): (database: Database) => Query {
  const queries = new WeakMap<Database, Query>();
  return (database) => {
    const known = queries.get(database);
    if (known !== undefined) return known;
    const query = prepare(database.db);
    queries.set(database, query);
    return query;
  };
}
