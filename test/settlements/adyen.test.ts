/** Adyen's settlement details: what its columns mean, and how a batch is held against the orders. */
import assert from 'node:assert/strict';
import { referenceOf } from '../../src/gateways/adyen/payloads.ts';
import { type AdyenRow, adyenReport, readLines, refusalOf } from '../support/settlement-files.ts';
import { openSettlementWorld, type SettlementWorld } from '../support/settlement-world.ts';

const ORDER = 'ord_1';
const owner = { orderId: ORDER, installationId: `ins_${'0a'.repeat(16)}`, attempt: 1 };
const PAYMENT = referenceOf({ ...owner, isManual: true });
const CAPTURED_BY_ITSELF = referenceOf({ ...owner, isManual: false });
const PSP_REFERENCE = 'PAYMENT000000001';
const CAPTURE = 'CAPTURE000000001';
const REFUND = 'REFUND0000000001';
const DISPUTE = 'DISPUTE000000001';
const BATCH = 'ShopECOM.7';

const OF_PAYMENT: AdyenRow = { 'Psp Reference': PSP_REFERENCE, 'Merchant Reference': PAYMENT };

const settled = (more: AdyenRow = {}): AdyenRow => ({
  ...OF_PAYMENT,
  Type: 'Settled',
  'Modification Reference': CAPTURE,
  'Gross Credit (GC)': '100.00',
  'Net Credit (NC)': '98.86',
  'Markup (NC)': '0.60',
  'Scheme Fees (NC)': '0.24',
  'Interchange (NC)': '0.30',
  'Payment Fees (NC)': '1.14',
  ...more,
});

const taken = (type: string, reference: string, more: AdyenRow = {}): AdyenRow => ({
  ...OF_PAYMENT,
  Type: type,
  'Modification Reference': reference,
  'Gross Debit (GC)': '100.00',
  'Net Debit (NC)': '100.00',
  ...more,
});

const given = (type: string, reference: string): AdyenRow => ({
  ...OF_PAYMENT,
  Type: type,
  'Modification Reference': reference,
  'Gross Credit (GC)': '100.00',
  'Net Credit (NC)': '100.00',
});

/** Money that is about no payment: blank amounts in whatever currency, and a text as reference. */
const own = (type: string, net: AdyenRow, text = ''): AdyenRow => ({
  Type: type,
  'Modification Reference': text,
  'Gross Currency': 'USD',
  ...net,
});

const lineOf = async (row: AdyenRow) => {
  const [line] = (await readLines(adyenReport([row]))).lines;
  assert.ok(line);
  return line;
};

const moneyOf = async (row: AdyenRow) => {
  const { grossMinor, feeMinor, netMinor, currency } = await lineOf(row);
  return [grossMinor, feeMinor, netMinor, currency];
};

