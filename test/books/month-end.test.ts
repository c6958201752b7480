/** The month-end report: what closes a month, as data and as a PDF. */
import assert from 'node:assert/strict';
import { missingText } from '../../src/books/missing-reports.ts';
import { isClosed, type MonthEndReport, monthEndPdf } from '../../src/books/month-end.ts';
import { readBooksSettings } from '../../src/books/settings.ts';
import { trialBalanceOf } from '../../src/store/settlements/book-entries.ts';
import { requestDay } from '../../src/store/settlements/days.ts';
import { judgeAgain, listMonths } from '../../src/store/settlements/differences.ts';
import { lockGateway, longTransaction } from '../../src/store/settlements/long-transaction.ts';
import { readMonthEnd } from '../../src/store/settlements/month-end.ts';
import { pagesOf, textOf } from '../support/pdf.ts';
import { razorpayReport, type StripeRow, stripeReport } from '../support/settlement-files.ts';
import { openSettlementWorld, type SettlementWorld, TERMS } from '../support/settlement-world.ts';

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
      ...(await readMonthEnd(database, DAYS, TERMS)),
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

  it('is closed when nothing is open and all reports are in, and not before', async () => {
    const open = await report();
    assert.deepEqual(
      open.open.map(({ kind }) => kind),
      ['foreign_payment'],
    );
    assert.equal(isClosed(open), false);
    const gateways = open.gateways.map((gateway) => ({ ...gateway, open: 0 }));
    assert.equal(isClosed({ ...open, missing: [] }), false);
    assert.equal(isClosed({ ...open, gateways }), false);
    assert.equal(isClosed({ ...open, gateways, missing: [] }), true);
    assert.equal(isClosed({ ...open, gateways, missing: [], isOver: false }), false);
  });

  it('is a PDF with all of it, the same bytes each time', async () => {
    const data = await report();
    const pdf = await monthEndPdf(data, { chart, sellerName: 'Night Books' });
    const text = textOf(pdf);
    for (const part of [
      'Month-end report 2026-01',
      'Night Books',
      'Not closed: 1 differences are open.',
      'Not closed: stripe is reported up to 2026-01-26, not to 2026-02-03.',
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

describe('the end of a month', function () {
  this.timeout(60_000);
  let world: SettlementWorld;
  beforeEach(async () => {
    world = await openSettlementWorld();
  });
  afterEach(() => world.close());

  const charged = (id: string, day: string, more: StripeRow = {}): StripeRow => ({
    ...{ balance_transaction_id: `txn_${id}`, created_utc: `${day} 10:00:00` },
    ...{ gross: '50.00', net: '50.00', reporting_category: 'charge' },
    ...{ source_id: `ch_${id}`, payment_intent_id: `pi_${id}` },
    ...more,
  });
  const reported = (...rows: StripeRow[]) =>
    world.import(stripeReport(rows), { acceptUnknown: true });
  const paid = (gateway: string, at: string) =>
    world.paidOrder({
      ...{ orderId: `ord_${gateway}`, paymentId: `pi_${gateway}`, amountMinor: 5_000 },
      ...{ currency: 'USD', gateway, at },
    });
  const asked = (gateway: string, day: string) =>
    requestDay(world.database, { gateway, day, requestedBy: 'test' });
  const stateOf = async (from = DAYS.from, to = DAYS.to) => {
    const { missing } = await readMonthEnd(world.database, { from, to }, TERMS);
    return missing.map((one) => missingText(one));
  };
  const payoutsOf = async (from: string, to: string) => {
    const { payouts } = await readMonthEnd(world.database, { from, to }, TERMS);
    return payouts.map(({ payoutId, day, amountMinor, lines }) => [
      ...[payoutId, day, amountMinor, lines],
    ]);
  };

  it('waits for a gateway until it is reported as far as a report may take', async () => {
    assert.deepEqual(await stateOf(), []);
    await paid('stripe', '2026-01-31T23:59:59Z');
    assert.deepEqual(await stateOf(), ['stripe is not reported yet']);
    await reported(charged('stripe', '2026-01-29'));
    assert.deepEqual(await stateOf(), ['stripe is reported up to 2026-01-29, not to 2026-02-03']);
    await reported(charged('2', '2026-02-02'));
    assert.deepEqual(await stateOf(), ['stripe is reported up to 2026-02-02, not to 2026-02-03']);
    await reported(charged('3', '2026-02-03'));
    assert.deepEqual(await stateOf(), []);
  });

  it('waits for no gateway at which nothing has moved in it', async () => {
    await paid('stripe', '2026-02-01T00:00:00Z');
    await paid('razorpay', '2025-12-31T23:59:59Z');
    assert.deepEqual(await stateOf(), []);
  });

  it('waits for each of its days that was asked for', async () => {
    await paid('stripe', '2026-01-12T10:00:00Z');
    await reported(charged('stripe', '2026-01-12'), charged('2', '2026-02-03'));
    assert.deepEqual(await stateOf(), []);
    for (const day of ['2026-01-14', '2026-01-13', '2026-02-01']) await asked('stripe', day);
    await asked('razorpay', '2026-01-20');
    assert.deepEqual(await stateOf(), [
      'razorpay is not reported yet',
      'stripe is reported up to 2026-02-03, without 2026-01-13, 2026-01-14',
    ]);
    await world.database.pool.query('update settlement_days set import_id = 1');
    assert.deepEqual(await stateOf(), []);
  });

  it('waits for nothing in a month in which no order has moved money', async () => {
    await asked('stripe', '2025-12-05');
    assert.deepEqual(await stateOf('2025-12-01', '2025-12-31'), []);
  });

  it('has a payout in one month alone, with its lines of the month before', async () => {
    const both = { automatic_payout_id: 'po_1' };
    const sent = { balance_transaction_id: 'txn_p', created_utc: '2026-02-02 10:00:00' };
    await reported(
      charged('1', '2026-01-30', both),
      charged('2', '2026-01-31', both),
      {
        ...sent,
        gross: '-100.00',
        net: '-100.00',
        reporting_category: 'payout',
        source_id: 'po_1',
      },
      // Of a payout whose own row no report has.
      charged('3', '2026-01-31', { automatic_payout_id: 'po_2' }),
      charged('4', '2026-02-03', { automatic_payout_id: 'po_2' }),
    );
    assert.deepEqual(await payoutsOf(DAYS.from, DAYS.to), []);
    assert.deepEqual(await payoutsOf('2026-02-01', '2026-02-28'), [
      ['po_1', '2026-02-02', 10_000, 2],
      ['po_2', '2026-02-03', 10_000, 2],
    ]);
  });

  it('does not wait for an import that goes on', async () => {
    await longTransaction(world.database, async (client) => {
      await lockGateway(client, 'stripe');
      await judgeAgain(world.database, 'stripe', TERMS, { patienceMs: 100 });
      const judged = await world.database.pool.query('select from settlement_judgements');
      assert.equal(judged.rowCount, 0);
    });
    await judgeAgain(world.database, 'stripe', TERMS, { patienceMs: 100 });
    const judged = await world.database.pool.query('select from settlement_judgements');
    assert.equal(judged.rowCount, 1);
  });
});
