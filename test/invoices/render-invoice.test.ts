import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { execa } from 'execa';
import { printable } from '../../src/invoices/amount-text.ts';
import { FIRST_LAYOUT } from '../../src/invoices/layouts.ts';
import { renderInvoice } from '../../src/invoices/render-invoice.ts';
import type { Invoice } from '../../src/store/effects/invoices.ts';
import { INVOICE } from '../support/papers.ts';
import { A4_FOOT, pagesOf, rowsBelow, textOf } from '../support/pdf.ts';
import { ADDRESS } from '../support/people.ts';

const IN_MANY_SCRIPTS: Partial<Invoice> = {
  customerName: 'आदित्य श्रीवास्तव',
  description:
    'Łódź · 两张门票 · 二枚のチケット · 티켓 두 장 · تذكرتان · שני כרטיסים · Δύο · Два · ਪੰਜਾਬੀ',
};

describe('an invoice as PDF', () => {
  it('is the same bytes for the same invoice, whenever it is rendered', async () => {
    const invoice = { ...INVOICE, ...IN_MANY_SCRIPTS };
    const first = await renderInvoice(invoice);
    const second = await renderInvoice({ ...invoice, issuedAt: new Date(INVOICE.issuedAt) });
    assert.equal(first.subarray(0, 5).toString(), '%PDF-');
    assert(first.equals(second));
  });

  it('is the same bytes in another process', async () => {
    const invoice = { ...INVOICE, ...IN_MANY_SCRIPTS };
    const script = `
      import { renderInvoice } from './src/invoices/render-invoice.ts';
      const invoice = JSON.parse(process.argv[1]);
      const pdf = await renderInvoice({ ...invoice, issuedAt: new Date(invoice.issuedAt) });
      process.stdout.write(pdf.toString('base64'));`;
    const flags = ['--import', 'tsx', '--input-type=module', '-e', script];
    const { stdout } = await execa(process.execPath, [...flags, JSON.stringify(invoice)]);
    assert(Buffer.from(stdout, 'base64').equals(await renderInvoice(invoice)));
  });

  it('is the bytes that an earlier release drew, where nothing was let off', async () => {
    const drawn = createHash('sha256')
      .update(await renderInvoice(INVOICE))
      .digest('hex');
    assert.equal(drawn, '280a9d623c3473e238ccc61a6a3d5262875ba97c4d520580796251548ec57746');
  });

  it('says what was due, what the gateway let off and what was paid', async () => {
    const pdf = await renderInvoice({ ...INVOICE, gateway: 'razorpay', discountMinor: 9_900 });
    const text = textOf(pdf);
    for (const part of [
      'Amount due',
      '1,299.00 INR',
      'Discount granted through razorpay',
      '-99.00 INR',
      'Amount paid, in full settlement',
      '1,200.00 INR',
    ])
      assert(text.includes(part), `${part} is missing from ${text}`);
    assert.equal(pagesOf(pdf.toString('latin1')), 1);
  });

  it('is one page, named by the number and dated when it was issued', async () => {
    const text = (await renderInvoice(INVOICE)).toString('latin1');
    assert.match(text, /\(Invoice INV-000042\)/);
    assert.match(text, /\(D:20260126100000Z\)/);
    assert.equal(pagesOf(text), 1);
  });

  it('says who pays whom how much for what, when and by which gateway', async () => {
    const text = textOf(await renderInvoice(INVOICE));
    for (const part of [
      'Night Books',
      'GSTIN 29ABCDE1234F1Z5',
      'INV-000042',
      '2026-01-26',
      'ord_1042',
      'cus_7',
      'Ada Lovelace',
      '510 Townsend St',
      '94103 San Francisco CA, US',
      'ada@example.com',
      'Two tickets',
      '1,299.00 INR',
      'sandbox',
    ])
      assert(text.includes(part), `${part} is missing from ${text}`);
  });

  it('prints every letter of any script in an embedded font, and no question mark', async () => {
    const pdf = await renderInvoice({ ...INVOICE, ...IN_MANY_SCRIPTS });
    const text = textOf(pdf);
    for (const part of ['Łódź', '两张门票', '二枚のチケット', '티켓', 'Δύο', 'Два'])
      assert(text.includes(part), `${part} is missing from ${text}`);
    // Shaped: one glyph may be several letters, and they may stand in another order.
    for (const letters of ['आदित्य', 'تذكرتان', 'כרטיסים', 'ਪੰਜਾਬੀ'])
      for (const letter of letters) assert(text.includes(letter), `${letter} is missing`);
    assert(!text.includes('?'));
    assert.doesNotMatch(pdf.toString('latin1'), /Helvetica/);
  });

  it('stays one page with the longest of everything', async () => {
    const line = '東京都千代田区'.repeat(28);
    const longest = await renderInvoice({
      ...INVOICE,
      orderId: 'o'.repeat(64),
      customerId: 'c'.repeat(128),
      customerName: line,
      customerAddress: { ...ADDRESS, line1: line, line2: line, city: line.slice(0, 100) },
      seller: { name: line, lines: Array.from({ length: 6 }, () => line) },
      description: '両'.repeat(500),
    });
    assert.equal(pagesOf(longest.toString('latin1')), 1);
    assert.equal(rowsBelow(longest, A4_FOOT).size, 1, 'something runs into the foot');
  });
});

describe('an invoice that was issued in the first layout', () => {
  const first: Invoice = {
    ...INVOICE,
    layout: FIRST_LAYOUT,
    customerName: null,
    customerAddress: null,
    seller: null,
    amountMinor: 4999,
  };

  it('is drawn as it was, in the same words', async () => {
    const words = wordsOf(await renderInvoice(first));
    for (const word of ['Payonce', 'INV-000042', 'cus_7', 'Two tickets', 'INR 49.99'])
      assert(words.includes(word), `${word} is missing from ${words.join(' | ')}`);
  });

  it('stays one page with the longest ids and without description and e-mail', async () => {
    const longest = await renderInvoice({
      ...first,
      orderId: 'o'.repeat(64),
      customerId: 'c'.repeat(64),
      email: null,
      description: null,
    });
    assert.equal(pagesOf(longest.toString('latin1')), 1);
  });

  it('keeps Western European letters and marks what its fonts do not know', () => {
    assert.equal(printable('Café “Zoë” – 5 €'), 'Café “Zoë” – 5 €');
    assert.equal(printable('a\u0000b\nc 票 ₹'), 'a?b c ? ?');
  });
});

/** The page's lines of text in the first layout: hexadecimal pieces with the kerning between them. */
function wordsOf(pdf: Buffer): string[] {
  const start = pdf.indexOf('stream\n') + 'stream\n'.length;
  const drawing = inflateSync(pdf.subarray(start, pdf.indexOf('endstream'))).toString('latin1');
  return [...drawing.matchAll(/\[(.*)\] TJ/g)].map(([, pieces = '']) => {
    const hex = [...pieces.matchAll(/<([0-9a-f]*)>/g)].map(([, piece]) => piece);
    return Buffer.from(hex.join(''), 'hex').toString('latin1').trim();
  });
}