describe('a settlement details report of Adyen', () => {
  it('has the fee in four columns, which a fifth only sums up', async () => {
    assert.deepEqual(await moneyOf(settled()), [10_000, 114, 9886, 'EUR']);
  });

  it('may have the commission in place of three of them', async () => {
    const commission = { 'Commission (NC)': '1.14', 'Markup (NC)': '', 'Scheme Fees (NC)': '' };
    const row = settled({ ...commission, 'Interchange (NC)': '' });
    assert.deepEqual(await moneyOf(row), [10_000, 114, 9886, 'EUR']);
  });

  it('adds the fee to what a chargeback takes', async () => {
    const row = taken('Chargeback', DISPUTE, { 'Markup (NC)': '7.50', 'Net Debit (NC)': '107.50' });
    assert.deepEqual(await moneyOf(row), [-10_000, 750, -10_750, 'EUR']);
  });

  it('has a payment that costs more than it brings in debit', async () => {
    const row = settled({
      'Gross Credit (GC)': '0.11',
      'Net Credit (NC)': '',
      'Net Debit (NC)': '1.03',
    });
    assert.deepEqual(await moneyOf(row), [11, 114, -103, 'EUR']);
  });

  it('has of a converted payment what the customer paid, and takes the net amount for true, as rates are shortened', async () => {
    const row = settled({
      'Gross Currency': 'INR',
      'Gross Credit (GC)': '9876.00',
      'Exchange Rate': '0.010',
    });
    const { grossMinor, netMinor, customerMinor, customerCurrency } = await lineOf(row);
    assert.deepEqual(
      [grossMinor, netMinor, customerMinor, customerCurrency],
      [10_000, 9886, 987_600, 'INR'],
    );
  });

  const idsOf = async (merchantReference: string) => {
    const row = settled({ 'Merchant Reference': merchantReference });
    const { paymentId, reference, orderHint } = await lineOf(row);
    return [paymentId, reference, orderHint];
  };

  it('names a payment by the reference that we gave it, and its order and its capture', async () => {
    assert.deepEqual(await idsOf(PAYMENT), [PAYMENT, CAPTURE, ORDER]);
  });

  it('has the payment’s own id for a capture that nobody asked for', async () => {
    const ids = [CAPTURED_BY_ITSELF, PSP_REFERENCE, ORDER];
    assert.deepEqual(await idsOf(CAPTURED_BY_ITSELF), ids);
  });

  it('names a payment of other software by Adyen’s id of it', async () => {
    assert.deepEqual(await idsOf(ORDER), [PSP_REFERENCE, PSP_REFERENCE, null]);
  });

  it('has refunds and disputes by the ids that their webhooks have', async () => {
    const { lines } = await readLines(
      adyenReport([
        taken('Refunded', REFUND),
        given('RefundedReversed', REFUND),
        taken('Chargeback', DISPUTE),
        given('ChargebackReversed', DISPUTE),
        taken('SecondChargeback', DISPUTE),
      ]),
    );
    assert.deepEqual(
      lines.map(({ kind, reference }) => [kind, reference]),
      [
        ['refund', REFUND],
        ['refund_failure', REFUND],
        ['dispute', DISPUTE],
        ['dispute_reversal', DISPUTE],
        ['dispute', `${DISPUTE}:second`],
      ],
    );
    assert.equal(new Set(lines.map(({ lineId }) => lineId)).size, lines.length);
  });

  it('has the day of the booking, not that of the payment', async () => {
    assert.equal((await lineOf(settled())).at, '2026-01-26 11:00:00');
    const without = ['Booking Date', 'Booking Date TimeZone'];
    const [line] = (await readLines(adyenReport([settled()], without))).lines;
    assert.equal(line?.at, '2026-01-25 09:00:00');
  });

  it('needs its zone to be named where its label is not that of Amsterdam', async () => {
    const file = adyenReport([settled({ 'Booking Date TimeZone': 'PST' })]);
    const { line, column } = await refusalOf(file);
    assert.deepEqual([line, column], [2, 'Booking Date TimeZone']);
    const { report } = await readLines(file, { zone: 'America/Los_Angeles' });
    assert.equal(report.valueZone, 'America/Los_Angeles');
  });

  const refused: readonly (readonly [string, AdyenRow, string])[] = [
    ['of an unknown type', settled({ Type: 'Unheard' }), 'Type'],
    ['with debit and credit', settled({ 'Gross Debit (GC)': '1.00' }), 'Gross Debit (GC)'],
    [
      'with a negative debit',
      taken('Refunded', REFUND, { 'Net Debit (NC)': '-1.00' }),
      'Net Debit (NC)',
    ],
    [
      'whose net amount is not the gross less its fees',
      settled({ 'Net Credit (NC)': '98.85' }),
      'Net Credit (NC)',
    ],
    ['of a refund that brings money', given('Refunded', REFUND), 'Gross Credit (GC)'],
    ['without a batch', settled({ 'Batch Number': '' }), 'Batch Number'],
  ];
  for (const [what, row, column] of refused)
    it(`stops at a row ${what}`, async () => {
      const error = await refusalOf(adyenReport([settled({ 'Modification Reference': 'X' }), row]));
      assert.deepEqual([error.line, error.column], [3, column]);
    });

  it('says what the unknown type is', async () => {
    const { reason } = await refusalOf(adyenReport([settled({ Type: 'Unheard' })]));
    assert.match(reason, /“Unheard”/);
  });
});

