/** The list of disputes: by deadline, page after page, as the orders' records have them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Dispute } from '../../src/domain/ledger.ts';
import { findDisputes, listDisputes } from '../../src/store/orders/disputes.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { writeRecord } from '../../src/store/orders/record.ts';
import { newOrder, paidLedger, recordOf } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const MONEY = { amountMinor: 4999, currency: 'INR' };
const FEBRUARY = Date.UTC(2026, 1, 7);
const MARCH = Date.UTC(2026, 2, 7);

function disputeOf(orderId: string, changes: Partial<Dispute> = {}): Dispute {
  const ids = { disputeId: `dsp_${orderId}`, paymentId: `pay_${orderId}` };
  return { ...ids, ...MONEY, status: 'opened', ...changes };
}

describe('the list of disputes', () => {
  let database: TestDatabase;
  before(async () => {
    database = await freshDatabase();
  });
  after(() => database.close());

  async function write(orderId: string, revision: number, dispute: Dispute): Promise<void> {
    const disputes = { [dispute.disputeId]: dispute };
    const ledger = paidLedger(orderId, { revision, version: revision, disputes });
    assert.equal(await writeRecord(database, recordOf(ledger)), null);
  }

  async function given(orderId: string, changes: Partial<Dispute>): Promise<void> {
    await insertOrder(database, newOrder(orderId));
    await write(orderId, 3, disputeOf(orderId, changes));
  }

  const idsOf = async (filter: Parameters<typeof listDisputes>[1]) =>
    (await listDisputes(database, filter)).items.map(({ disputeId }) => disputeId);

  it('has what has to be answered soonest first, and last what awaits no answer', async () => {
    await given('none', {});
    await given('march', { respondBy: MARCH });
    await given('inquiry', { respondBy: FEBRUARY, status: 'inquiry' });
    await given('lost', { status: 'lost' });
    const { items } = await listDisputes(database, { limit: 10 });
    assert.deepEqual(
      items.map(({ disputeId, respondBy }) => [disputeId, respondBy?.getTime() ?? null]),
      [
        ['dsp_inquiry', FEBRUARY],
        ['dsp_march', MARCH],
        ['dsp_none', null],
        ['dsp_lost', null],
      ],
    );
    const { createdAt, ...first } = items[0] ?? {};
    assert.ok(createdAt instanceof Date);
    assert.deepEqual(first, {
      ...{ disputeId: 'dsp_inquiry', orderId: 'inquiry', paymentId: 'pay_inquiry' },
      ...{ gateway: 'sandbox', ...MONEY, status: 'inquiry', respondBy: new Date(FEBRUARY) },
    });
  });

  it('is narrowed by status', async () => {
    assert.deepEqual(await idsOf({ status: 'opened', limit: 10 }), ['dsp_march', 'dsp_none']);
    assert.deepEqual(await idsOf({ status: 'won', limit: 10 }), []);
  });

  it('comes page after page, each dispute once, also where they have no deadline', async () => {
    const pages: string[][] = [];
    let cursor: string | null | undefined;
    while (cursor !== null) {
      const page = await listDisputes(database, { limit: 1, cursor });
      pages.push(page.items.map(({ disputeId }) => disputeId));
      cursor = page.nextCursor;
    }
    assert.deepEqual(pages, [['dsp_inquiry'], ['dsp_march'], ['dsp_none'], ['dsp_lost']]);
  });

  it('has a cursor for one query alone, and none that it did not give out', async () => {
    const { nextCursor } = await listDisputes(database, { limit: 1 });
    const cursor = nextCursor ?? '';
    const other = listDisputes(database, { limit: 1, cursor, status: 'opened' });
    await assert.rejects(other, { name: 'CursorError' });
    const forged = Buffer.from(JSON.stringify([0, 'no number'])).toString('base64url');
    assert.equal((await listDisputes(database, { limit: 10, cursor: forged })).items.length, 4);
  });

  it('follows the record: a deadline that moves, and one that is over', async () => {
    await given('moving', { respondBy: FEBRUARY });
    await write('moving', 4, disputeOf('moving', { respondBy: MARCH }));
    const found = async () =>
      (await listDisputes(database, { limit: 10 })).items.filter(
        ({ orderId }) => orderId === 'moving',
      );
    assert.deepEqual(
      (await found()).map(({ respondBy }) => respondBy),
      [new Date(MARCH)],
    );
    await write('moving', 5, disputeOf('moving', { status: 'won' }));
    assert.deepEqual(
      (await found()).map(({ status, respondBy }) => [status, respondBy]),
      [['won', null]],
    );
  });

  it('has those of orders from before it was there, once the database is migrated', async () => {
    const known = await idsOf({ limit: 10 });
    await database.pool.query('drop table order_disputes');
    const migration = path.resolve('src/store/migrations/0015_disputes.sql');
    await database.pool.query(readFileSync(migration, 'utf8'));
    assert.deepEqual(new Set(await idsOf({ limit: 10 })), new Set(known));
    const [lost] = (await listDisputes(database, { status: 'lost', limit: 1 })).items;
    assert.deepEqual([lost?.orderId, lost?.amountMinor, lost?.currency], ['lost', 4999, 'INR']);
  });

  it('reads as many rows as it shows, however many there are', async () => {
    await database.pool.query(`
      insert into order_disputes
        (order_id, dispute_id, payment_id, gateway, amount_minor, currency, status, respond_by)
      select 'none', 'dsp_' || n, 'pay_none', 'sandbox', 100, 'INR',
        case when n % 100 = 0 then 'opened' else 'lost' end,
        case when n % 100 = 0 then timestamptz '2027-01-01' + n * interval '1 minute' else 'infinity' end
      from generate_series(1, 20000) as n`);
    await database.pool.query('analyze order_disputes');
    for (const status of [undefined, 'opened', 'lost'] as const) {
      const { sql, params } = findDisputes(database, { status, limit: 51 }).toSQL();
      const { rows } = await database.pool.query<{ 'QUERY PLAN': { Plan: object }[] }>(
        `explain (analyze, format json) ${sql}`,
        params,
      );
      const plan = JSON.stringify(rows[0]?.['QUERY PLAN']);
      assert.match(plan, /order_disputes_by_(deadline|status)/);
      assert.doesNotMatch(plan, /"Sort"|"Seq Scan"/);
    }
  });
});
