import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { printable } from '../../src/invoices/amount-text.ts';
import { renderInvoice } from '../../src/invoices/render-invoice.ts';
import type { Invoice } from '../../src/store/invoices.ts';

const INVOICE: Invoice = {
  number: 42,
  orderId: 'ord_1042',
  epoch: 1,
  key: 'ord_1042:issue_invoice:1',
  customerId: 'cus_7',
  email: 'ada@example.com',
  description: 'Two tickets',
  amountMinor: 4999,
  currency: 'INR',
  gateway: 'sandbox',
  issuedAt: new Date('2026-01-26T10:00:00Z'),
};

describe('an invoice as PDF', () => {
  it('is the same bytes for the same invoice, whenever it is rendered', async () => {
    const first = await renderInvoice(INVOICE);
    const second = await renderInvoice({ ...INVOICE, issuedAt: new Date(INVOICE.issuedAt) });
    assert.equal(first.subarray(0, 5).toString(), '%PDF-');
    assert(first.equals(second));
  });

  it('is one page, named by the number and dated when it was issued', async () => {
    const text = (await renderInvoice(INVOICE)).toString('latin1');
    assert.match(text, /\(Invoice INV-000042\)/);
    assert.match(text, /\(D:20260126100000Z\)/);
    assert.equal(pagesOf(text), 1);
  });

  it('says who pays whom how much for what, when and by which gateway', async () => {
    const words = wordsOf(await renderInvoice(INVOICE));
    for (const word of [
      'Payonce',
      'INV-000042',
      '2026-01-26',
      'ord_1042',
      'cus_7',
      'ada@example.com',
      'Two tickets',
      'INR 49.99',
      'sandbox',
    ])
      assert(words.includes(word), `${word} is missing from ${words.join(' | ')}`);
  });

  it('stays one page with the longest ids and without description and e-mail', async () => {
    const longest = await renderInvoice({
      ...INVOICE,
      orderId: 'o'.repeat(64),
      customerId: 'c'.repeat(64),
      email: null,
      description: null,
    });
    assert.equal(pagesOf(longest.toString('latin1')), 1);
  });
});

function pagesOf(pdf: string): number {
  return pdf.match(/\/Type \/Page\b/g)?.length ?? 0;
}

/** The page's lines of text: each is a list of hexadecimal pieces with the kerning between them. */
function wordsOf(pdf: Buffer): string[] {
  const start = pdf.indexOf('stream\n') + 'stream\n'.length;
  const drawing = inflateSync(pdf.subarray(start, pdf.indexOf('endstream'))).toString('latin1');
  return [...drawing.matchAll(/\[(.*)\] TJ/g)].map(([, pieces = '']) => {
    const hex = [...pieces.matchAll(/<([0-9a-f]*)>/g)].map(([, piece]) => piece);
    return Buffer.from(hex.join(''), 'hex').toString('latin1').trim();
  });
}

describe('a text on an invoice', () => {
  it('keeps Western European letters and marks what the fonts do not know', () => {
    assert.equal(printable('Café “Zoë” – 5 €'), 'Café “Zoë” – 5 €');
    assert.equal(printable('a\u0000b\nc 票 ₹'), 'a?b c ? ?');
  });
});