describe('a batch of Adyen that is held against the books', () => {
  let world: SettlementWorld;
  beforeEach(async () => {
    world = await openSettlementWorld();
  });
  afterEach(() => world.close());

  const order = {
    orderId: ORDER,
    paymentId: PAYMENT,
    captureId: CAPTURE,
    amountMinor: 10_000,
    currency: 'EUR',
    gateway: 'adyen',
  };
  const costs = own('Fee', { 'Net Debit (NC)': '2.50' }, 'Transaction Fees January 2026');
  const payout = (sent: string) =>
    own('MerchantPayout', { 'Net Debit (NC)': sent }, 'TX1234567890 batch 7, Shop');
  const found = async () =>
    (await world.differences()).map(({ kind, reference }) => [kind, reference]);

  it('agrees, and leaves the payout at the bank, its costs as fees and nothing in clearing', async () => {
    await world.paidOrder(order);
    await world.import(adyenReport([settled(), costs, payout('96.36')]));
    assert.deepEqual(await found(), []);
    assert.deepEqual(await world.balance('bank'), { EUR: 9636 });
    assert.deepEqual(await world.balance('gateway_fees:adyen'), { EUR: 364 });
    assert.deepEqual(await world.balance('gateway_clearing:adyen'), {});
  });

  it('shows a payout that is not what its rows add up to', async () => {
    await world.paidOrder(order);
    await world.import(adyenReport([settled(), costs, payout('97.36')]));
    assert.deepEqual(await found(), [['payout', BATCH]]);
  });

  it('carries what a batch owes to the next one, which has the number of its own', async () => {
    await world.paidOrder(order);
    await world.refund({ ...order, refundId: REFUND });
    await world.import(
      adyenReport([
        taken('Refunded', REFUND),
        own('Balancetransfer', { 'Net Credit (NC)': '100.00' }),
      ]),
    );
    const next = { 'Batch Number': '8' };
    await world.import(
      adyenReport([
        { ...settled(), ...next },
        { ...own('Balancetransfer', { 'Net Debit (NC)': '100.00' }), ...next },
      ]),
    );
    assert.deepEqual(await found(), []);
    assert.deepEqual(await world.balance('advances:adyen'), {});
  });

  it('shows a refund and a chargeback that the order does not know', async () => {
    await world.paidOrder(order);
    const unknown = [taken('Refunded', REFUND), taken('Chargeback', DISPUTE)];
    await world.import(adyenReport([settled(), ...unknown]));
    assert.deepEqual(
      new Set((await found()).map(([kind]) => kind)),
      new Set(['refund_missing', 'dispute_missing']),
    );
  });

  it('agrees with a dispute that was won and then lost for the second time', async () => {
    await world.paidOrder(order);
    await world.dispute({ ...order, disputeId: DISPUTE, status: 'won' });
    await world.dispute({ ...order, disputeId: `${DISPUTE}:second`, status: 'lost' });
    await world.import(
      adyenReport([
        settled(),
        taken('Chargeback', DISPUTE),
        given('ChargebackReversed', DISPUTE),
        taken('SecondChargeback', DISPUTE),
      ]),
    );
    assert.deepEqual(await found(), []);
    assert.deepEqual(await world.balance('disputes_held:adyen'), {});
  });

  it('is one import however often, and the same row in a file of several batches counts once', async () => {
    await world.paidOrder(order);
    const batch = [settled(), costs, payout('96.36')];
    await world.import(adyenReport(batch));
    assert.equal((await world.import(adyenReport(batch))).isNew, false);
    const later = own('DepositCorrection', { 'Net Debit (NC)': '1.00' });
    await world.import(adyenReport([{ ...later, 'Batch Number': '8' }, ...batch]));
    assert.deepEqual(await world.balance('bank'), { EUR: 9636 });
    assert.deepEqual(await world.balance('reserves_held:adyen'), { EUR: 100 });
  });
});
