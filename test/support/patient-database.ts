/** The database as tests look into it, on a machine that may have much else to do. */
import { type Database, openDatabase } from '../../src/store/database.ts';

/**
 * A service gives a query a second to find a connection; fifty queries at once on ten connections of a busy
 * machine take longer, and are no less right.
 */
const PATIENCE = { connectMs: 50_000, statementMs: 50_000, queryMs: 50_000 };

/** A connection for tests, which no busy machine makes fail. */
export function openPatiently(url: string): Database {
  return openDatabase(url, null, PATIENCE);
}
