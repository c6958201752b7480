/** The books as `payonce books check` sees them: every entry has two sides, and each is one that an order decided. */
import type pg from 'pg';
import { BOOK_CHECKS } from '../../src/store/settlements/book-entries.ts';
import { balancedBooks } from '../../test/invariants/books.ts';
import type { Violation } from '../evidence.ts';
import { type Invariant, wrong } from './remains.ts';

export const checkedBooks: Invariant = {
  name: balancedBooks.name,
  async check({ evidence: { database } }) {
    const found: Violation[] = [];
    for (const [check, query] of BOOK_CHECKS)
      found.push(...(await violationsOf(database, check, query)));
    return found;
  },
};

async function violationsOf(database: pg.Pool, check: string, query: string): Promise<Violation[]> {
  const { rows } = await database.query<{ subject: string; detail: string }>(query);
  return rows.map(({ subject, detail }) => wrong(subject, `${check}: ${detail}`));
}
