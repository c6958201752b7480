/**
 * Numbers of papers, without gaps: the counter's row is locked by the statement that also inserts the
 * paper, so a number and its paper come to be together or not at all.
 */
import { DrizzleQueryError, type SQL, sql } from 'drizzle-orm';
import pg from 'pg';
import type { Database } from '../database.ts';

export type Series = 'invoice' | 'credit_note';

const UNIQUE_VIOLATION = '23505';

export interface Numbered {
  number: number;
  issuedAt: Date;
}

interface Numbering {
  /** The paper, if it is there already. */
  known: SQL;
  /** Everything after the numbering, selecting from `numbered (number)`. */
  insert: SQL;
}

/**
 * Runs an insert with the next number of a series; null when the paper exists already. One that comes to
 * be at the same moment makes the whole statement fail, and so gives the number back.
 */
export async function insertNumbered(
  { db }: Database,
  series: Series,
  { known, insert }: Numbering,
): Promise<Numbered | null> {
  try {
    const { rows } = await db.execute<{ number: string; issued_at: string }>(sql`
      with numbered as (
        update number_series set last = last + 1
        where name = ${series} and not exists (${known})
        returning last as number
      ) ${insert} returning number, issued_at`);
    const [row] = rows;
    return row ? { number: Number(row.number), issuedAt: new Date(row.issued_at) } : null;
  } catch (error) {
    if (isUniqueViolation(error)) return null;
    throw error;
  }
}

function isUniqueViolation(error: unknown): boolean {
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  return cause instanceof pg.DatabaseError && cause.code === UNIQUE_VIOLATION;
}

export interface SkippedNumbers {
  series: Series;
  /** The first and the last number that no paper of this database will have. */
  from: number;
  to: number;
}

/**
 * Leaves out the next numbers of every series: of a database that was put back to an earlier moment, they may be on
 * papers that customers have.
 */
export async function skipNumbers({ db }: Database, count: number): Promise<SkippedNumbers[]> {
  const { rows } = await db.execute<{ name: Series; last: string }>(sql`
    update number_series set last = last + ${count} returning name, last`);
  return rows
    .map(({ name, last }) => ({ series: name, from: Number(last) - count + 1, to: Number(last) }))
    .sort((one, other) => one.series.localeCompare(other.series));
}

/** A parameter for a column of JSON. */
export function asJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}
