/** The ten traps that make a reconciliation wrong by money, each with the numbers of a report. */
import assert from 'node:assert/strict';
import {
  razorpayReport,
  readLines,
  refusalOf,
  type StripeRow,
  stripeReport,
} from '../support/settlement-files.ts';
import { openSettlementWorld, type SettlementWorld } from '../support/settlement-world.ts';

const charge = (more: StripeRow = {}): StripeRow => ({
  balance_transaction_id: 'txn_1',
  gross: '120.00',
  fee: '3.78',
  net: '116.22',
  reporting_category: 'charge',
  source_id: 'ch_1',
  payment_intent_id: 'pi_1',
  automatic_payout_id: 'po_1',
  ...more,
});

function stripeApiPage(items: readonly object[]): string {
  return JSON.stringify({
    object: 'list',
    url: '/v1/balance_transactions',
    has_more: false,
    data: items.map((item) => ({
      object: 'balance_transaction',
      reporting_category: 'charge',
      type: 'charge',
      created: 1_769_421_600,
      source: { id: 'ch_1', object: 'charge', payment_intent: 'pi_1' },
      ...item,
    })),
  });
}

function razorpayApiPage(items: readonly object[]): string {
  return JSON.stringify({
    entity: 'collection',
    count: items.length,
    items: items.map((item) => ({
      type: 'payment',
      debit: 0,
      credit: 0,
      currency: 'INR',
      created_at: 1_769_421_600,
      settlement_id: 'setl_1',
      payment_id: null,
      dispute_id: null,
      notes: [],
      ...item,
    })),
  });
}

