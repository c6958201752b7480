/**
 * The books: every movement of money is one entry with a debit and a credit of the same amount. An
 * entry is posted once under its key and never changed; what was wrong is reversed by another entry.
 */
import { asc, eq, sql } from 'drizzle-orm';
import type { PostingKind } from '../../domain/effects/effects.ts';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { postings } from '../schema/effects.ts';

export interface Entry {
  /** The effect's key. */
  key: string;
  orderId: string;
  kind: PostingKind;
  /** The gateway's id of the capture, refund or dispute. */
  reference: string;
  debit: string;
  credit: string;
  /** Minor units of `currency`. */
  amountMinor: number;
  currency: string;
}

export interface AccountBalance {
  account: string;
  currency: string;
  debitMinor: number;
  creditMinor: number;
  /** Debit less credit, in minor units. */
  balanceMinor: number;
}

const common = () => ({
  key: sql.placeholder('key'),
  orderId: sql.placeholder('orderId'),
  kind: sql.placeholder('kind'),
  reference: sql.placeholder('reference'),
  amountMinor: sql.placeholder('amountMinor'),
  currency: sql.placeholder('currency'),
});

const POST = prepared((db) =>
  db
    .insert(postings)
    .values([
      { ...common(), side: 'debit', account: sql.placeholder('debit') },
      { ...common(), side: 'credit', account: sql.placeholder('credit') },
    ])
    .onConflictDoNothing()
    .prepare('post-entry'),
);

/** Posts both sides of an entry, or neither when its key was posted before. */
export async function postEntry(database: Database, entry: Entry): Promise<void> {
  await POST(database).execute({ ...entry });
}

const DEBITS = sql`coalesce(sum(${postings.amountMinor}) filter (where ${postings.side} = 'debit'), 0)`;
const CREDITS = sql`coalesce(sum(${postings.amountMinor}) filter (where ${postings.side} = 'credit'), 0)`;

/** What every account holds, over all orders or of one; the balances of a currency sum to zero. */
export async function trialBalance({ db }: Database, orderId?: string): Promise<AccountBalance[]> {
  return db
    .select({
      account: postings.account,
      currency: postings.currency,
      debitMinor: sql`${DEBITS}`.mapWith(Number),
      creditMinor: sql`${CREDITS}`.mapWith(Number),
      balanceMinor: sql`${DEBITS} - ${CREDITS}`.mapWith(Number),
    })
    .from(postings)
    .where(orderId === undefined ? undefined : eq(postings.orderId, orderId))
    .groupBy(postings.account, postings.currency)
    .orderBy(asc(postings.currency), asc(postings.account));
}
