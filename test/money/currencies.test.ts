/** The one table of currencies, held against a kept copy of ISO 4217. */
import assert from 'node:assert/strict';
import currencyCodes from 'currency-codes';
import { orderText } from '../../src/cli/order-text.ts';
import { openLedger } from '../../src/domain/ledger.ts';
import { viewOf } from '../../src/domain/view.ts';
import { amountText } from '../../src/invoices/amount-text.ts';
import { renderCreditNote } from '../../src/invoices/render-credit-note.ts';
import { renderInvoice } from '../../src/invoices/render-invoice.ts';
import { CURRENCIES, isWithdrawn, minorDigits } from '../../src/money/currencies.ts';
import { decimalText, moneyText } from '../../src/money/text.ts';
import { checkoutPage } from '../../src/sandbox/http/checkout-page.ts';
import { workflowDetailsOf } from '../../src/workflows/details/workflow-details.ts';
import { TERMS } from '../support/order-events.ts';
import { CREDIT_NOTE, INVOICE } from '../support/papers.ts';
import { textOf } from '../support/pdf.ts';

const ISO = new Map(currencyCodes.data.map(({ code, digits }) => [code, digits]));

/** The package has ISO's list of 2024-06-25, which is the newest that it has had. */
const NOT_IN_THE_PACKAGE: Readonly<Record<string, string>> = {
  HRK: 'withdrawn before the list: Croatia has the euro since 2023',
  SLL: 'withdrawn before the list: SLE replaced it',
  ZWL: 'withdrawn after the list, and left out of it by the package',
  XCG: 'newer than the list: it replaced ANG in 2025',
};

/** ISO gives them no minor unit ("N.A."): gold, units of account, test codes. */
const WITHOUT_MINOR_UNIT = 'XAG XAU XBA XBB XBC XBD XDR XPD XPT XSU XTS XUA XXX'.split(' ');

describe('the table of currencies', () => {
  it('has every currency of ISO 4217 that has a minor unit, with its digits', () => {
    const expected = [...ISO]
      .filter(([code]) => !WITHOUT_MINOR_UNIT.includes(code))
      .map(([code, digits]) => [code, digits]);
    assert.deepEqual(
      expected.map(([code]) => [code, minorDigits(String(code))]),
      expected,
    );
  });

  it('has no other currency, save those that are named here with the reason', () => {
    const others = CURRENCIES.filter((code) => !ISO.has(code));
    assert.deepEqual(new Set(others), new Set(Object.keys(NOT_IN_THE_PACKAGE)));
  });

  it('has none of the codes that ISO 4217 gives no minor unit', () => {
    assert.deepEqual(
      WITHOUT_MINOR_UNIT.filter((code) => minorDigits(code) !== null),
      [],
    );
  });

  for (const [code, day] of [
    ['HRK', '2023-01-01'],
    ['SLL', '2024-04-01'],
    ['ZWL', '2024-09-01'],
    ['ANG', '2025-07-01'],
    ['CUC', '2021-07-01'],
    ['BGN', '2026-01-01'],
  ] as const)
    it(`withdraws ${code} from new orders on ${day}, and still prints it`, () => {
      assert.equal(isWithdrawn(code, Date.parse(day) - 1), false);
      assert.equal(isWithdrawn(code, Date.parse(day)), true);
      assert.equal(moneyText(4999, code), `49.99 ${code}`);
    });

  it('withdraws nothing else', () => {
    const farAway = Date.parse('2100-01-01');
    const withdrawn = CURRENCIES.filter((code) => isWithdrawn(code, farAway));
    assert.deepEqual(withdrawn, ['ANG', 'BGN', 'CUC', 'HRK', 'SLL', 'ZWL']);
  });
});

