import assert from 'node:assert/strict';
import { issueCreditNote } from '../../src/store/effects/credit-notes.ts';
import { issueInvoice } from '../../src/store/effects/invoices.ts';
import { everyPaper, listPapers, type Paper } from '../../src/store/effects/papers.ts';
import { CREDIT_NOTE, INVOICE, NO_MONEY } from '../support/papers.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const JANUARY = { from: '2026-01-01', to: '2026-01-31' };

describe('the invoices and credit notes of a month', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());

  async function invoiceAt(time: string): Promise<number> {
    const orderId = `ord_${time}`;
    const { number } = await issueInvoice(database, { ...INVOICE, orderId, key: orderId });
    await database.pool.query('update invoices set issued_at = $1 where number = $2', [
      time,
      number,
    ]);
    return number;
  }

  async function creditNoteAt(time: string, invoiceNumber: number): Promise<number> {
    const refundId = `re_${time}`;
    const note = {
      ...CREDIT_NOTE,
      lines: null,
      money: NO_MONEY,
      refundId,
      key: refundId,
      invoiceNumber,
    };
    const { number } = await issueCreditNote(database, note);
    await database.pool.query('update credit_notes set issued_at = $1 where number = $2', [
      time,
      number,
    ]);
    return number;
  }

  const named = (papers: readonly Paper[]): string[] =>
    papers.map(({ kind, number }) => `${kind} ${number}`);

  it('begin with its first and end with its last millisecond in UTC', async () => {
    await invoiceAt('2025-12-31T23:59:59.999Z');
    const first = await invoiceAt('2026-01-01T00:00:00.000Z');
    const last = await invoiceAt('2026-01-31T23:59:59.999Z');
    await invoiceAt('2026-02-01T00:00:00.000Z');
    const { items } = await listPapers(database, JANUARY, { limit: 10 });
    assert.deepEqual(named(items), [`invoice ${first}`, `invoice ${last}`]);
  });

  it('come in the order of time, each with what it is about', async () => {
    const invoice = await invoiceAt('2026-01-05T10:00:00Z');
    const note = await creditNoteAt('2026-01-06T10:00:00Z', invoice);
    const [issued, corrected] = (await listPapers(database, JANUARY, { limit: 10 })).items;
    assert.deepEqual(issued, {
      kind: 'invoice',
      number: invoice,
      printed: `INV-${String(invoice).padStart(6, '0')}`,
      orderId: 'ord_2026-01-05T10:00:00Z',
      refundId: null,
      corrects: null,
      correctsPrinted: null,
      customerId: INVOICE.customerId,
      amountMinor: INVOICE.amountMinor,
      discountMinor: null,
      currency: 'INR',
      issuedAt: new Date('2026-01-05T10:00:00Z'),
    });
    assert.deepEqual(
      [corrected?.kind, corrected?.number, corrected?.refundId, corrected?.corrects],
      ['credit_note', note, 're_2026-01-06T10:00:00Z', invoice],
    );
  });

  it('are each on one page, also those of one millisecond and those that come between two pages', async () => {
    const time = '2026-01-10T00:00:00.123Z';
    const invoices = [await invoiceAt(time)];
    for (const order of ['a', 'b', 'c']) {
      const { number } = await issueInvoice(database, { ...INVOICE, orderId: order, key: order });
      await database.pool.query('update invoices set issued_at = $1 where number = $2', [
        time,
        number,
      ]);
      invoices.push(number);
    }
    const note = await creditNoteAt(time, invoices[0] ?? 0);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listPapers(database, JANUARY, { limit: 2, cursor });
      seen.push(...named(page.items));
      cursor = page.nextCursor ?? undefined;
      if (seen.length === 2) await invoiceAt('2026-01-20T00:00:00Z');
    } while (cursor !== undefined);
    const expected = [`credit_note ${note}`, ...invoices.map((number) => `invoice ${number}`)];
    assert.deepEqual(seen.slice(0, -1), expected);
    assert.equal(seen.length, 6);
    const all: Paper[] = [];
    for await (const paper of everyPaper(database, JANUARY)) all.push(paper);
    assert.deepEqual(named(all), seen);
  });
});
