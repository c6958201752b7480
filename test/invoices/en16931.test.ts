/** Electronic invoices as their receivers check them: by the schemas of UBL 2.1 and CEN's own rules. */
import assert from 'node:assert/strict';
import { eCreditNote, eInvoice } from '../../src/invoices/electronic/e-invoice.ts';
import { creditLines } from '../../src/money/line-items.ts';
import { creditNoteOf, invoiceWith, linesOf } from '../support/e-invoices.ts';
import { brokenRules, hasJava } from '../support/en16931.ts';

function xmlOf(made: ReturnType<typeof eInvoice>): string {
  assert(made.status === 'made', JSON.stringify(made));
  return made.xml;
}

describe('electronic invoices', function () {
  this.timeout(600_000);
  before(async function () {
    if (!(await hasJava())) this.skip();
  });

  it('break no rule of EN 16931, whatever is in them', async () => {
    const documents: Record<string, string> = {};
    for (const taxBehavior of ['inclusive', 'exclusive'] as const)
      for (const currency of ['EUR', 'JPY'] as const) {
        const lines = linesOf({ taxBehavior });
        const name = `${taxBehavior}-${currency}`;
        documents[`invoice-${name}`] = xmlOf(eInvoice(invoiceWith(lines, { currency })));
        const first = creditLines(lines, [], 4_321);
        const notes = {
          whole: creditNoteOf(lines, lines.total + 100, { currency }),
          part: creditNoteOf(lines, 4_321, { currency, credited: first }),
          rest: creditNoteOf(lines, lines.total - 4_321, {
            ...{ currency, credited: creditLines(lines, [first], lines.total - 4_321) },
          }),
        };
        for (const [part, note] of Object.entries(notes))
          documents[`${part}-${name}`] = xmlOf(eCreditNote(note));
      }
    const lineItems = [{ description: 'Sample', quantity: 1, unitAmount: 500, taxRate: '19' }];
    const free = linesOf({ taxBehavior: 'inclusive', lineItems, discount: 500 });
    documents.free = xmlOf(eInvoice(invoiceWith(free)));
    // No net comes to it: 0.02 and its tax are 0.02, 0.03 and its tax 0.04.
    const three = linesOf({
      taxBehavior: 'inclusive',
      lineItems: [{ description: 'Screw', quantity: 3, unitAmount: 1, taxRate: '19' }],
      discount: 0,
    });
    documents.three = xmlOf(eInvoice(invoiceWith(three)));
    const long = { name: 'x'.repeat(200), lines: Array.from({ length: 6 }, (_, i) => `Line ${i}`) };
    const seller = { ...long, country: 'GR', vatId: 'EL123456789' };
    const nobody = { email: null, customerAddress: { line1: 'Harbour', country: 'GR' } };
    documents.bare = xmlOf(eInvoice(invoiceWith(linesOf(), { seller, ...nobody })));
    assert.deepEqual(await brokenRules(documents), []);
  });

  it('that were changed by a cent are found out', async () => {
    const xml = xmlOf(eInvoice(invoiceWith(linesOf())));
    const changed = xml.replace(/(<cbc:PayableAmount[^>]*>)0\.00/, '$10.01');
    const broken = await brokenRules({ changed });
    assert.equal(broken.length, 1);
    assert.match(broken[0] ?? '', /^changed\.xml: BR-CO-16 /);
  });
});
