import assert from 'node:assert/strict';
import { creditLines, priceLines } from '../../src/money/line-items.ts';
import {
  issueCreditNote,
  listCreditNotes,
  type NewCreditNote,
} from '../../src/store/effects/credit-notes.ts';
import { issueInvoice, type NewInvoice, readInvoice } from '../../src/store/effects/invoices.ts';
import { NO_MONEY } from '../support/papers.ts';
import { PEOPLE } from '../support/people.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

describe('invoices', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());

  const invoice = (orderId: string, changes: Partial<NewInvoice> = {}): NewInvoice => ({
    orderId,
    epoch: 1,
    key: `${orderId}:issue_invoice:${changes.epoch ?? 1}`,
    customerId: 'cus_7',
    email: null,
    description: null,
    customerName: null,
    customerAddress: null,
    seller: null,
    lines: null,
    layout: 2,
    amountMinor: 4999,
    discountMinor: null,
    currency: 'INR',
    gateway: 'sandbox',
    ...changes,
  });

  it('have numbers without a gap when fifty are issued at once, some twice, some in vain', async () => {
    const orders = Array.from({ length: 50 }, (_, index) => `ord_${index}`);
    const isInVain = (index: number) => index % 10 === 9;
    const issuing = orders.flatMap((orderId, index) => {
      const wanted = invoice(orderId, isInVain(index) ? { amountMinor: -1 } : {});
      return index % 3 === 0 ? [wanted, wanted] : [wanted];
    });
    const results = await Promise.allSettled(issuing.map((one) => issueInvoice(database, one)));
    const issued = results.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    const numbers = new Set(issued.map(({ number }) => number));
    assert.deepEqual(
      [...numbers].toSorted((a, b) => a - b),
      Array.from({ length: 45 }, (_, index) => index + 1),
    );
    assert.equal(new Set(issued.map(({ orderId }) => orderId)).size, 45);
  });

  it('are issued once for an order and epoch: a repeat gets the stored one', async () => {
    const first = await issueInvoice(database, invoice('ord_1'));
    const again = await issueInvoice(database, invoice('ord_1', { amountMinor: 1 }));
    assert.deepEqual(again, first);
    assert.equal((await issueInvoice(database, invoice('ord_2'))).number, 2);
  });

  it('keep who sold, whom, and the layout, as they were when they were issued', async () => {
    const { customer } = PEOPLE;
    const issued = {
      customerName: customer.name,
      customerAddress: customer.address,
      seller: { name: 'भारत पुस्तक भंडार', lines: ['GSTIN 29ABCDE1234F1Z5'] },
      layout: 2,
    };
    await issueInvoice(database, invoice('ord_1', issued));
    const { customerName, customerAddress, seller, layout } =
      (await readInvoice(database, 'ord_1')) ?? {};
    assert.deepEqual({ customerName, customerAddress, seller, layout }, issued);
  });

  it('of a release that knew one layout are in that one', async () => {
    await database.pool.query(`insert into invoices
      (number, order_id, epoch, key, customer_id, amount_minor, currency, gateway)
      values (1, 'ord_1', 1, 'ord_1:issue_invoice:1', 'cus_7', 4999, 'INR', 'sandbox')`);
    assert.equal((await readInvoice(database, 'ord_1'))?.layout, 1);
  });

  it('are read by order, the latest epoch first', async () => {
    assert.equal(await readInvoice(database, 'ord_1'), null);
    await issueInvoice(database, invoice('ord_1'));
    await issueInvoice(database, invoice('ord_1', { epoch: 2 }));
    assert.deepEqual((await readInvoice(database, 'ord_1'))?.epoch, 2);
  });

  it('with lines are credited for no more than they are by refunds that meet, one of them twice', async () => {
    const lineItems = [
      { description: 'Book', quantity: 1, unitAmount: 10_700, taxRate: '7' },
      { description: 'Mug', quantity: 1, unitAmount: 11_900, taxRate: '19' },
    ];
    const lines = priceLines({ taxBehavior: 'inclusive', lineItems, discount: 0 });
    const amountMinor = lines.total;
    const { number } = await issueInvoice(database, invoice('ord_1', { lines, amountMinor }));
    const other = await issueInvoice(database, invoice('ord_1', { epoch: 2, lines, amountMinor }));
    const note = (refundId: string, invoiceNumber = number): NewCreditNote => ({
      ...{ orderId: 'ord_1', refundId, key: refundId, customerId: 'cus_7', invoiceNumber },
      ...{ email: null, customerName: null, customerAddress: null, seller: null, lines },
      ...{ amountMinor: 3_333, currency: 'INR', money: NO_MONEY },
    });
    const refunds = ['re_1', 're_2', 're_2', 're_3', 're_4', 're_5', 're_6', 're_7'];
    await Promise.all(refunds.map((refundId) => issueCreditNote(database, note(refundId))));
    await issueCreditNote(database, note('re_8', other.number));
    const notes = await listCreditNotes(database, 'ord_1');
    assert.deepEqual(
      notes.map((one) => one.number),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    const creditedOf = (of: number) =>
      notes.filter((one) => one.invoiceNumber === of).flatMap(({ credited }) => credited ?? []);
    const tax = (of: number): number =>
      creditedOf(of).reduce(
        (all, { taxes }) => all + taxes.reduce((sum, one) => sum + one.tax, 0),
        0,
      );
    assert.equal(tax(number), 2_600);
    assert.equal(
      creditedOf(number).reduce((all, { beyond }) => all + beyond, 0),
      7 * 3_333 - lines.total,
    );
    assert.equal(
      tax(other.number),
      creditLines(lines, [], 3_333).taxes.reduce((all, one) => all + one.tax, 0),
    );
  });

  describe('with lines, whose money went back', () => {
    const lineItems = [{ description: 'Mug', quantity: 1, unitAmount: 11_900, taxRate: '19' }];
    const lines = priceLines({ taxBehavior: 'inclusive', lineItems, discount: 0 });
    type Status = 'succeeded' | 'reversed';

    /** Credit notes one after the other, each with what the record says by then. */
    async function credited(
      settledMinor: number,
      notes: { amount: number; refunds?: Record<string, Status>; uncorrected?: string }[],
    ): Promise<[tax: number, beyond: number][]> {
      const { number } = await issueInvoice(
        database,
        invoice('ord_1', { lines, amountMinor: lines.total }),
      );
      for (const [i, { amount, refunds = {}, uncorrected = '' }] of notes.entries())
        await issueCreditNote(database, {
          ...{ orderId: 'ord_1', refundId: `re_${i}`, key: `key_${i}`, customerId: 'cus_7' },
          ...{ email: null, customerName: null, customerAddress: null, seller: null, lines },
          ...{ invoiceNumber: number, amountMinor: amount, currency: 'INR' },
          money: {
            settledMinor,
            refunds: Object.entries(refunds).map(([refundId, status]) => ({
              ...{ refundId, status, amountMinor: 5_000 },
            })),
            corrected: new Set(Object.keys(refunds).filter((id) => id !== uncorrected)),
          },
        });
      return (await listCreditNotes(database, 'ord_1')).map((note) => [
        note.credited?.taxes.reduce((all, { tax }) => all + tax, 0) ?? 0,
        note.credited?.beyond ?? 0,
      ]);
    }

    it('keep the tax of a sale that stands: what was paid twice goes back first', async () => {
      const paidTwice = 2 * lines.total;
      const notes = [{ amount: lines.total }, { amount: 5_000 }, { amount: lines.total - 5_000 }];
      const [first, second, third] = await credited(paidTwice, notes);
      assert.deepEqual(first, [0, lines.total]);
      assert.deepEqual([second?.[1], third?.[1]], [0, 0]);
      assert.equal((second?.[0] ?? 0) + (third?.[0] ?? 0), 1_900);
    });

    it('give no tax back a second time where a refund came back and goes out again', async () => {
      const bounced = { re_0: 'reversed' } as const;
      const [first, again, rest] = await credited(lines.total, [
        { amount: 3_000 },
        { amount: 3_000, refunds: bounced },
        { amount: lines.total - 3_000, refunds: bounced },
      ]);
      assert.deepEqual([first?.[1], again], [0, [0, 3_000]]);
      assert.equal((first?.[0] ?? 0) + (rest?.[0] ?? 0), 1_900);
    });

    it('have tax of their invoice where other money had gone back before there was one', async () => {
      const before = { re_early: 'succeeded' } as const;
      const notes = [{ amount: lines.total, refunds: before, uncorrected: 're_early' }];
      assert.deepEqual(await credited(lines.total + 5_000, notes), [[1_900, 0]]);
    });
  });

  it('are corrected by credit notes with a series of their own, one for a refund', async () => {
    const { number } = await issueInvoice(database, invoice('ord_1'));
    const note = (refundId: string): NewCreditNote => ({
      orderId: 'ord_1',
      refundId,
      key: `ord_1:issue_credit_note:${refundId}`,
      customerId: 'cus_7',
      invoiceNumber: number,
      email: null,
      customerName: null,
      customerAddress: null,
      seller: null,
      lines: null,
      money: NO_MONEY,
      amountMinor: 100,
      currency: 'INR',
    });
    const repeated = await Promise.all(
      Array.from({ length: 20 }, () => issueCreditNote(database, note('re_1'))),
    );
    assert.deepEqual(new Set(repeated.map((one) => one.number)), new Set([1]));
    await issueCreditNote(database, note('re_2'));
    assert.deepEqual(
      (await listCreditNotes(database, 'ord_1')).map((one) => [one.number, one.refundId]),
      [
        [1, 're_1'],
        [2, 're_2'],
      ],
    );
  });
});
