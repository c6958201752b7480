import assert from 'node:assert/strict';
import {
  countFailingEffects,
  type FailedTry,
  forgetFailedTries,
  noteFailedTry,
} from '../../src/store/effects/failing-effects.ts';
import { listStuckEffects } from '../../src/store/effects/stuck-effects.ts';
import { insertOrder, readOrder } from '../../src/store/orders/orders.ts';
import { newOrder } from '../support/order-fixtures.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

const NEXT_TRY = new Date('2026-11-29T12:00:00.123Z');

describe('an effect that is tried and does not succeed', () => {
  let database: TestDatabase;
  let orderId: string;
  beforeEach(async () => {
    database = await freshDatabase();
    const order = newOrder();
    orderId = order.id;
    await insertOrder(database, order);
  });
  afterEach(() => database.close());

  const failedTry = (attempts: number): FailedTry => ({
    key: `${orderId}:update_crm:paid-1`,
    orderId,
    effect: 'update_crm',
    attempts,
    error: `the CRM answered 503, ${attempts}`,
    nextTryAt: NEXT_TRY,
  });
  const failing = async () => (await readOrder(database, orderId))?.failing;
  const age = (minutes: number) =>
    database.pool.query(
      `update failing_effects set first_failed_at = now() - ${minutes} * interval '1 minute'`,
    );

  it('is read with its order: the last error, the tries and the next one, since the first', async () => {
    await noteFailedTry(database, failedTry(1));
    const [first] = (await failing()) ?? [];
    await noteFailedTry(database, failedTry(2));
    assert.deepEqual(await failing(), [
      {
        key: `${orderId}:update_crm:paid-1`,
        attempts: 2,
        error: 'the CRM answered 503, 2',
        since: first?.since,
        nextTryAt: NEXT_TRY.toISOString(),
      },
    ]);
    assert.equal(new Date(first?.since ?? '').toISOString(), first?.since);
  });

  it('is gone once it has ended', async () => {
    await noteFailedTry(database, failedTry(1));
    await forgetFailedTries(database, `${orderId}:update_crm:paid-1`);
    assert.deepEqual(await failing(), []);
  });

  it('is counted after ten minutes, and not before', async () => {
    await noteFailedTry(database, failedTry(1));
    await age(9);
    assert.deepEqual(await countFailingEffects(database), []);
    await age(11);
    assert.deepEqual(await countFailingEffects(database), [{ name: 'update_crm', count: 1 }]);
  });

  it('is not counted when nobody has tried it for long: its note was left behind', async () => {
    await noteFailedTry(database, failedTry(1));
    await age(30);
    await database.pool.query(
      "update failing_effects set last_failed_at = now() - interval '20 minutes'",
    );
    assert.deepEqual(await countFailingEffects(database), []);
  });

  it('is listed with those that were refused for good, page by page and by status', async () => {
    await noteFailedTry(database, failedTry(1));
    const refused = newOrder();
    const effect = { key: `${refused.id}:issue_invoice:1`, effect: 'issue_invoice' } as const;
    refused.view.effects = [
      { ...effect, status: 'failed', attempts: 1, error: 'no such country' },
      {
        ...effect,
        key: `${refused.id}:update_crm:paid-1`,
        status: 'done',
        attempts: 1,
        error: null,
      },
    ];
    await insertOrder(database, refused);
    const list = (filter: object) => listStuckEffects(database, { limit: 10, ...filter });
    const waiting = {
      key: `${orderId}:update_crm:paid-1`,
      orderId,
      effect: 'update_crm',
      status: 'waiting',
      attempts: 1,
      error: 'the CRM answered 503, 1',
      nextTryAt: NEXT_TRY,
    };
    const [found] = (await list({ status: 'waiting' })).items;
    assert.ok(found?.since instanceof Date);
    const { since: _since, ...listed } = found;
    assert.deepEqual(listed, waiting);
    // Nobody waits for an order that has not said so.
    assert.deepEqual((await list({ status: 'failed' })).items, []);
    await database.pool.query('update orders set needs_review = true where id = $1', [refused.id]);
    const failed = { ...effect, orderId: refused.id, status: 'failed', attempts: 1 };
    const error = 'no such country';
    assert.deepEqual((await list({ status: 'failed' })).items, [
      { ...failed, error, since: null, nextTryAt: null },
    ]);
    const first = await list({ limit: 1 });
    const second = await list({ limit: 1, cursor: first.nextCursor ?? '' });
    assert.deepEqual(
      new Set([...first.items, ...second.items].map(({ status }) => status)),
      new Set(['waiting', 'failed']),
    );
    assert.equal(second.nextCursor, null);
  });
});
