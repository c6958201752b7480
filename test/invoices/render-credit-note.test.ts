import assert from 'node:assert/strict';
import { renderCreditNote } from '../../src/invoices/render-credit-note.ts';
import type { CreditNote } from '../../src/store/credit-notes.ts';
import { pagesOf, textOf } from '../support/pdf.ts';
import { ADDRESS } from '../support/people.ts';

const NOTE: CreditNote = {
  number: 7,
  orderId: 'ord_1042',
  refundId: 're_1',
  key: 'ord_1042:issue_credit_note:re_1',
  customerId: 'cus_7',
  customerName: '王小明',
  customerAddress: ADDRESS,
  email: 'ada@example.com',
  seller: { name: 'Księgarnia Łódź', lines: ['NIP 1234567890'] },
  invoiceNumber: 42,
  amountMinor: 499_900,
  currency: 'HUF',
  issuedAt: new Date('2026-01-26T10:00:00Z'),
};

describe('a credit note as PDF', () => {
  it('says which invoice it corrects, by how much, and who is paid back', async () => {
    const pdf = await renderCreditNote(NOTE);
    const text = textOf(pdf);
    for (const part of ['CREDIT NOTE', 'CN-000007', 'INV-000042', 're_1', '王小明', '4,999.00 HUF'])
      assert(text.includes(part), `${part} is missing from ${text}`);
    assert(text.includes('Księgarnia Łódź'));
    assert.equal(pagesOf(pdf.toString('latin1')), 1);
  });

  it('is the same bytes for the same note', async () => {
    assert((await renderCreditNote(NOTE)).equals(await renderCreditNote({ ...NOTE })));
  });

  it('is drawn without an invoice, and without what older releases did not keep', async () => {
    const bare = { invoiceNumber: null, seller: null, customerName: null, customerAddress: null };
    const text = textOf(await renderCreditNote({ ...NOTE, ...bare, email: null }));
    assert(text.includes('Refund of order ord_1042'));
    assert(!text.includes('INV-'));
  });
});
