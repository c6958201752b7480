import assert from 'node:assert/strict';
import { renderCreditNote } from '../../src/invoices/render-credit-note.ts';
import { CREDIT_NOTE } from '../support/papers.ts';
import { pagesOf, textOf } from '../support/pdf.ts';

describe('a credit note as PDF', () => {
  it('says which invoice it corrects, by how much, and who is paid back', async () => {
    const pdf = await renderCreditNote(CREDIT_NOTE);
    const text = textOf(pdf);
    for (const part of ['CREDIT NOTE', 'CN-000007', 'INV-000042', 're_1', '王小明', '4,999.00 HUF'])
      assert(text.includes(part), `${part} is missing from ${text}`);
    assert(text.includes('Księgarnia Łódź'));
    assert.equal(pagesOf(pdf.toString('latin1')), 1);
  });

  it('is the same bytes for the same note', async () => {
    assert(
      (await renderCreditNote(CREDIT_NOTE)).equals(await renderCreditNote({ ...CREDIT_NOTE })),
    );
  });

  it('is drawn without an invoice, and without what older releases did not keep', async () => {
    const bare = { invoiceNumber: null, seller: null, customerName: null, customerAddress: null };
    const text = textOf(await renderCreditNote({ ...CREDIT_NOTE, ...bare, email: null }));
    assert(text.includes('Refund of order ord_1042'));
    assert(!text.includes('INV-'));
  });
});
