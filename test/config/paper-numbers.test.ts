/** How papers are numbered, as far as the settings may say. */
import assert from 'node:assert/strict';
import { numberPattern } from '../../src/config/formats.ts';
import { unfitPaperNumbers } from '../../src/config/paper-numbers.ts';

describe('the numbers of papers', () => {
  it('are a text and digits', () => {
    assert.deepEqual(numberPattern.parse('NB/27-######'), { prefix: 'NB/27-', digits: 6 });
    for (const wrong of [
      '######',
      'INV-',
      'INV-1####',
      'INV_####',
      'INV ####',
      `${'A'.repeat(21)}#`,
    ])
      assert.equal(numberPattern.safeParse(wrong).success, false, wrong);
  });

  const GST = { SELLER_TAX_IDS: 'GSTIN 29ABCDE1234F1Z5' };

  it('have at most sixteen characters where India’s GST asks for it, with room to grow', () => {
    assert.deepEqual(unfitPaperNumbers(GST), []);
    assert.deepEqual(unfitPaperNumbers({ ...GST, INVOICE_NUMBERS: 'NB/2627-######' }), []);
    const [problem] = unfitPaperNumbers({ ...GST, INVOICE_NUMBERS: 'NB/2026-27/######' });
    assert.match(problem ?? '', /^INVOICE_NUMBERS is too long: .* at most 16 characters/);
    const inAddress = { SELLER_ADDRESS: '1 MG Road|GSTIN 29ABCDE1234F1Z5' };
    assert.equal(
      unfitPaperNumbers({ ...inAddress, CREDIT_NOTE_NUMBERS: 'CREDIT-2027-####' }).length,
      1,
    );
  });

  it('may be longer elsewhere', () => {
    assert.deepEqual(unfitPaperNumbers({ INVOICE_NUMBERS: 'NIGHT-BOOKS-27/######' }), []);
  });

  it('tell invoices from credit notes, also from those of before', () => {
    const same = { INVOICE_NUMBERS: 'NB-####', CREDIT_NOTE_NUMBERS: 'NB-######' };
    assert.match(unfitPaperNumbers(same).join(), /would be called the same/);
    assert.match(unfitPaperNumbers({ INVOICE_NUMBERS: 'CN-####' }).join(), /CN-/);
    assert.match(unfitPaperNumbers({ CREDIT_NOTE_NUMBERS: 'INV-####' }).join(), /INV-/);
  });
});
