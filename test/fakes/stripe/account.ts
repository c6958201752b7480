/** One account at Stripe: its books, and everything that owners, customers and banks may do to them. */
import { type Books, chargeOf, intentOf, listOf, openBooks } from './books.ts';
import { createMoneyBack } from './money-back.ts';
import type { Intent } from './objects.ts';
import { createPayments } from './payments.ts';

export type Account = ReturnType<typeof createAccount>;

export function createAccount(tell: Books['tell']) {
  const books = openBooks(tell);
  const { intents, refunds, disputes } = books;
  return {
    ...createPayments(books),
    ...createMoneyBack(books),
    intentOf: (id: string) => intentOf(books, id),
    chargeOf: (intent: Intent) => chargeOf(books, intent),
    intents: () => [...intents.values()],
    refundsOf: (id: string) => listOf(refunds, id),
    disputesOf: (id: string) => listOf(disputes, id),
  };
}
