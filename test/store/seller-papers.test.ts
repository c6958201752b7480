/** Papers of a seller with tax numbers, a picture, a footer and numbers of its own; and those of before. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { deflateSync } from 'node:zlib';
import type { Seller } from '../../src/domain/details.ts';
import { unfitLogo } from '../../src/invoices/logo.ts';
import { paperPdf } from '../../src/invoices/papers.ts';
import { renderCreditNote } from '../../src/invoices/render-credit-note.ts';
import { renderInvoice } from '../../src/invoices/render-invoice.ts';
import { findCreditNote, issueCreditNote } from '../../src/store/effects/credit-notes.ts';
import { issueInvoice, readInvoice } from '../../src/store/effects/invoices.ts';
import { listPapers } from '../../src/store/effects/papers.ts';
import { keepLogo, readLogo } from '../../src/store/effects/seller-logos.ts';
import { CREDIT_NOTE, INVOICE, NO_MONEY } from '../support/papers.ts';
import { pagesOf, textOf } from '../support/pdf.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

/** Of a release before there was any of this. */
const BEFORE = {
  invoice: '280a9d623c3473e238ccc61a6a3d5262875ba97c4d520580796251548ec57746',
};

const SELLER: Seller = {
  name: 'Night Books',
  lines: ['1 MG Road', 'Bengaluru 560001'],
  taxIds: ['GSTIN 29ABCDE1234F1Z5', 'PAN ABCDE1234F'],
  footer: ['Night Books Pvt Ltd · CIN U12345KA2020PTC123456', 'Payment terms: none'],
};

const NUMBERS = { prefix: 'NB/27-', digits: 6 };
const NOTE_NUMBERS = { prefix: 'NC/27-', digits: 4 };

function chunk(type: string, data: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  // Readers of PDF look at no checksum of a PNG.
  return Buffer.concat([length, Buffer.from(type, 'latin1'), data, Buffer.alloc(4)]);
}

