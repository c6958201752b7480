import assert from 'node:assert/strict';
import pg from 'pg';
import { type Entry, postEntry, trialBalance } from '../../src/store/effects/postings.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

describe('the books', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());

  const entry = (changes: Partial<Entry> = {}): Entry => ({
    key: 'ord_1:post_ledger:capture-pay_1',
    orderId: 'ord_1',
    kind: 'capture',
    reference: 'pay_1',
    debit: 'gateway_clearing:sandbox',
    credit: 'order_receipts',
    amountMinor: 4999,
    currency: 'INR',
    ...changes,
  });

  const insertSides = (sides: [side: string, amount: number, currency: string][]) =>
    database.pool.query(
      `insert into postings (key, side, account, amount_minor, currency, order_id, kind, reference)
       select 'k', side, 'a', amount, currency, 'ord_1', 'capture', 'r'
       from unnest($1::text[], $2::bigint[], $3::text[]) as t (side, amount, currency)`,
      [sides.map(([side]) => side), sides.map(([, a]) => a), sides.map(([, , c]) => c)],
    );

  const isRefused = (constraint: string) => (error: unknown) =>
    error instanceof pg.DatabaseError && error.constraint === constraint;

  it('hold an entry once, however often it is posted', async () => {
    await Promise.all(Array.from({ length: 20 }, () => postEntry(database, entry())));
    assert.deepEqual(await trialBalance(database), [
      {
        account: 'gateway_clearing:sandbox',
        currency: 'INR',
        debitMinor: 4999,
        creditMinor: 0,
        balanceMinor: 4999,
      },
      {
        account: 'order_receipts',
        currency: 'INR',
        debitMinor: 0,
        creditMinor: 4999,
        balanceMinor: -4999,
      },
    ]);
  });

  it('balance in every currency, and are read for one order', async () => {
    await postEntry(database, entry());
    await postEntry(database, entry({ key: 'k2', currency: 'USD' }));
    await postEntry(database, entry({ key: 'k3', orderId: 'ord_2', amountMinor: 1 }));
    const all = await trialBalance(database);
    for (const currency of ['INR', 'USD']) {
      const own = all.filter((balance) => balance.currency === currency);
      assert.equal(
        own.reduce((sum, { balanceMinor }) => sum + balanceMinor, 0),
        0,
      );
    }
    const one = await trialBalance(database, 'ord_2');
    assert.deepEqual(
      one.map(({ balanceMinor }) => balanceMinor),
      [1, -1],
    );
  });

  const unbalanced: [string, [string, number, string][]][] = [
    ['one side only', [['debit', 5, 'INR']]],
    [
      'sides of different amounts',
      [
        ['debit', 5, 'INR'],
        ['credit', 4, 'INR'],
      ],
    ],
    [
      'sides of different currencies',
      [
        ['debit', 5, 'INR'],
        ['credit', 5, 'USD'],
      ],
    ],
  ];
  for (const [what, sides] of unbalanced) {
    it(`refuse an entry with ${what}`, async () => {
      await assert.rejects(insertSides(sides), isRefused('postings_balance'));
      assert.deepEqual(await trialBalance(database), []);
    });
  }

  for (const change of [
    "delete from postings where side = 'debit'",
    "update postings set amount_minor = 1 where side = 'debit'",
    'delete from postings',
    'update postings set amount_minor = 1',
    'truncate postings',
  ])
    it(`refuse to ${change}`, async () => {
      await postEntry(database, entry());
      await assert.rejects(database.pool.query(change), isRefused('postings_immutable'));
      assert.equal((await trialBalance(database)).length, 2);
    });

  it('refuse an amount that is not positive', async () => {
    await assert.rejects(
      insertSides([
        ['debit', 0, 'INR'],
        ['credit', 0, 'INR'],
      ]),
      isRefused('postings_amount_positive'),
    );
  });
});
