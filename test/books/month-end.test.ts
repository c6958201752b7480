/** The month-end report: what closes a month, as data and as a PDF. */
import assert from 'node:assert/strict';
import { isClosed, type MonthEndReport, monthEndPdf } from '../../src/books/month-end.ts';
import { readBooksSettings } from '../../src/books/settings.ts';
import { trialBalanceOf } from '../../src/store/settlements/book-entries.ts';
import { listMonths } from '../../src/store/settlements/differences.ts';
import { readMonthEnd } from '../../src/store/settlements/month-end.ts';
import { pagesOf, textOf } from '../support/pdf.ts';
import { razorpayReport, stripeReport } from '../support/settlement-files.ts';
import { openSettlementWorld, type SettlementWorld } from '../support/settlement-world.ts';

const MONTH = '2026-01';
const DAYS = { from: '2026-01-01', to: '2026-01-31' };
const { chart } = readBooksSettings(undefined);

describe('the month-end report', function () {
  this.timeout(60_000);
  let world: SettlementWorld;
  before(async () => {
    world = await openSettlementWorld();
    const usd = { currency: 'USD', gateway: 'stripe', amountMinor: 12_000 };
    await world.paidOrder({ orderId: 'ord_1', paymentId: 'pi_1', ...usd });
    const paidOut = { automatic_payout_id: 'po_1' };
    const file = stripeReport([
      {
        ...{ balance_transaction_id: 'txn_1', gross: '120.00', fee: '3.78', net: '116.22' },
        ...{ reporting_category: 'charge', source_id: 'ch_1', payment_intent_id: 'pi_1' },
        ...paidOut,
      },
      {
        ...{ balance_transaction_id: 'txn_f', gross: '-2.00', net: '-2.00', source_id: '' },
        ...{ reporting_category: 'fee', ...paidOut },
      },
      {
        ...{ balance_transaction_id: 'txn_p', gross: '-114.22', net: '-114.22' },
        ...{ reporting_category: 'payout', source_id: 'po_1' },
      },
      {
        ...{ balance_transaction_id: 'txn_r', gross: '80.00', net: '80.00' },
        ...{ reporting_category: 'payout_reversal', source_id: 'po_0' },
      },
      {
        ...{ balance_transaction_id: 'txn_2', gross: '50.00', net: '50.00' },
        ...{ reporting_category: 'charge', source_id: 'ch_2', payment_intent_id: 'pi_stranger' },
      },
    ]);
    await world.import(file);
    const inr = { currency: 'INR', gateway: 'razorpay', amountMinor: 10_000 };
    await world.paidOrder({ orderId: 'ord_2', paymentId: 'pay_1', ...inr });
    const recon = razorpayReport([
      {
        ...{ transaction_entity: 'payment', entity_id: 'pay_1', amount: '100.00' },
        ...{ 'fee (exclusive tax)': '2.00', tax: '0.36', credit: '97.64' },
      },
    ]);
    await world.import(recon);
  });
  after(() => world.close());

  async function report(): Promise<MonthEndReport> {
    const { database } = world;
    const months = await listMonths(database);
    return {
      ...(await readMonthEnd(database, DAYS)),
      month: MONTH,
      isOver: true,
      accounts: await trialBalanceOf(database, DAYS),
      gateways: months.filter(({ month }) => month === MONTH),
      open: (await world.differences()).filter(({ month }) => month === MONTH),
    };
  }

  it('has the fees of each gateway, wherever its report shows them', async () => {
    const { fees } = await report();
    assert.deepEqual(
      fees.map(({ gateway, currency, feeMinor, taxMinor }) => [
        gateway,
        currency,
        feeMinor,
        taxMinor,
      ]),
      [
        ['razorpay', 'INR', 200, 36],
        ['stripe', 'USD', 578, 0],
      ],
    );
  });

  it('has the payouts with what they paid out, and those that came back', async () => {
    const { payouts } = await report();
    assert.deepEqual(
      payouts.map(({ gateway, payoutId, amountMinor, lines, kind }) => [
        ...[gateway, payoutId, amountMinor, lines, kind],
      ]),
      [
        ['razorpay', 'setl_1', 9_764, 1, 'sent'],
        ['stripe', 'po_0', 8_000, 0, 'returned'],
        ['stripe', 'po_1', 11_422, 2, 'sent'],
      ],
    );
  });

  it('is closed when nothing is open, and not before', async () => {
    const open = await report();
    assert.deepEqual(
      open.open.map(({ kind }) => kind),
      ['foreign_payment'],
    );
    assert.equal(isClosed(open), false);
    const gateways = open.gateways.map((gateway) => ({ ...gateway, open: 0 }));
    assert.equal(isClosed({ ...open, gateways }), true);
    assert.equal(isClosed({ ...open, gateways, isOver: false }), false);
  });

  it('is a PDF with all of it, the same bytes each time', async () => {
    const data = await report();
    const pdf = await monthEndPdf(data, { chart, sellerName: 'Night Books' });
    const text = textOf(pdf);
    for (const part of [
      'Month-end report 2026-01',
      'Night Books',
      'Not closed: 1 differences are open.',
      'Assets:Gateways:Stripe:Clearing',
      'foreign_payment',
      'setl_1',
      'po_0 (came back)',
      '114.22',
    ])
      assert.ok(text.includes(part), `${part} is missing from ${text}`);
    assert.ok(pdf.equals(await monthEndPdf(data, { chart, sellerName: 'Night Books' })));
  });

  it('goes on over as many pages as it takes', async () => {
    const data = await report();
    const [payout] = data.payouts;
    assert.ok(payout);
    const payouts = Array.from({ length: 200 }, (_, i) => ({ ...payout, payoutId: `po_${i}` }));
    const pdf = await monthEndPdf({ ...data, payouts }, { chart, sellerName: '' });
    const pages = pagesOf(pdf.toString('latin1'));
    assert.ok(pages >= 4, `${pages} pages`);
    const text = textOf(pdf);
    for (const part of ['po_0', 'po_199', `${pages} / ${pages}`])
      assert.ok(text.includes(part), `${part} is missing`);
  });
});