describe('a settlement report', () => {
  describe('trap 1, the unit depends on the source', () => {
    it('reads the same money in the API’s minor units and in the report’s decimals', async () => {
      const api = await readLines(
        stripeApiPage([{ id: 'txn_1', amount: 12_000, fee: 378, net: 11_622, currency: 'usd' }]),
      );
      const report = await readLines(stripeReport([charge()]));
      for (const { lines } of [api, report])
        assert.deepEqual(
          lines.map(({ grossMinor, feeMinor, netMinor }) => [grossMinor, feeMinor, netMinor]),
          [[12_000, 378, 11_622]],
        );
    });

    it('takes 500 Icelandic crowns of the Stripe API for 5, as the currency has no decimals', async () => {
      const { lines } = await readLines(
        stripeApiPage([{ id: 'txn_1', amount: 500, fee: 0, net: 500, currency: 'isk' }]),
      );
      assert.equal(lines[0]?.grossMinor, 5);
    });

    it('reads yen with and without decimals that are 0', async () => {
      const yen = { currency: 'jpy', fee: '0', net: '5000' };
      const { lines } = await readLines(
        stripeReport([
          charge({ ...yen, gross: '5000' }),
          charge({ ...yen, balance_transaction_id: 'txn_2', gross: '5000.00' }),
        ]),
      );
      assert.deepEqual(
        lines.map(({ grossMinor }) => grossMinor),
        [5000, 5000],
      );
    });
  });

  describe('trap 3, a fee that is not in the column of fees', () => {
    it('has the cost as the amount of its own row', async () => {
      const { lines } = await readLines(
        stripeReport([
          charge(),
          charge({
            balance_transaction_id: 'txn_2',
            reporting_category: 'fee',
            gross: '-0.50',
            fee: '0.00',
            net: '-0.50',
            payment_intent_id: '',
          }),
        ]),
      );
      const [, fee] = lines;
      assert.deepEqual(
        [fee?.kind, fee?.grossMinor, fee?.feeMinor, fee?.netMinor],
        ['fee', -50, 0, -50],
      );
    });
  });

  describe('trap 4, a fee with or without its tax', () => {
    it('is told apart by the format: 2.36 with tax in the API, 2.00 without in the CSV', async () => {
      const api = await readLines(
        razorpayApiPage([{ entity_id: 'pay_1', amount: 10_000, fee: 236, tax: 36, credit: 9764 }]),
      );
      const report = await readLines(
        razorpayReport([
          {
            transaction_entity: 'payment',
            entity_id: 'pay_1',
            amount: '100.00',
            'fee (exclusive tax)': '2.00',
            tax: '0.36',
            credit: '97.64',
          },
        ]),
      );
      for (const { lines } of [api, report])
        assert.deepEqual(
          lines.map(({ feeMinor, taxMinor, netMinor }) => [feeMinor, taxMinor, netMinor]),
          [[200, 36, 9764]],
        );
    });

    it('is refused where the wrong one of the two was applied', async () => {
      const file = razorpayApiPage([
        { entity_id: 'pay_1', amount: 10_000, fee: 236, tax: 36, credit: 9728 },
      ]);
      const { line, column } = await refusalOf(file);
      assert.deepEqual([line, column], [1, 'credit']);
    });

    it('is inside what a transfer takes', async () => {
      const { lines } = await readLines(
        razorpayApiPage([
          {
            entity_id: 'trf_1',
            type: 'transfer',
            amount: 100_000,
            fee: 296,
            tax: 46,
            debit: 100_296,
            payment_id: 'pay_1',
          },
        ]),
      );
      const [line] = lines;
      assert.deepEqual(
        [line?.grossMinor, line?.feeMinor, line?.taxMinor, line?.netMinor],
        [-100_000, 250, 46, -100_296],
      );
    });
  });

  describe('trap 5, a positive fee on a row that takes money', () => {
    it('is added to what is taken: a dispute of 50.00 with a fee of 15.00 costs 65.00', async () => {
      const { lines } = await readLines(
        stripeReport([
          charge({
            reporting_category: 'dispute',
            source_id: 'dp_1',
            gross: '-50.00',
            fee: '15.00',
            net: '-65.00',
          }),
        ]),
      );
      const [line] = lines;
      assert.deepEqual([line?.grossMinor, line?.feeMinor, line?.netMinor], [-5000, 1500, -6500]);
    });

    it('is refused as -35.00, which is the amount less the fee without its sign', async () => {
      const dispute = {
        reporting_category: 'dispute',
        source_id: 'dp_1',
        gross: '-50.00',
        fee: '15.00',
        net: '-35.00',
      };
      assert.equal((await refusalOf(stripeReport([charge(dispute)]))).column, 'net');
    });

    it('may be larger than the payment, which is a loss then', async () => {
      const { lines } = await readLines(
        stripeReport([charge({ gross: '0.11', fee: '0.14', net: '-0.03' })]),
      );
      assert.equal(lines[0]?.netMinor, -3);
    });
  });

  describe('trap 6, the direction of an amount and of its fee', () => {
    it('are two signs: a refund that gives a part of the fee back takes 48.55', async () => {
      const refund = {
        reporting_category: 'refund',
        source_id: 're_1',
        gross: '-50.00',
        fee: '-1.45',
        net: '-48.55',
      };
      const { lines } = await readLines(stripeReport([charge(refund)]));
      assert.deepEqual([lines[0]?.feeMinor, lines[0]?.netMinor], [-145, -4855]);
    });

    it('is in debit and credit, as the amount is always positive', async () => {
      const { lines } = await readLines(
        razorpayApiPage([
          { entity_id: 'adj_1', type: 'adjustment', amount: 1500, fee: 0, tax: 0, debit: 1500 },
          { entity_id: 'adj_2', type: 'adjustment', amount: 1012, fee: 0, tax: 0, credit: 1012 },
        ]),
      );
      assert.deepEqual(
        lines.map(({ grossMinor }) => grossMinor),
        [-1500, 1012],
      );
    });
  });

  describe('trap 9, the cut of the day', () => {
    it('takes 00:30 in Berlin for 23:30 of the day before in UTC', async () => {
      const { report } = await readLines(
        stripeReport([charge()]).replace('created_utc', 'created'),
        { zone: 'Europe/Berlin' },
      );
      assert.deepEqual([report.valueZone, report.bookZone], ['Europe/Berlin', 'Europe/Berlin']);
    });
  });

  describe('trap 10, the layer of text', () => {
    for (const gross of [
      '1.234,50',
      '104,13',
      '1,234.50',
      '1234.505',
      '٣',
      '0x10',
      '1e3',
      ' 1.00',
      '+1.00',
      '1.',
    ])
      it(`does not take ${gross} for a number`, async () => {
        assert.equal((await refusalOf(stripeReport([charge({ gross })]))).column, 'gross');
      });

    it('reads commas, quotation marks and line breaks of a description, and CRLF', async () => {
      const description = 'Two "front" tickets, for\nMay';
      const file = stripeReport([
        charge({ description }),
        charge({ balance_transaction_id: 'txn_2' }),
      ]);
      const { lines } = await readLines(file.replaceAll('\n', '\r\n'));
      assert.deepEqual(
        lines.map(({ netMinor }) => netMinor),
        [11_622, 11_622],
      );
      assert.equal(lines[1]?.fileLine, 4);
    });
  });
});

