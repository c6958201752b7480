import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createClient } from '@libsql/client';
import { findPayment, savePayment } from '../../src/sandbox/store/payment-rows.ts';
import { openStore, type Store } from '../../src/sandbox/store/store.ts';

const PAYMENT = {
  id: 'sbx_pay_1',
  orderId: 'ord_1',
  status: 'created',
  amountMinor: 4_999,
  currency: 'INR',
  metadata: {},
  createdAt: '2026-01-26T10:00:00.000Z',
  capture: 'automatic',
  authorizedUntil: null,
  captures: [],
  refunds: [],
  disputes: [],
} as const;

const TABLE_BEFORE_METADATA = `CREATE TABLE payments (
  seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, order_id TEXT NOT NULL, status TEXT NOT NULL,
  amount_minor INTEGER NOT NULL, currency TEXT NOT NULL, created_at TEXT NOT NULL, captures TEXT NOT NULL,
  refunds TEXT NOT NULL, disputes TEXT NOT NULL) STRICT;`;
const ROW_BEFORE_METADATA = `INSERT INTO payments VALUES
  (1, 'sbx_pay_1', 'ord_1', 'created', 4999, 'INR', '2026-01-26T10:00:00.000Z', '[]', '[]', '[]');`;

describe('store of the sandbox gateway', () => {
  let store: Store;
  beforeEach(async () => {
    store = await openStore(':memory:');
  });
  afterEach(() => store.close());

  const stored = () => store.read((db) => findPayment(db, PAYMENT.id));

  it('keeps nothing of work that fails half-way, and goes on', async () => {
    const failing = store.write(async (db) => {
      await savePayment(db, PAYMENT);
      throw new Error('half-way');
    });
    await assert.rejects(failing, /half-way/);
    assert.equal(await stored(), undefined);
    await store.write((db) => savePayment(db, PAYMENT));
    assert.deepEqual(await stored(), PAYMENT);
  });

  it('never lets two pieces of work see the same state', async () => {
    const captureMore = () =>
      store.write(async (db) => {
        const { amountMinor } = (await findPayment(db, PAYMENT.id)) ?? PAYMENT;
        await savePayment(db, { ...PAYMENT, amountMinor: amountMinor + 1 });
      });
    await Promise.all(Array.from({ length: 20 }, captureMore));
    assert.equal((await stored())?.amountMinor, PAYMENT.amountMinor + 20);
  });
});

describe('a file of an earlier version of the sandbox gateway', () => {
  it('is read, with payments that have no metadata and are captured at once', async () => {
    const directory = mkdtempSync(path.join(tmpdir(), 'payonce-sandbox-'));
    const before = createClient({ url: `file:${path.join(directory, 'gateway.db')}` });
    await before.executeMultiple(`${TABLE_BEFORE_METADATA} ${ROW_BEFORE_METADATA}`);
    before.close();
    const store = await openStore({ directory });
    assert.deepEqual(await store.read((db) => findPayment(db, PAYMENT.id)), PAYMENT);
    const changed = { ...PAYMENT, metadata: { installation: 'ins_1' } };
    await store.write((db) => savePayment(db, changed));
    assert.deepEqual(await store.read((db) => findPayment(db, PAYMENT.id)), changed);
    await store.close();
    rmSync(directory, { recursive: true });
  });
});

describe('the folder of the sandbox gateway', () => {
  it('can be read by its owner alone', async () => {
    const parent = mkdtempSync(path.join(tmpdir(), 'payonce-sandbox-'));
    const directory = path.join(parent, 'sandbox');
    const store = await openStore({ directory });
    await store.write((db) => savePayment(db, PAYMENT));
    const modeOf = (name: string) => statSync(path.join(directory, name)).mode & 0o777;
    const names = readdirSync(directory);
    assert.ok(names.includes('gateway.db-wal'));
    assert.deepEqual([...new Set(names.map(modeOf))], [0o600]);
    assert.equal(modeOf('.'), 0o700);
    await store.close();
    rmSync(parent, { recursive: true });
  });
});
