/** Entries of settlements: written once, never changed, corrected by further ones. */
import assert from 'node:assert/strict';
import pg from 'pg';
import { checkBooks } from '../../src/store/settlements/book-entries.ts';
import { decideDifference } from '../../src/store/settlements/differences.ts';
import { type StripeRow, stripeReport } from '../support/settlement-files.ts';
import { openSettlementWorld, type SettlementWorld } from '../support/settlement-world.ts';

const ORDER = {
  orderId: 'ord_1',
  paymentId: 'pi_1',
  amountMinor: 10_000,
  currency: 'USD',
  gateway: 'stripe',
};

const charge = (more: StripeRow = {}): StripeRow => ({
  balance_transaction_id: 'txn_1',
  gross: '100.00',
  fee: '3.20',
  net: '96.80',
  reporting_category: 'charge',
  source_id: 'ch_1',
  payment_intent_id: 'pi_1',
  ...more,
});

const dispute: StripeRow = charge({
  balance_transaction_id: 'txn_2',
  reporting_category: 'dispute',
  source_id: 'dp_1',
  gross: '-100.00',
  fee: '15.00',
  net: '-115.00',
});

describe('the entries of settlements', () => {
  let world: SettlementWorld;
  beforeEach(async () => {
    world = await openSettlementWorld();
  });
  afterEach(() => world.close());

  for (const change of [
    'update settlement_entries set amount_minor = 1',
    'delete from settlement_entries',
    'truncate settlement_entries',
    'update settlement_lines set gross_minor = 1',
    'delete from settlement_lines',
  ])
    it(`refuse to ${change}`, async () => {
      await world.paidOrder(ORDER);
      await world.import(stripeReport([charge()]));
      await assert.rejects(
        world.database.pool.query(change),
        (error) => error instanceof pg.DatabaseError && /_immutable$/.test(error.constraint ?? ''),
      );
    });

  it('hold a dispute until it is lost, and then leave it to the order', async () => {
    await world.paidOrder(ORDER);
    await world.dispute({ ...ORDER, disputeId: 'dp_1', status: 'opened' });
    await world.import(stripeReport([charge(), dispute]));
    assert.deepEqual(await world.balance('disputes_held:stripe'), { USD: 10_000 });
    assert.deepEqual(await world.balance('gateway_clearing:stripe'), { USD: -1820 });
    const at = new Date().toISOString();
    await world.dispute({ ...ORDER, disputeId: 'dp_1', status: 'lost', at });
    await world.judgeAgain('stripe');
    assert.deepEqual(await world.balance('disputes_held:stripe'), {});
    assert.deepEqual(await world.balance('chargebacks'), { USD: 10_000 });
    assert.deepEqual(await world.balance('gateway_clearing:stripe'), { USD: -1820 });
  });

  it('keep money that no order explains in suspense until it is written off', async () => {
    await world.paidOrder(ORDER);
    await world.import(stripeReport([charge({ gross: '101.00', net: '97.80' })]));
    assert.deepEqual(await world.balance('suspense:stripe'), { USD: -100 });
    const [difference] = await world.differences();
    const decision = { decision: 'write_off', note: 'a tip', decidedBy: 'test' } as const;
    await Promise.all(
      [1, 2, 3].map(() => decideDifference(world.database, difference?.id ?? '', decision)),
    );
    assert.deepEqual(await world.balance('suspense:stripe'), {});
    assert.deepEqual(await world.balance('write_offs'), { USD: -100 });
  });

  it('follow the payout and its return to the bank and back', async () => {
    await world.paidOrder(ORDER);
    const payout = {
      source_id: 'po_1',
      payment_intent_id: '',
      fee: '0.00',
      automatic_payout_id: 'po_1',
    };
    await world.import(
      stripeReport([
        charge({ automatic_payout_id: 'po_1' }),
        charge({
          ...payout,
          balance_transaction_id: 'txn_p',
          reporting_category: 'payout',
          gross: '-96.80',
          net: '-96.80',
        }),
      ]),
    );
    assert.deepEqual(await world.balance('bank'), { USD: 9680 });
    await world.import(
      stripeReport([
        charge({
          ...payout,
          balance_transaction_id: 'txn_r',
          reporting_category: 'payout_reversal',
          gross: '96.80',
          net: '96.80',
          automatic_payout_id: '',
        }),
      ]),
    );
    assert.deepEqual(await world.balance('bank'), {});
    assert.deepEqual(await world.balance('gateway_clearing:stripe'), { USD: 9680 });
  });

  it('do not agree with the lines when an order’s entry is of other money', async () => {
    await world.paidOrder(ORDER);
    await world.import(stripeReport([charge()]));
    const clearing = async () =>
      (await checkBooks(world.database)).filter(({ check }) =>
        check.startsWith('the clearing account'),
      );
    assert.deepEqual(await clearing(), []);
    await world.database.pool.query(`
      begin;
      set local session_replication_role = replica;
      update postings set amount_minor = 9999;
      commit`);
    assert.deepEqual(
      (await clearing()).map(({ subject }) => subject),
      ['gateway_clearing:stripe'],
    );
  });
});
