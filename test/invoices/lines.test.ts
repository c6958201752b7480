import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { renderCreditNote } from '../../src/invoices/render-credit-note.ts';
import { renderInvoice } from '../../src/invoices/render-invoice.ts';
import { creditLines, type LineItem, priceLines } from '../../src/money/line-items.ts';
import type { Invoice } from '../../src/store/effects/invoices.ts';
import { CREDIT_NOTE, INVOICE } from '../support/papers.ts';
import { pagesOf, textOf } from '../support/pdf.ts';

const LINES: LineItem[] = [
  { description: 'Kniha', quantity: 2, unitAmount: 1_190, taxRate: '19', discount: 190 },
  { description: '门票', quantity: 1, unitAmount: 1_070, taxRate: '7' },
  {
    ...{ description: 'Course', quantity: 1, unitAmount: 5_000, taxRate: '0' },
    exemptionReason: 'Article 132 of Directive 2006/112/EC',
  },
];

function invoiceOf(taxBehavior: 'inclusive' | 'exclusive', lineItems = LINES): Invoice {
  const lines = priceLines({ taxBehavior, lineItems, discount: 100 });
  return { ...INVOICE, currency: 'EUR', lines, amountMinor: lines.total };
}

function assertSays(text: string, parts: readonly string[]): void {
  for (const part of parts) assert(text.includes(part), `${part} is missing from ${text}`);
}

describe('an invoice of an order with lines', () => {
  it('lists each with quantity, price, rate and amount, and says in what discounts they have', async () => {
    const text = textOf(await renderInvoice(invoiceOf('exclusive')));
    assertSays(text, ['QTY', 'UNIT PRICE', 'TAX', 'Kniha (discount 1.90 EUR)', '11.90', '21.90']);
    assertSays(text, ['门票', '10.70', '7 %', 'Subtotal', '82.60 EUR', 'Discount', '-1.00 EUR']);
  });

  it('adds the tax of each rate where prices are without it', async () => {
    const text = textOf(await renderInvoice(invoiceOf('exclusive')));
    assertSays(text, ['19 % tax on 21.64 EUR', '4.11 EUR', '7 % tax on 10.57 EUR', '0.74 EUR']);
    assertSays(text, ['Total, paid in full', '86.45 EUR']);
    assert(!text.includes('Includes'));
  });

  it('names the tax of each rate below the total where prices have it in them', async () => {
    const text = textOf(await renderInvoice(invoiceOf('inclusive')));
    assertSays(text, ['81.60 EUR', 'Includes 19 % tax on 18.18 EUR', '3.46 EUR']);
  });

  it('says why no tax is charged', async () => {
    const text = textOf(await renderInvoice(invoiceOf('inclusive')));
    assertSays(text, ['No tax is charged: Article 132 of Directive 2006/112/EC']);
  });

  it('has as many pages as its lines need, each numbered, with its sums on one of them', async () => {
    const many = Array.from({ length: 100 }, (_, i) => ({
      ...{ description: `Line ${i} ${'and more words '.repeat(9)}`, quantity: 1, unitAmount: 100 },
      taxRate: '19',
    }));
    const pdf = await renderInvoice(invoiceOf('exclusive', many));
    const pages = pagesOf(pdf.toString('latin1'));
    assert(pages > 5, `${pages} pages`);
    const text = textOf(pdf);
    assertSays(text, ['Line 0 ', 'Line 99 ', `1 / ${pages}`, `${pages} / ${pages}`]);
    assert.equal(text.split('DESCRIPTION').length - 1, pages, 'a page without its columns');
  });

  it('cuts no number, however long it is', async () => {
    const longest = { description: 'Ship', quantity: 1, unitAmount: 999_999_999_999 };
    const many = { description: 'Screw', quantity: 1_000_000, unitAmount: 1, taxRate: '0' };
    const invoice = invoiceOf('inclusive', [{ ...longest, taxRate: '88.8888' }, many]);
    const text = textOf(await renderInvoice(invoice));
    assertSays(text, ['9,999,999,999.99', '88.8888 %', '1000000']);
    assert(!text.includes('…'), text);
  });

  it('is the same bytes whenever it is drawn', async () => {
    const first = await renderInvoice(invoiceOf('inclusive'));
    assert(first.equals(await renderInvoice(invoiceOf('inclusive'))));
    const drawn = createHash('sha256').update(first).digest('hex');
    assert.equal(drawn, '34cd5d55c290e21e3eba2d1366bfaffc64284bb362c9d30443dcd80a1414492c');
  });
});

describe('a credit note of an order with lines', () => {
  it('takes back each rate, its tax, and what was paid beyond the invoice', async () => {
    const lines = priceLines({ taxBehavior: 'inclusive', lineItems: LINES, discount: 0 });
    const credited = creditLines(lines, [], lines.total + 300);
    const amountMinor = lines.total + 300;
    const note = { ...CREDIT_NOTE, currency: 'EUR', amountMinor, credited };
    const text = textOf(await renderCreditNote(note));
    assertSays(text, ['Refund of INV-000042', '19 % tax on 18.40 EUR', '3.50 EUR']);
    assertSays(text, ['Paid beyond INV-000042', '3.00', 'Total, refunded', '85.60 EUR']);
    assertSays(text, ['No tax is charged: Article 132 of Directive 2006/112/EC']);
  });

  it('leaves out rates of which nothing is left', async () => {
    const lines = priceLines({ taxBehavior: 'inclusive', lineItems: LINES, discount: 0 });
    const all = creditLines(lines, [], lines.total);
    const credited = creditLines(lines, [all], 300);
    const text = textOf(await renderCreditNote({ ...CREDIT_NOTE, amountMinor: 300, credited }));
    assert(!text.includes('Refund of'));
    assertSays(text, ['Paid beyond INV-000042']);
  });
});
