/** The books as files, read by the programs of accountants. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { execa } from 'execa';
import { accountName, DEFAULT_CHART } from '../../src/books/chart.ts';
import { type ExportFormat, exportTexts } from '../../src/books/export.ts';
import { decimalOfMinor } from '../../src/money/decimal.ts';
import { issueCreditNote } from '../../src/store/effects/credit-notes.ts';
import { issueInvoice } from '../../src/store/effects/invoices.ts';
import { postEntry } from '../../src/store/effects/postings.ts';
import {
  accountsOf,
  bookEntries,
  type Period,
  trialBalanceOf,
} from '../../src/store/settlements/book-entries.ts';
import { beanCheck, hledger } from '../support/accounting-tools.ts';
import { creditNoteOf, invoiceWith, linesOf } from '../support/e-invoices.ts';
import { NO_MONEY } from '../support/papers.ts';
import { stripeReport } from '../support/settlement-files.ts';
import { FAULTS, livedMonth, MONTH_TERMS } from '../support/settlement-month.ts';
import { openSettlementWorld, type SettlementWorld } from '../support/settlement-world.ts';

const JANUARY: Period = { from: '2026-01-01', to: '2026-01-31' };

describe('the books of a month, exported', function () {
  this.timeout(120_000);
  let world: SettlementWorld;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'payonce-test-'));
    world = await openSettlementWorld();
    const month = await livedMonth(world, { seed: 21, sales: 30, faults: FAULTS });
    await world.import(month.stripe, { terms: MONTH_TERMS });
    await world.import(month.razorpay, { terms: MONTH_TERMS, zone: 'UTC' });
    const yen = {
      orderId: 'ord_yen',
      paymentId: 'pi_yen',
      amountMinor: 500,
      currency: 'JPY',
      gateway: 'stripe',
    };
    await world.paidOrder(yen);
    const lines = linesOf();
    const invoice = invoiceWith(lines, { orderId: 'ord_taxed', key: 'ord_taxed:issue_invoice:1' });
    const { number } = await issueInvoice(world.database, invoice);
    const note = creditNoteOf(lines, 1_000, { orderId: 'ord_taxed', invoiceNumber: number });
    await issueCreditNote(world.database, { ...note, lines, money: NO_MONEY });
    for (const table of ['invoices', 'credit_notes'])
      await world.database.pool.query(`update ${table} set issued_at = '2026-01-15T12:00:00Z'`);
    await world.import(
      stripeReport([
        {
          balance_transaction_id: 'txn_yen',
          reporting_category: 'charge',
          currency: 'eur',
          gross: '3.07',
          fee: '0.25',
          net: '2.82',
          source_id: 'ch_yen',
          payment_intent_id: 'pi_yen',
          customer_facing_amount: '500',
          customer_facing_currency: 'jpy',
        },
      ]),
    );
  });
  after(async () => {
    await world.close();
    await rm(folder, { recursive: true });
  });

  async function exported(
    format: ExportFormat,
    period = JANUARY,
    withAccounts = true,
  ): Promise<string> {
    const accounts = withAccounts ? await accountsOf(world.database, period) : [];
    const entries = bookEntries(world.database, period);
    let text = '';
    for await (const piece of exportTexts(entries, { format, chart: DEFAULT_CHART, accounts }))
      text += piece;
    return text;
  }

  async function saved(name: string, text: string): Promise<string> {
    const file = path.join(folder, name);
    await writeFile(file, text);
    return file;
  }

  it('are the same bytes every time', async () => {
    for (const format of ['csv', 'beancount', 'hledger'] as const)
      assert.equal(await exported(format), await exported(format));
  });

  it('are the days of the month one after the other', async () => {
    const days = Array.from(
      { length: 31 },
      (_, index) => `2026-01-${String(index + 1).padStart(2, '0')}`,
    );
    let text = '';
    for (const day of days) text += await exported('hledger', { from: day, to: day }, false);
    assert.equal(text, await exported('hledger', JANUARY, false));
  });

  it('balance as CSV in every entry', async () => {
    const rows: Record<string, string>[] = parse(await exported('csv'), { columns: true });
    assert.ok(rows.length > 100);
    for (let at = 0; at < rows.length; at += 2) {
      const [debit, credit] = [rows[at], rows[at + 1]];
      assert.equal(debit?.entry, credit?.entry);
      assert.equal(debit?.debit, credit?.credit);
      assert.equal(debit?.currency, credit?.currency);
    }
  });

  it('have the tax of invoices and credit notes', async () => {
    const text = await exported('hledger');
    assert.equal(text.match(/Liabilities:Tax /g)?.length, 2);
  });

  it('show the money in the settlement currency too', async () => {
    const text = await exported('beancount');
    assert.match(text, /line: "txn_yen"\n {2}settled: "2\.82 EUR"\n.*\n.*-500 JPY|500 JPY/);
  });

  it('are read by Beancount without an error', async function () {
    const program = await beanCheck();
    if (program === null) return this.skip();
    const file = await saved('books.beancount', await exported('beancount'));
    const { exitCode, all } = await execa(program, [file], { reject: false, all: true });
    assert.equal(exitCode, 0, all);
  });

  it('are read by hledger without an error, which finds the balances of the trial balance', async function () {
    const program = await hledger();
    if (program === null) return this.skip();
    const file = await saved('books.journal', await exported('hledger'));
    // The strict check also wants every account declared.
    const checked = await execa(program, ['-f', file, 'check', 'accounts', 'ordereddates'], {
      reject: false,
      all: true,
    });
    assert.equal(checked.exitCode, 0, checked.all);
    const { stdout } = await execa(program, [
      '-f',
      file,
      'balance',
      '--flat',
      '--no-total',
      '-O',
      'csv',
      '--layout=bare',
    ]);
    const rows: Record<string, string>[] = parse(stdout, { columns: true });
    const balances = rows.map(
      ({ account, commodity, balance }) => `${account} ${balance} ${commodity}`,
    );
    const trial = await trialBalanceOf(world.database, JANUARY);
    const expected = trial
      .filter(({ closingMinor }) => closingMinor !== 0)
      .map(({ account, currency, closingMinor }) => {
        const name = accountName(DEFAULT_CHART, account);
        return `${name} ${decimalOfMinor(closingMinor, currency)} ${currency}`;
      });
    assert.deepEqual(new Set(balances), new Set(expected));
  });

  it('does not become a formula in a spreadsheet', async () => {
    await postEntry(world.database, {
      key: 'ord_x:post_ledger:capture-x',
      orderId: 'ord_x',
      kind: 'capture',
      reference: '=HYPERLINK("x")',
      debit: 'gateway_clearing:stripe',
      credit: 'order_receipts',
      amountMinor: 1,
      currency: 'USD',
    });
    const today = new Date().toISOString().slice(0, 10);
    assert.match(await exported('csv', { from: today, to: today }), /"'=HYPERLINK\(""x""\)"/);
  });
});