describe('a settlement report that is held against the books', () => {
  let world: SettlementWorld;
  beforeEach(async () => {
    world = await openSettlementWorld();
  });
  afterEach(() => world.close());

  const order = {
    orderId: 'ord_1',
    paymentId: 'pi_1',
    amountMinor: 12_000,
    currency: 'USD',
    gateway: 'stripe',
  };
  const kinds = async () => (await world.differences()).map(({ kind }) => kind);

  describe('trap 2, the payout’s own row', () => {
    const payout = (gross: string): StripeRow => ({
      balance_transaction_id: 'txn_p',
      reporting_category: 'payout',
      gross,
      net: gross,
      source_id: 'po_1',
      automatic_payout_id: 'po_1',
    });

    it('is not counted among its lines: 116.22 of lines are a payout of 116.22', async () => {
      await world.paidOrder(order);
      await world.import(stripeReport([charge(), payout('-116.22')]));
      assert.deepEqual(await kinds(), []);
      assert.deepEqual(await world.balance('bank'), { USD: 11_622 });
      assert.deepEqual(await world.balance('gateway_clearing:stripe'), {});
    });

    it('leaves the return of an older payout among the lines', async () => {
      await world.paidOrder(order);
      const returned: StripeRow = {
        balance_transaction_id: 'txn_r',
        reporting_category: 'payout_reversal',
        gross: '80.00',
        net: '80.00',
        source_id: 'po_old',
        automatic_payout_id: 'po_1',
      };
      await world.import(stripeReport([charge(), returned, payout('-196.22')]));
      assert.deepEqual(await kinds(), []);
      assert.deepEqual(await world.balance('bank'), { USD: 11_622 });
    });

    it('names a payout that does not add up', async () => {
      await world.paidOrder(order);
      await world.import(stripeReport([charge(), payout('-116.00')]));
      const [difference] = await world.differences();
      assert.deepEqual(
        [
          difference?.kind,
          difference?.reference,
          difference?.expectedMinor,
          difference?.foundMinor,
        ],
        ['payout', 'po_1', 11_600, 11_622],
      );
    });
  });

  it('trap 3: sees the cost of a fee of its own row, and the sales undiminished', async () => {
    await world.paidOrder(order);
    await world.import(
      stripeReport([
        charge(),
        {
          balance_transaction_id: 'txn_2',
          reporting_category: 'fee',
          gross: '-0.50',
          net: '-0.50',
        },
      ]),
    );
    assert.deepEqual(await world.balance('gateway_fees:stripe'), { USD: 428 });
    assert.deepEqual(await world.balance('order_receipts'), { USD: -12_000 });
  });

  it('trap 7: takes 0.70 between two days’ rates for a conversion, and not for a short refund', async () => {
    const euros = { ...order, amountMinor: 5000, currency: 'EUR' };
    await world.paidOrder(euros);
    await world.refund({ ...euros, refundId: 're_1' });
    await world.import(
      stripeReport([
        charge({
          gross: '54.10',
          fee: '0.00',
          net: '54.10',
          customer_facing_amount: '50.00',
          customer_facing_currency: 'eur',
        }),
        charge({
          balance_transaction_id: 'txn_2',
          reporting_category: 'refund',
          source_id: 're_1',
          gross: '-53.40',
          net: '-53.40',
          fee: '0.00',
          customer_facing_amount: '-50.00',
          customer_facing_currency: 'eur',
        }),
      ]),
    );
    assert.deepEqual(await kinds(), []);
    assert.deepEqual(await world.balance('currency_conversion'), { USD: -70 });
    assert.deepEqual(await world.balance('gateway_clearing:stripe'), { USD: 70 });
  });

  describe('trap 8, the same money on two rows', () => {
    it('leaves nothing of a reserve and its release', async () => {
      await world.paidOrder(order);
      const reserve = { reporting_category: 'risk_reserved_funds' };
      await world.import(
        stripeReport([
          charge(),
          { ...reserve, balance_transaction_id: 'txn_2', gross: '25.00', net: '25.00' },
          { ...reserve, balance_transaction_id: 'txn_3', gross: '-25.00', net: '-25.00' },
        ]),
      );
      assert.deepEqual(await kinds(), []);
      assert.deepEqual(await world.balance('reserves_held:stripe'), {});
    });

    it('takes the part that was not captured for no refund', async () => {
      await world.paidOrder({ ...order, amountMinor: 8000 });
      await world.import(
        stripeReport([
          charge(),
          charge({
            balance_transaction_id: 'txn_2',
            reporting_category: 'partial_capture_reversal',
            source_id: 're_1',
            gross: '-40.00',
            fee: '0.00',
            net: '-40.00',
          }),
        ]),
      );
      assert.deepEqual(await kinds(), []);
    });

    it('counts a line once that two reports have', async () => {
      await world.paidOrder(order);
      await world.import(stripeReport([charge({ automatic_payout_id: '' })]));
      const { report } = await world.import(stripeReport([charge()]));
      assert.deepEqual([report.lines, report.newLines], [1, 0]);
      assert.deepEqual(await world.balance('gateway_fees:stripe'), { USD: 378 });
    });
  });

  it('trap 9: books a row by the day of the report’s zone, and matches it by its payment alone', async () => {
    await world.paidOrder({ ...order, at: '2026-02-28T23:30:00Z' });
    const file = stripeReport([charge({ created_utc: '2026-03-01 00:30:00' })]).replace(
      'created_utc',
      'created',
    );
    const { report } = await world.import(file, { zone: 'Europe/Berlin' });
    assert.equal(report.firstDay, '2026-03-01');
    const { rows } = await world.database.pool.query('select occurred_at from settlement_lines');
    assert.equal(rows[0].occurred_at.toISOString(), '2026-02-28T23:30:00.000Z');
    assert.deepEqual(await kinds(), []);
  });

  it('trap 10: keeps the fee of a dispute that was won, unless a row gives it back', async () => {
    await world.paidOrder(order);
    await world.dispute({ ...order, disputeId: 'dp_1', status: 'won' });
    const dispute = { source_id: 'dp_1', fee: '0.00' };
    await world.import(
      stripeReport([
        charge(),
        charge({
          ...dispute,
          balance_transaction_id: 'txn_2',
          reporting_category: 'dispute',
          gross: '-120.00',
          fee: '15.00',
          net: '-135.00',
        }),
        charge({
          ...dispute,
          balance_transaction_id: 'txn_3',
          reporting_category: 'dispute_reversal',
          gross: '120.00',
          net: '120.00',
        }),
      ]),
    );
    assert.deepEqual(await kinds(), []);
    assert.deepEqual(await world.balance('gateway_fees:stripe'), { USD: 1878 });
    assert.deepEqual(await world.balance('disputes_held:stripe'), {});
  });
});
