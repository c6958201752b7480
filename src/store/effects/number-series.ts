/**
 * Numbers of papers, without gaps: the counter's row is locked by the statement that also inserts the
 * paper, so a number and its paper come to be together or not at all.
 */
import { DrizzleQueryError, type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import pg from 'pg';
import type { Database } from '../database.ts';

export type Series = 'invoice' | 'credit_note';

/** What stands before a number where it is printed, and how many digits the number has at least. */
export interface NumberPattern {
  prefix: string;
  digits: number;
}

/** How papers are numbered that were issued before anything else could be set. */
export const DEFAULT_NUMBERS: Readonly<Record<Series, NumberPattern>> = {
  invoice: { prefix: 'INV-', digits: 6 },
  credit_note: { prefix: 'CN-', digits: 6 },
};

/** A number as it is printed, in the statement that gives it out. */
export function printedAs({ prefix, digits }: NumberPattern): SQL {
  return sql`${prefix} || lpad(number::text, greatest(${digits}::int, length(number::text)), '0')`;
}

const UNIQUE_VIOLATION = '23505';

export interface Numbered {
  number: number;
  printed: string | null;
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
  { db }: { db: Pick<NodePgDatabase, 'execute'> },
  series: Series,
  { known, insert }: Numbering,
): Promise<Numbered | null> {
  try {
    const { rows } = await db.execute<{
      number: string;
      printed: string;
      issued_at: string;
    }>(sql`
      with numbered as (
        update number_series set last = last + 1
        where name = ${series} and not exists (${known})
        returning last as number
      ) ${insert} returning number, printed, issued_at`);
    const [row] = rows;
    if (row === undefined) return null;
    const { number, printed, issued_at: issuedAt } = row;
    return { number: Number(number), printed, issuedAt: new Date(issuedAt) };
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

/** Papers of releases that knew one way of printing a number have nothing but the number. */
export function isPrinted(series: Series, text: string): SQL {
  const { prefix } = DEFAULT_NUMBERS[series];
  const digits = text.startsWith(prefix) ? text.slice(prefix.length) : '';
  const number = /^\d{6,15}$/.test(digits) ? Number(digits) : 0;
  return sql`(printed = ${text} or (printed is null and number = ${number}))`;
}
