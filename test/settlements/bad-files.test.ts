/** Files that are not what they should be: each is refused with its place, and nothing of it is repeated. */
import assert from 'node:assert/strict';
import { csv, razorpayReport, refusalOf, stripeReport } from '../support/settlement-files.ts';

const CHARGE = {
  balance_transaction_id: 'txn_1',
  gross: '100.00',
  fee: '3.78',
  net: '96.22',
  reporting_category: 'charge',
  source_id: 'ch_1',
  payment_intent_id: 'pi_1',
};

const PAYMENT = {
  transaction_entity: 'payment',
  entity_id: 'pay_1',
  amount: '100.00',
  'fee (exclusive tax)': '2.00',
  tax: '0.36',
  credit: '97.64',
};

const GOOD = stripeReport([CHARGE, { ...CHARGE, balance_transaction_id: 'txn_2' }]);

interface Refused {
  what: string;
  file: string | Buffer;
  line: number | null;
  column: string | null;
  says: RegExp;
}

const REFUSED: Refused[] = [
  { what: 'an empty file', file: '', line: null, column: null, says: /empty/ },
  {
    what: 'a header without rows',
    file: stripeReport([]),
    line: null,
    column: null,
    says: /no rows/,
  },
  {
    what: 'a file that is cut off within a number',
    file: GOOD.slice(0, GOOD.lastIndexOf('96.22') + 4),
    line: 3,
    column: null,
    says: /cut off/,
  },
  {
    what: 'a file that is cut off within quotation marks',
    file: `${GOOD.trimEnd()}"two\n`,
    line: 3,
    column: '14',
    says: /cut off/,
  },
  {
    what: 'a row with too few cells',
    file: `${GOOD}txn_3,2026-01-26 10:00:00\n`,
    line: 4,
    column: null,
    says: /number of cells/,
  },
  {
    what: 'the columns of no report',
    file: csv(['date', 'amount'], [['2026-01-26', '1.00']]),
    line: 1,
    column: null,
    says: /no report that is known/,
  },
  {
    what: 'the export of the Stripe Dashboard',
    file: csv(
      ['id', 'Type', 'Source', 'Amount', 'Fee'],
      [['txn_1', 'charge', 'ch_1', '104,13', '0']],
    ),
    line: 1,
    column: null,
    says: /Dashboard/,
  },
  {
    what: 'a report that was run without a column',
    file: stripeReport([CHARGE], ['payment_intent_id']),
    line: 1,
    column: 'payment_intent_id',
    says: /is missing/,
  },
  {
    what: 'a header with a column twice',
    file: csv(['gross', 'net', 'gross'], [['1', '1', '1']]),
    line: 1,
    column: 'gross',
    says: /twice/,
  },
  {
    what: 'a byte-order mark',
    file: `\uFEFF${GOOD}`,
    line: 1,
    column: '1',
    says: /byte-order mark/,
  },
  {
    what: 'UTF-16',
    file: Buffer.from(`\uFEFF${GOOD}`, 'utf16le'),
    line: 1,
    column: '1',
    says: /byte-order mark/,
  },
  {
    what: 'bytes that are not UTF-8',
    file: Buffer.concat([Buffer.from(GOOD), Buffer.from([0xff, 0x0a])]),
    line: 3,
    column: null,
    says: /not UTF-8/,
  },
  {
    what: 'decimal commas',
    file: stripeReport([{ ...CHARGE, gross: '1.234,50' }]),
    line: 2,
    column: 'gross',
    says: /comma/,
  },
  {
    what: 'decimal commas without a point',
    file: stripeReport([CHARGE, { ...CHARGE, fee: '104,13' }]),
    line: 3,
    column: 'fee',
    says: /comma/,
  },
  {
    what: 'more decimals than the currency has',
    file: stripeReport([{ ...CHARGE, currency: 'jpy' }]),
    line: 2,
    column: 'fee',
    says: /0 decimals that JPY has/,
  },
  {
    what: 'an amount that a spreadsheet has changed',
    file: stripeReport([{ ...CHARGE, gross: '1.23E+22' }]),
    line: 2,
    column: 'gross',
    says: /spreadsheet/,
  },
  {
    what: 'a currency that is unknown',
    file: stripeReport([{ ...CHARGE, currency: 'xxz' }]),
    line: 2,
    column: 'currency',
    says: /no currency/,
  },
  {
    what: 'a type that is unknown',
    file: stripeReport([CHARGE, { ...CHARGE, reporting_category: 'climate_order' }]),
    line: 3,
    column: 'reporting_category',
    says: /“climate_order” is not known/,
  },
  {
    what: 'an amount that does not follow from the others',
    file: stripeReport([{ ...CHARGE, net: '96.23' }]),
    line: 2,
    column: 'net',
    says: /gross amount less fee/,
  },
  {
    what: 'a refund that brings money',
    file: stripeReport([{ ...CHARGE, reporting_category: 'refund', source_id: 're_1' }]),
    line: 2,
    column: 'gross',
    says: /wrong sign/,
  },
  {
    what: 'a day that the calendar does not have',
    file: stripeReport([{ ...CHARGE, created_utc: '2026-02-30 10:00:00' }]),
    line: 2,
    column: 'created_utc',
    says: /no time/,
  },
  {
    what: 'a date that a spreadsheet has changed into a number',
    file: razorpayReport([{ ...PAYMENT, entity_created_at: '46048.41' }]),
    line: 2,
    column: 'entity_created_at',
    says: /spreadsheet/,
  },
  {
    what: 'a row that takes and brings money',
    file: razorpayReport([{ ...PAYMENT, debit: '1.00' }]),
    line: 2,
    column: 'debit',
    says: /both/,
  },
  {
    what: 'an answer of the API that is cut off',
    file: '{"entity":"collection","count":2,"items":[',
    line: null,
    column: null,
    says: /cut off/,
  },
  {
    what: 'an answer of the API with fewer items than it counts',
    file: JSON.stringify({ entity: 'collection', count: 1, items: [] }),
    line: null,
    column: 'count',
    says: /cut off/,
  },
  {
    what: 'one page of a longer list',
    file: JSON.stringify({
      object: 'list',
      url: '/v1/balance_transactions',
      has_more: true,
      data: [],
    }),
    line: null,
    column: 'has_more',
    says: /all of its pages/,
  },
];

describe('a settlement report', () => {
  for (const { what, file, line, column, says } of REFUSED)
    it(`is refused for ${what}`, async () => {
      const error = await refusalOf(file);
      assert.deepEqual([error.line, error.column], [line, column], error.message);
      assert.match(error.message, says);
    });

  it('is refused when it is not the format that was named', async () => {
    const error = await refusalOf(GOOD, { format: 'razorpay.recon_csv' });
    assert.deepEqual([error.line, error.column], [1, 'transaction_entity']);
  });

  it('is refused for a zone that does not exist', async () => {
    assert.match((await refusalOf(GOOD, { zone: 'Mars/Olympus' })).message, /zone/);
  });
});
