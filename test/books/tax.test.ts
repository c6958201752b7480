/** The tax of papers in the books: owed with the invoice, and taken back with credit notes. */
import assert from 'node:assert/strict';
import { priceLines } from '../../src/money/line-items.ts';
import { issueCreditNote } from '../../src/store/effects/credit-notes.ts';
import { issueInvoice } from '../../src/store/effects/invoices.ts';
import {
  type BookEntry,
  bookEntries,
  checkBooks,
  trialBalanceOf,
} from '../../src/store/settlements/book-entries.ts';
import { CREDIT_NOTE, INVOICE, NO_MONEY } from '../support/papers.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const EVER = { from: '2000-01-01', to: '2999-12-31' };
const LINES = priceLines({
  taxBehavior: 'inclusive',
  lineItems: [
    { description: 'Book', quantity: 1, unitAmount: 10_700, taxRate: '7' },
    { description: 'Mug', quantity: 1, unitAmount: 11_900, taxRate: '19' },
  ],
  discount: 0,
});

describe('tax in the books', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());

  async function entries(): Promise<BookEntry[]> {
    const found: BookEntry[] = [];
    for await (const entry of bookEntries(database, EVER)) found.push(entry);
    return found;
  }

  async function balances(): Promise<Record<string, number>> {
    const rows = await trialBalanceOf(database, EVER);
    return Object.fromEntries(rows.map(({ account, closingMinor }) => [account, closingMinor]));
  }

  const invoiced = (lines: typeof LINES | null) =>
    issueInvoice(database, { ...INVOICE, orderId: 'ord_1', lines, amountMinor: LINES.total });

  const credited = (refundId: string, lines: typeof LINES | null, amountMinor: number) =>
    issueCreditNote(database, {
      ...{ ...CREDIT_NOTE, orderId: 'ord_1', refundId, key: refundId, invoiceNumber: 1 },
      ...{ lines, amountMinor, currency: INVOICE.currency, money: NO_MONEY },
    });

  it('is owed with the invoice, and taken out of revenue', async () => {
    const { printed } = await invoiced(LINES);
    const [entry, ...others] = await entries();
    assert.deepEqual(others, []);
    assert.deepEqual(
      [entry?.debit, entry?.credit, entry?.amountMinor, entry?.kind, entry?.reference],
      ['order_receipts', 'tax', 2_600, 'tax', printed],
    );
    assert.deepEqual(await balances(), { order_receipts: 2_600, tax: -2_600 });
  });

  it('is owed no more once all is credited, in however many parts', async () => {
    await invoiced(LINES);
    for (const [i, amount] of [7_777, 1, LINES.total - 7_778].entries())
      await credited(`re_${i}`, LINES, amount);
    assert.deepEqual(await balances(), { order_receipts: 2_600, refunds_paid: -2_600, tax: 0 });
    const kinds = (await entries()).map(({ kind }) => kind);
    // A refund of a cent has no tax to take back, and no entry over nothing.
    assert.deepEqual(kinds, ['tax', 'tax_credited', 'tax_credited']);
  });

  it('is nowhere where an order has no lines', async () => {
    await invoiced(null);
    await credited('re_1', null, 100);
    assert.deepEqual(await entries(), []);
    assert.deepEqual(await balances(), {});
  });

  it('is no difference between the books and the orders', async () => {
    await invoiced(LINES);
    assert.deepEqual(await checkBooks(database), []);
  });
});