/** A picture of one red pixel, or of another kind. */
function png({
  colorType = 2,
  interlace = 0,
  more = Buffer.alloc(0),
}: {
  colorType?: number;
  interlace?: number;
  more?: Buffer;
} = {}): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(1, 0);
  head.writeUInt32BE(1, 4);
  head.set([8, colorType, 0, 0, interlace], 8);
  const pixel = Buffer.from([0, 255, 0, 0, ...(colorType === 6 ? [255] : [])]);
  const parts = [chunk('IHDR', head), more, chunk('IDAT', deflateSync(pixel))];
  const signature = Buffer.from('89504e470d0a1a0a', 'hex');
  return Buffer.concat([signature, ...parts, chunk('IEND', Buffer.alloc(0))]);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('papers of a seller who has set more than a name', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());

  it('say tax numbers, footer and the number of the series', async () => {
    const invoice = { ...INVOICE, seller: SELLER, printed: 'NB/27-000042' };
    const pdf = await renderInvoice(invoice);
    const text = textOf(pdf);
    for (const part of [...(SELLER.taxIds ?? []), ...(SELLER.footer ?? []), 'NB/27-000042'])
      assert.ok(text.includes(part), `${part} is missing from ${text}`);
    assert.equal(pagesOf(pdf.toString('latin1')), 1);
  });

  it('show the picture, the same bytes each time', async () => {
    const logo = png();
    const invoice = { ...INVOICE, seller: { ...SELLER, logo: sha256(logo) } };
    const pdf = await renderInvoice(invoice, logo);
    assert.match(pdf.toString('latin1'), /\/Subtype \/Image/);
    assert.ok(pdf.equals(await renderInvoice(invoice, logo)));
  });

  it('are one page at their longest', async () => {
    const line = 'W'.repeat(200);
    const seller = {
      name: line,
      lines: Array.from({ length: 6 }, () => line),
      taxIds: Array.from({ length: 4 }, () => line),
      footer: Array.from({ length: 3 }, () => line),
    };
    const long = { seller, description: line.repeat(5), customerName: line };
    const logo = png();
    for (const pdf of [
      await renderInvoice({ ...INVOICE, ...long }, logo),
      await renderCreditNote({ ...CREDIT_NOTE, seller, customerName: line }, logo),
    ])
      assert.equal(pagesOf(pdf.toString('latin1')), 1);
  });

  it('leave those of before as they were, byte by byte', async () => {
    assert.equal(sha256(await renderInvoice(INVOICE)), BEFORE.invoice);
    assert.equal(INVOICE.printed, null);
  });

  it('are numbered without gaps over a change of the series, and found by what is printed', async () => {
    const { printed: _none, number: _number, issuedAt: _at, ...invoice } = INVOICE;
    const issue = (orderId: string, numbers?: typeof NUMBERS) =>
      issueInvoice(database, { ...invoice, orderId, key: orderId }, numbers);
    const first = await issue('ord_a');
    const second = await issue('ord_b', NUMBERS);
    assert.deepEqual([first.printed, second.printed], ['INV-000001', 'NB/27-000002']);
    assert.equal((await readInvoice(database, 'ord_b'))?.printed, 'NB/27-000002');
    const { printed: _p, invoicePrinted: _i, number: _n, issuedAt: _t, ...note } = CREDIT_NOTE;
    const asked = { ...note, lines: null, money: NO_MONEY, orderId: 'ord_b', invoiceNumber: 2 };
    const issued = await issueCreditNote(database, asked, NOTE_NUMBERS);
    assert.deepEqual([issued.printed, issued.invoicePrinted], ['NC/27-0001', 'NB/27-000002']);
    const found = await findCreditNote(database, asked);
    assert.ok(found);
    assert.match(textOf(await renderCreditNote(found)), /NB\/27-000002/);
    for (const printed of ['INV-000001', 'NB/27-000002', 'NC/27-0001'])
      assert.ok(await paperPdf(database, printed), `${printed} is not found`);
    for (const other of ['NB/27-000001', 'INV-000002', 'CN-000001', 'NB/27-2'])
      assert.equal(await paperPdf(database, other), null, other);
    const period = { from: '2000-01-01', to: '2999-12-31' };
    const { items } = await listPapers(database, period, { limit: 10 });
    assert.deepEqual(new Set(items.map(({ printed }) => printed)).size, 3);
    assert.equal(items.find(({ kind }) => kind === 'credit_note')?.correctsPrinted, 'NB/27-000002');
  });

  it('are found by their number alone where an older release has issued them', async () => {
    await database.pool.query(`update invoices set printed = null where order_id = 'ord_a'`);
    assert.ok(await paperPdf(database, 'INV-000001'));
  });

  it('keep the picture that they were issued with', async () => {
    const old = png();
    const logo = await keepLogo(database, old);
    await keepLogo(database, png({ more: chunk('tEXt', Buffer.from('newer')) }));
    assert.equal(await keepLogo(database, old), logo);
    const kept = await readLogo(database, { seller: { ...SELLER, logo } });
    assert.ok(kept?.equals(old));
    assert.equal(await readLogo(database, { seller: SELLER }), null);
    const lost = { ...SELLER, logo: '0'.repeat(64) };
    await assert.rejects(readLogo(database, { seller: lost }), /is gone/);
  });
});

describe('a picture for papers', () => {
  for (const [what, content, wrong] of [
    ['a plain PNG', png(), null],
    ['a JPEG', Buffer.from('ffd8ffe000104a46494600', 'hex'), null],
    ['a PNG with transparency', png({ colorType: 6 }), /without|background/],
    [
      'a PNG with one transparent color',
      png({ more: chunk('tRNS', Buffer.alloc(6)) }),
      /background/,
    ],
    ['an interlaced PNG', png({ interlace: 1 }), /interlac/],
    ['an SVG', Buffer.from('<svg/>'), /no PNG and no JPEG/],
    ['a large one', Buffer.alloc(300 * 1024), /300 KiB/],
  ] as const)
    it(`${wrong === null ? 'may be' : 'may not be'} ${what}`, () => {
      const reason = unfitLogo(content);
      if (wrong === null) assert.equal(reason, null);
      else assert.match(reason ?? '', wrong);
    });
});