describe('an amount as people read it', () => {
  const cases: [number, string, string][] = [
    [129900, 'INR', '1,299.00 INR'],
    [499900, 'HUF', '4,999.00 HUF'],
    [120000000, 'IDR', '1,200,000.00 IDR'],
    [150000000, 'COP', '1,500,000.00 COP'],
    [250000, 'IQD', '250.000 IQD'],
    [123456789, 'USD', '1,234,567.89 USD'],
    [500, 'JPY', '500 JPY'],
    [1234, 'KWD', '1.234 KWD'],
    [5, 'EUR', '0.05 EUR'],
    [0, 'EUR', '0.00 EUR'],
    [-1299, 'EUR', '-12.99 EUR'],
    [1, 'UYW', '0.0001 UYW'],
    [Number.MAX_SAFE_INTEGER, 'EUR', '90,071,992,547,409.91 EUR'],
    [4999, 'ZZZ', '4,999 minor units of ZZZ'],
  ];
  for (const [amountMinor, currency, text] of cases)
    it(`of ${amountMinor} ${currency} is ${text}`, () => {
      assert.equal(moneyText(amountMinor, currency), text);
    });
});

describe('for every currency', function () {
  this.timeout(120_000);

  /** Enough digits for a group and four decimals. */
  const AMOUNT_MINOR = 123_456_789;

  type Write = (amountMinor: number, currency: string) => string | Promise<string>;

  const writers: Record<string, Write> = {
    'an invoice of the first layout': amountText,
    'a checkout page': (amountMinor, currency) =>
      checkoutPage({
        id: 'sbx_pay_1',
        orderId: 'ord_1',
        metadata: {},
        amountMinor,
        currency,
        status: 'created',
        createdAt: '2026-01-01T00:00:00Z',
        capture: 'automatic',
        authorizedUntil: null,
        captures: [],
        refunds: [],
        disputes: [],
      }),
    'a new invoice': async (amountMinor, currency) =>
      textOf(await renderInvoice({ ...INVOICE, amountMinor, currency })),
    'a credit note': async (amountMinor, currency) =>
      textOf(await renderCreditNote({ ...CREDIT_NOTE, amountMinor, currency })),
    'the command line': (amountMinor, currency) =>
      orderText({
        ...viewOf(openLedger({ ...TERMS, amountMinor, currency })),
        payments: [],
        refunds: [],
        effects: [],
        metadata: {},
        lostRun: null,
      }),
    'the details of a workflow': (amountMinor, currency) =>
      workflowDetailsOf(openLedger({ ...TERMS, amountMinor, currency })),
  };

  /** A paper is drawn in a tenth of a second or two, so these are of one currency for each number of digits. */
  const PAPERS = ['a new invoice', 'a credit note'];
  const ONE_OF_EACH = [...new Map(CURRENCIES.map((code) => [minorDigits(code), code])).values()];

  for (const [name, write] of Object.entries(writers))
    it(`${name} has the digits of ISO 4217`, async () => {
      const wrong = [];
      for (const currency of PAPERS.includes(name) ? ONE_OF_EACH : CURRENCIES) {
        const decimals = decimalText(AMOUNT_MINOR, currency);
        const text = await write(AMOUNT_MINOR, currency);
        const found: string[] = text.match(/\d[\d,.]*\d/g) ?? [];
        const others = found.filter((one) => isMoney(one) && one !== decimals);
        if (!found.includes(decimals) || others.length > 0) wrong.push(currency);
      }
      assert.deepEqual(wrong, []);
    });

  /** The digits of the amount, however they are written. */
  function isMoney(text: string): boolean {
    return text.replaceAll(/[,.]/g, '') === String(AMOUNT_MINOR);
  }

  it('decimals are what ISO 4217 has, by arithmetic as well', () => {
    for (const [code, digits] of ISO) {
      if (minorDigits(code) === null) continue;
      const [, fraction = ''] = decimalText(AMOUNT_MINOR, code).split('.');
      assert.equal(fraction.length, digits, code);
      assert.equal(decimalText(AMOUNT_MINOR, code).replaceAll(/[,.]/g, ''), String(AMOUNT_MINOR));
    }
  });
});
