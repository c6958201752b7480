/** The file that BOOKS_FILE names. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { accountName, DEFAULT_CHART } from '../../src/books/chart.ts';
import { readBooksSettings } from '../../src/books/settings.ts';

describe('the settings of the books', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'payonce-test-'));
  after(() => rmSync(folder, { recursive: true }));

  function settingsOf(yaml: string) {
    const file = path.join(folder, 'books.yaml');
    writeFileSync(file, yaml);
    return readBooksSettings(file);
  }

  it('have a chart and no agreed fees where no file is named', () => {
    const { chart, terms } = readBooksSettings(undefined);
    assert.equal(accountName(chart, 'gateway_clearing:stripe'), 'Assets:Gateways:Stripe:Clearing');
    assert.deepEqual(terms, { fees: [], reportedWithinDays: 7 });
  });

  it('take the bookkeeper’s own names, and leave the others', () => {
    const { chart } = settingsOf('accounts:\n  bank: Assets:Checking:1200\n');
    assert.equal(chart.bank, 'Assets:Checking:1200');
    assert.equal(chart.order_receipts, DEFAULT_CHART.order_receipts);
  });

  it('take the fees that a gateway has agreed to, in its currency', () => {
    const { terms } = settingsOf(
      'fees:\n  - { gateway: stripe, currency: USD, percent: "2.9", fixed: "0.30" }\n',
    );
    assert.deepEqual(terms.fees, [
      { gateway: 'stripe', currency: 'USD', percent: '2.9', fixedMinor: 30, taxPercent: '0' },
    ]);
  });

  for (const [what, yaml, words] of [
    ['an account that we do not have', 'accounts: { cash: Assets:Cash }', /cash/],
    [
      'a name that Beancount cannot read',
      'accounts: { bank: bank account }',
      /accounts\.bank must be/,
    ],
    [
      'one name for two accounts',
      'accounts: { bank: Income:Orders }',
      /Income:Orders is there twice/,
    ],
    [
      'a percentage that is no exact decimal',
      'fees: [{ gateway: stripe, currency: USD, percent: 2.9 }]',
      /percent/,
    ],
    [
      'a currency that does not exist',
      'fees: [{ gateway: stripe, currency: XXZ, percent: "1" }]',
      /currency/,
    ],
  ] as const)
    it(`are refused for ${what}`, () => {
      assert.throws(() => settingsOf(yaml), words);
    });

  it('are refused where the file is not there', () => {
    assert.throws(
      () => readBooksSettings(path.join(folder, 'none.yaml')),
      /BOOKS_FILE .*cannot be used/,
    );
  });
});
