import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type EInvoice, eCreditNote, eInvoice } from '../../src/invoices/electronic/e-invoice.ts';
import { netLines, unitPrice } from '../../src/invoices/electronic/net-lines.ts';
import { creditLines } from '../../src/money/line-items.ts';
import {
  creditNoteOf,
  EUROPEAN_SELLER,
  EVERY_KIND,
  invoiceWith,
  linesOf,
} from '../support/e-invoices.ts';
import { CREDIT_NOTE, INVOICE } from '../support/papers.ts';
import { ADDRESS } from '../support/people.ts';
import { holds } from '../support/property.ts';

function xmlOf(made: EInvoice): string {
  assert(made.status === 'made', JSON.stringify(made));
  return made.xml;
}

/** The texts of all elements of a name, in their order. */
function texts(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, 'g'))].map(
    ([, text = '']) => text,
  );
}

const sum = (amounts: readonly number[]): number => amounts.reduce((all, one) => all + one, 0);

describe('an electronic invoice', () => {
  it('says who sells what to whom, and that it is paid', () => {
    const xml = xmlOf(eInvoice(invoiceWith(linesOf())));
    assert.match(xml, /<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"/);
    assert.deepEqual(texts(xml, 'cbc:CustomizationID'), ['urn:cen.eu:en16931:2017']);
    assert.deepEqual(texts(xml, 'cbc:ID')[0], 'INV-000042');
    assert.deepEqual(texts(xml, 'cbc:IssueDate'), ['2026-01-26']);
    assert.deepEqual(texts(xml, 'cbc:InvoiceTypeCode'), ['380']);
    assert.deepEqual(texts(xml, 'cbc:RegistrationName'), [
      'Nacht &amp; Bücher &lt;GmbH&gt;',
      'Ada Lovelace',
    ]);
    assert.deepEqual(texts(xml, 'cbc:CompanyID'), ['DE123456789']);
    assert.deepEqual(texts(xml, 'cbc:IdentificationCode'), ['DE', 'US']);
    assert.deepEqual(texts(xml, 'cbc:PayableAmount'), ['0.00']);
    assert.deepEqual(texts(xml, 'cbc:PrepaidAmount'), texts(xml, 'cbc:TaxInclusiveAmount'));
  });

  it('has no character that XML cannot have', () => {
    const names = texts(xmlOf(eInvoice(invoiceWith(linesOf()))), 'cbc:Name');
    assert.equal(names[0], 'Book 门票 &amp; &lt;more&gt;');
  });

  it('has the sums of the invoice, and puts all that is exempt together', () => {
    const lines = linesOf();
    const xml = xmlOf(eInvoice(invoiceWith(lines)));
    const categories = [...xml.matchAll(/<cac:TaxSubtotal>[\s\S]*?<cbc:ID>(\w)</g)];
    assert.deepEqual(
      categories.map(([, category]) => category),
      ['S', 'S', 'Z', 'E'],
    );
    assert.deepEqual(texts(xml, 'cbc:TaxExemptionReason'), [
      'Article 132 of Directive 2006/112/EC; Article 135 of Directive 2006/112/EC',
    ]);
    assert.deepEqual(texts(xml, 'cbc:TaxInclusiveAmount'), [(lines.total / 100).toFixed(2)]);
    assert.deepEqual(texts(xml, 'cbc:AllowanceTotalAmount'), ['3.33']);
  });

  it('has prices without tax where the order has them with it', () => {
    const lineItems = [{ description: 'Mug', quantity: 3, unitAmount: 1_190, taxRate: '19' }];
    const lines = linesOf({ taxBehavior: 'inclusive', lineItems, discount: 0 });
    const xml = xmlOf(eInvoice(invoiceWith(lines)));
    assert.deepEqual(texts(xml, 'cbc:PriceAmount'), ['10.00']);
    assert.deepEqual(texts(xml, 'cbc:TaxableAmount'), ['30.00']);
  });

  it('is the same text for the same invoice', () => {
    assert.equal(xmlOf(eInvoice(invoiceWith(linesOf()))), xmlOf(eInvoice(invoiceWith(linesOf()))));
  });

  it('counts whole yen', () => {
    const xml = xmlOf(eInvoice(invoiceWith(linesOf(), { currency: 'JPY' })));
    assert(texts(xml, 'cbc:TaxAmount').every((text) => /^\d+$/.test(text)));
  });

  it('that cannot be made names all that is missing, and what to do', () => {
    const [country, vat, name, address] = ['SELLER_COUNTRY', 'SELLER_VAT_ID', 'name', 'address'];
    assert.deepEqual(
      eInvoice({ ...INVOICE, customerName: null, customerAddress: null, lines: null }),
      {
        status: 'incomplete',
        missing: [
          'its order has no lineItems: send them with new orders',
          `${country} was not set when it was issued: set it for new ones`,
          `${vat} was not set when it was issued: set it for new ones`,
          `its order has no customer.${name} that can be read: send it with new orders`,
          `its order has no customer.${address}: send it with new orders`,
        ],
      },
    );
  });

  const wrong: [string, Parameters<typeof invoiceWith>[1], RegExp][] = [
    ['in a currency of three decimals', { currency: 'KWD' }, /KWD has 3 decimals/],
    ['to the UK', { customerAddress: { ...ADDRESS, country: 'UK' } }, /United Kingdom is GB/],
    ['from the EL', { seller: { ...EUROPEAN_SELLER, country: 'EL' } }, /SELLER_COUNTRY was no/],
  ];
  for (const [what, changes, missing] of wrong)
    it(`${what} is not made, as no receiver would take it`, () => {
      const refused = eInvoice(invoiceWith(linesOf(), changes));
      assert(refused.status === 'incomplete');
      assert.equal(refused.missing.length, 1);
      assert.match(refused.missing[0] ?? '', missing);
    });
});

describe('an electronic credit note', () => {
  it('names its invoice, and has an item for each rate', () => {
    const xml = xmlOf(eCreditNote(creditNoteOf(linesOf(), 5_000)));
    assert.match(xml, /<CreditNote xmlns=/);
    assert.deepEqual(texts(xml, 'cbc:CreditNoteTypeCode'), ['381']);
    const reference = /<cac:InvoiceDocumentReference>\s*<cbc:ID>INV-000042</;
    assert.match(xml, reference);
    assert.deepEqual(texts(xml, 'cbc:TaxInclusiveAmount'), ['50.00']);
    assert.deepEqual(new Set(texts(xml, 'cbc:Name')), new Set(['Refund of INV-000042']));
  });

  it('leaves what was paid beyond the invoice to a note', () => {
    const lines = linesOf();
    const xml = xmlOf(eCreditNote(creditNoteOf(lines, lines.total + 100)));
    assert.deepEqual(texts(xml, 'cbc:TaxInclusiveAmount'), [(lines.total / 100).toFixed(2)]);
    assert.match(texts(xml, 'cbc:Note')[0] ?? '', /1\.00 EUR more are given back/);
  });

  it('is none where nothing of the invoice is given back, or the invoice has no lines', () => {
    const lines = linesOf();
    const credited = creditLines(lines, [creditLines(lines, [], lines.total)], 100);
    const refused = eCreditNote(creditNoteOf(lines, 100, { credited }));
    assert(refused.status === 'incomplete');
    assert.match(refused.missing[0] ?? '', /beyond the invoice/);
    assert.equal(eCreditNote(CREDIT_NOTE).status, 'incomplete');
  });
});

const anyLines = fc
  .record({
    taxBehavior: fc.constantFrom('inclusive' as const, 'exclusive' as const),
    lineItems: fc.array(
      fc.record({
        description: fc.constant('Book'),
        quantity: fc.integer({ min: 1, max: 50 }),
        unitAmount: fc.nat(100_000),
        taxRate: fc.constantFrom('0', '5.5', '7', '19', '8.1'),
      }),
      { minLength: 1, maxLength: 10 },
    ),
    off: fc.nat(100),
  })
  .map(({ off, ...given }) => {
    const { subtotal } = linesOf({ ...given, discount: 0 });
    return linesOf({ ...given, discount: Math.floor((subtotal * off) / 100) });
  });

describe('lines without tax', () => {
  holds(
    'less the discount of their rate are what its tax is charged on, exactly (BR-S-08)',
    fc.property(anyLines, (lines) => {
      const { lines: net, discounts } = netLines(lines);
      for (const [i, { taxRate, taxable }] of lines.taxes.entries()) {
        const own = net.filter((line) => line.taxRate === taxRate);
        assert.equal(sum(own.map((line) => line.net)) - (discounts[i] ?? 0), taxable);
      }
      assert(net.every((line) => line.net >= 0 && line.whole === line.net + line.discount));
    }),
  );

  holds(
    'cost per piece what comes to the line again',
    fc.property(fc.nat(10 ** 9), fc.integer({ min: 1, max: 10 ** 6 }), (whole, quantity) => {
      const price = Number(unitPrice(whole, quantity, 2));
      assert(Math.abs(price * quantity * 100 - whole) < 0.5);
    }),
  );

  it('cost per piece at least the digits of the currency, and more where they need them', () => {
    assert.deepEqual(
      [unitPrice(3_000, 3, 2), unitPrice(1_000, 3, 2), unitPrice(500, 2, 0), unitPrice(1, 3, 0)],
      ['10.00', '3.333333333333', '250', '0.3333333333'],
    );
    assert.equal(unitPrice(999_999_999_999, 1, 2), '9999999999.99');
  });

  it('are as many as those with it', () => {
    assert.equal(netLines(linesOf()).lines.length, EVERY_KIND.length);
  });
});
