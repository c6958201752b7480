/**
 * Numbers of papers, without gaps: the counter's row is locked by the statement that also inserts the
 * paper, so a number and its paper come to be together or not at all.
 */
import { DrizzleQueryError, type SQL, sql } from 'drizzle-orm';
import pg from 'pg';
import type { Database } from './database.ts';

export type Series = 'invoice' | 'credit_note';

const UNIQUE_VIOLATION = '23505';

/**
 * Runs an insert with the next number of a series. A paper that exists already makes the whole
 * statement fail and so gives the number back; answers false then.
 *
 * @param insert Everything after the numbering, selecting from `numbered (number)`.
 */
export async function insertNumbered(
  { db }: Database,
  series: Series,
  insert: SQL,
): Promise<boolean> {
  try {
    await db.execute(sql`
      with numbered as (
        update number_series set last = last + 1 where name = ${series} returning last as number
      ) ${insert}`);
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

function isUniqueViolation(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof pg.DatabaseError && cause.code === UNIQUE_VIOLATION;
}
