import assert from 'node:assert/strict';
import { openDatabase } from '../../src/store/database.ts';
import { migrate } from '../../src/store/migrate.ts';
import journal from '../../src/store/migrations/meta/_journal.json' with { type: 'json' };
import { openPatiently } from '../support/patient-database.ts';
import { emptyDatabase } from '../support/test-database.ts';

describe('migrating a database', () => {
  it('is done once when several processes do it at the same time, and again later', async () => {
    const url = await emptyDatabase();
    await Promise.all([migrate(url), migrate(url), migrate(url)]);
    await migrate(url);
    const database = openPatiently(url);
    const { rows } = await database.pool.query(
      'select name, last from number_series order by name',
    );
    await database.close();
    assert.deepEqual(rows, [
      { name: 'credit_note', last: '0' },
      { name: 'invoice', last: '0' },
    ]);
  });
});

/** What can exist once, by the columns that make it the same: a repeat meets the row that is there. */
const ONCE = {
  access_updates: ['key'],
  credit_notes: ['number', 'key', 'order_id, refund_id', 'printed'],
  crm_updates: ['key'],
  duplicate_deliveries: ['order_id, event_id'],
  entitlements: ['order_id, epoch'],
  failing_effects: ['key'],
  gateway_payments: ['gateway, payment_id'],
  idempotency_keys: ['owner, key'],
  installation: ['is_only'],
  invoices: ['number', 'key', 'order_id, epoch', 'printed'],
  number_series: ['name'],
  order_disputes: ['id', 'order_id, dispute_id'],
  order_events: ['order_id, seq'],
  order_refunds: ['refund_id, order_id'],
  order_state_log: ['order_id, revision'],
  orders: ['id'],
  parked_events: ['id', 'gateway, identity'],
  postings: ['key, side'],
  seller_logos: ['sha256'],
  settlement_day_items: ['gateway, day, line_id'],
  settlement_days: ['gateway, day'],
  settlement_differences: ['id', 'kind, gateway, reference'],
  settlement_entries: ['day, key'],
  settlement_imports: ['id', 'gateway, account, sha256'],
  settlement_judgements: ['gateway'],
  settlement_lines: ['gateway, line_id'],
};

describe('a migrated database', () => {
  it('holds each thing once, by primary and unique keys', async () => {
    const url = await emptyDatabase();
    await migrate(url);
    const database = openPatiently(url);
    const { rows } = await database.pool.query<{ name: string; columns: string }>(`
      select conrelid::regclass::text as name, (
        select string_agg(attname, ', ' order by position)
        from unnest(conkey) with ordinality as key (number, position)
        join pg_attribute on attrelid = conrelid and attnum = key.number
      ) as columns
      from pg_constraint
      where contype in ('p', 'u') and connamespace = 'public'::regnamespace
      order by 1, contype, 2`);
    await database.close();
    const found = Object.fromEntries(
      Object.keys(ONCE).map((table) => [
        table,
        rows.filter(({ name }) => name === table).map(({ columns }) => columns),
      ]),
    );
    assert.deepEqual(found, ONCE);
  });
});

describe('a database that is not there', () => {
  it('is an error soon, never a hang or a crash', async () => {
    const database = openDatabase('postgres://nobody@127.0.0.1:1/none');
    await assert.rejects(database.pool.query('select 1'), /ECONNREFUSED/);
    await database.close();
  });
});

describe('the migrations', () => {
  // drizzle-orm 0.45.4 takes one that is older than the last applied for applied, and says nothing.
  it('are listed in the order of their times, so that no database skips one', () => {
    const times = journal.entries.map(({ when }) => when);
    assert.deepEqual(
      times,
      [...new Set(times)].sort((a, b) => a - b),
    );
  });
});
