/** Whole months: a correct one has no difference, and in a wrong one all that was planted is found, and nothing else. */
import assert from 'node:assert/strict';
import { readBooksSettings } from '../../src/books/settings.ts';
import { checkBooks, trialBalanceOf } from '../../src/store/settlements/book-entries.ts';
import { listMonths } from '../../src/store/settlements/differences.ts';
import {
  FAULTS,
  type Fault,
  livedMonth,
  MONTH_TERMS,
  type MonthFiles,
} from '../support/settlement-month.ts';
import { openSettlementWorld, type SettlementWorld } from '../support/settlement-world.ts';

const SEEDS = [1, 20_260_131, 977];
const SALES = 40;

describe('a month of two gateways', function () {
  this.timeout(60_000);
  let world: SettlementWorld;
  beforeEach(async () => {
    world = await openSettlementWorld();
  });
  afterEach(() => world.close());

  async function reported(seed: number, faults: readonly Fault[]): Promise<MonthFiles> {
    const month = await livedMonth(world, { seed, sales: SALES, faults });
    const terms = MONTH_TERMS;
    await world.import(month.stripe, { terms });
    await world.import(month.razorpay, { terms, zone: 'UTC' });
    return month;
  }

  const found = async () =>
    new Set((await world.differences()).map(({ kind, reference }) => `${kind} ${reference}`));
  const named = ({ planted }: MonthFiles) =>
    new Set(planted.map(({ kind, reference }) => `${kind} ${reference}`));

  for (const seed of SEEDS) {
    it(`is closed when it is correct (seed ${seed})`, async () => {
      await reported(seed, []);
      assert.deepEqual(await world.differences(), []);
      const months = await listMonths(world.database);
      assert.deepEqual(
        months.map(({ month, gateway, open }) => [month, gateway, open]),
        [
          ['2026-01', 'razorpay', 0],
          ['2026-01', 'stripe', 0],
        ],
      );
    });

    it(`shows every difference that was planted, and no other (seed ${seed})`, async () => {
      const month = await reported(seed, FAULTS);
      const kinds = new Set(month.planted.map(({ kind }) => kind));
      assert.deepEqual(kinds, new Set<string>(FAULTS), 'a kind was not planted');
      assert.deepEqual(await found(), named(month));
    });
  }

  for (const fault of FAULTS)
    it(`shows ${fault} where it is the only difference`, async () => {
      const month = await reported(7, [fault]);
      assert.deepEqual(await found(), named(month));
      assert.deepEqual(
        month.planted.map(({ kind }) => kind),
        [fault],
      );
    });

  it('finds the same when everything is judged again, and imported again', async () => {
    const month = await reported(3, FAULTS);
    const before = await found();
    for (const gateway of ['stripe', 'razorpay']) await world.judgeAgain(gateway, MONTH_TERMS);
    const again = await world.import(month.stripe, { terms: MONTH_TERMS });
    assert.equal(again.isNew, false);
    assert.deepEqual(await found(), before);
  });

  it('is resolved where the order has learned of its refund meanwhile', async () => {
    const month = await reported(5, ['refund_missing']);
    const [difference] = await world.differences();
    assert.deepEqual(month.planted.length, 1);
    assert.ok(difference?.orderId);
    await world.refund({
      orderId: difference.orderId,
      refundId: difference.reference,
      amountMinor: -(difference.foundMinor ?? 0),
      currency: difference.currency,
      gateway: difference.gateway,
    });
    await world.judgeAgain(difference.gateway, MONTH_TERMS);
    assert.deepEqual(await world.differences(), []);
    assert.deepEqual(
      (await world.differences('resolved')).map(({ reference }) => reference),
      [difference.reference],
    );
    assert.deepEqual(await world.balance(`suspense:${difference.gateway}`), {});
  });

  it('has clearing accounts that hold what the lines say, with all that is wrong in it', async () => {
    await reported(11, FAULTS);
    const findings = await checkBooks(world.database);
    // These orders were written without their effects, which the other checks are about.
    const own = findings.filter(({ check }) => check.startsWith('the clearing account'));
    assert.deepEqual(own, []);
  });

  it('has a trial balance that sums to zero in every currency', async () => {
    await reported(13, FAULTS);
    const rows = await trialBalanceOf(world.database, { from: '2026-01-01', to: '2027-12-31' });
    for (const currency of new Set(rows.map((row) => row.currency)))
      assert.equal(
        rows
          .filter((row) => row.currency === currency)
          .reduce((sum, row) => sum + row.closingMinor, 0),
        0,
      );
    const { chart } = readBooksSettings(undefined);
    for (const { account } of rows) assert.ok((account.split(':')[0] ?? '') in chart, account);
  });
});
