/** The database role of APIs and workers, as deploy/postgres/runtime-role.sql makes it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readReport } from '../../src/settlements/read-report.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { forgetFailedTries, noteFailedTry } from '../../src/store/effects/failing-effects.ts';
import { issueInvoice } from '../../src/store/effects/invoices.ts';
import { claimKey, releaseKey } from '../../src/store/idempotency-keys.ts';
import { claimPayment, releasePayment } from '../../src/store/orders/gateway-payments.ts';
import { insertOrder, markStarted, readOrder } from '../../src/store/orders/orders.ts';
import { writeRecord } from '../../src/store/orders/record.ts';
import { listParked, markRedelivered, parkEvent } from '../../src/store/parked-events.ts';
import { checkBooks } from '../../src/store/settlements/book-entries.ts';
import { beginFetch, keepPage, noteImported } from '../../src/store/settlements/days.ts';
import { judgeAgain } from '../../src/store/settlements/differences.ts';
import { importReport } from '../../src/store/settlements/import-report.ts';
import { ledgerOf, newOrder, outcome, recordOf } from '../support/order-fixtures.ts';
import { streamOf, stripeReport } from '../support/settlement-files.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

/** What PostgreSQL answers to whoever has no right to something. */
const NOT_ALLOWED = '42501';

describe('the database role of a running service', () => {
  let owner: TestDatabase;
  let runtime: Database;

  before(async () => {
    owner = await freshDatabase();
    await owner.pool.query(readFileSync('deploy/postgres/runtime-role.sql', 'utf8'));
    const url = new URL(owner.url);
    url.searchParams.set('options', '-c role=payonce_runtime');
    runtime = openDatabase(url.href);
  });
  after(async () => {
    await runtime.close();
    await owner.close();
  });

  it('is not the one that owns the tables', async () => {
    const { rows } = await runtime.pool.query<{ role: string }>('select current_user as role');
    assert.equal(rows[0]?.role, 'payonce_runtime');
  });

  it('does everything that a service does', async () => {
    const order = newOrder();
    assert.notEqual(await insertOrder(runtime, order), null);
    await markStarted(runtime, [order.id]);
    await writeRecord(runtime, recordOf(ledgerOf(order.id, { revision: 1 }), [outcome(1)]));
    assert.equal((await readOrder(runtime, order.id))?.revision, 1);
    const keyed = { owner: 'key_1', key: 'k'.repeat(16), fingerprint: 'f1', leaseMs: 1_000 };
    const state = await claimKey(runtime, keyed);
    assert.ok(state.status === 'claimed');
    await releaseKey(runtime, state.claim);
    const event = { gateway: 'sandbox', reason: 'event_orphaned', orderId: null, eventId: 'e1' };
    await markRedelivered(runtime, await parkEvent(runtime, { ...event, body: Buffer.from('{}') }));
    assert.equal((await listParked(runtime, { limit: 1 })).events.length, 1);
    await issueInvoice(runtime, {
      orderId: order.id,
      epoch: 1,
      key: `${order.id}:issue_invoice:1`,
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
    });
  });

  it('forgets what has ended', async () => {
    const failed = { key: 'ord_1:update_crm:1', orderId: 'ord_1', effect: 'update_crm' } as const;
    await noteFailedTry(runtime, { ...failed, attempts: 1, error: 'down', nextTryAt: null });
    await forgetFailedTries(runtime, failed.key);
    const order = newOrder('ord_claims');
    await insertOrder(runtime, order);
    const claim = { gateway: 'stripe', paymentId: 'pi_1', orderId: order.id };
    await claimPayment(runtime, claim);
    await releasePayment(runtime, claim);
    const fetch = { gateway: 'stripe', day: '2026-01-26', fetchId: 'f1' };
    await beginFetch(runtime, { ...fetch, zone: 'UTC', requestedBy: 'test' });
    const items = [{ id: 'txn_1', payoutId: null, data: {} }];
    assert.equal(await keepPage(runtime, fetch, { items, nextCursor: null }), true);
    assert.equal(await noteImported(runtime, fetch, 1), true);
  });

  it('may do so as well where it was made before the tables were', async () => {
    const older = await freshDatabase();
    await older.pool.query(`
      revoke delete on failing_effects, gateway_payments from payonce_runtime;
      grant delete on idempotency_keys to payonce_runtime`);
    const file = readFileSync('src/store/migrations/0017_settlement_days.sql', 'utf8');
    await older.pool.query(file.slice(file.indexOf('DO $$')));
    const { rows } = await older.pool.query<{ may: boolean }>(
      `select has_table_privilege('payonce_runtime', name, 'delete') as may
       from unnest(array['failing_effects', 'gateway_payments', 'settlement_day_items']) as name`,
    );
    await older.close();
    assert.deepEqual(
      rows.map(({ may }) => may),
      [true, true, true],
    );
  });

  it('imports settlement reports, and judges them', async () => {
    const row = {
      balance_transaction_id: 'txn_1',
      gross: '1.00',
      fee: '0.10',
      net: '0.90',
      reporting_category: 'charge',
      source_id: 'ch_1',
      payment_intent_id: 'pi_1',
    };
    const terms = { reportedWithinDays: 7, fees: [] };
    const { report } = await importReport(runtime, {
      account: '',
      acceptUnknown: true,
      importedBy: 'test',
      terms,
      read: (sink) => readReport(streamOf(stripeReport([row])), {}, sink),
    });
    assert.equal(report.newLines, 1);
    await judgeAgain(runtime, 'stripe', terms);
    assert.deepEqual(await checkBooks(runtime), []);
  });

  it('serves the tables of later migrations too', async () => {
    await owner.pool.query('create table later (id bigint generated always as identity, a text)');
    await runtime.pool.query(`insert into later (a) values ('x')`);
  });

  for (const statement of [
    'create table mine (a text)',
    'create function mine() returns int language sql as $$ select 1 $$',
    'alter table orders add column mine text',
    'drop table orders',
    'truncate orders',
    'drop trigger postings_balance on postings',
    'delete from orders',
    'delete from postings',
    'delete from parked_events',
    'create role mine',
    'create schema mine',
    'select * from drizzle.__drizzle_migrations',
  ])
    it(`may not ${statement}`, async () => {
      await assert.rejects(runtime.pool.query(statement), { code: NOT_ALLOWED });
    });
});
