import assert from 'node:assert/strict';
import {
  type ClaimRequest,
  claimKey,
  deleteExpiredKeys,
  type KeyClaim,
  releaseKey,
  storeResponse,
} from '../../src/store/idempotency-keys.ts';
import { freshDatabase, type TestDatabase } from '../support/test-database.ts';

describe('an idempotency key', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await freshDatabase();
  });
  afterEach(() => database.close());

  const request = (changes: Partial<ClaimRequest> = {}): ClaimRequest => ({
    owner: 'key_1',
    key: 'refund-0001',
    fingerprint: 'f1',
    leaseMs: 30_000,
    ...changes,
  });
  const response = { status: 201, headers: { location: '/v1/x' }, body: '{"id":"1"}' };

  async function claimed(changes: Partial<ClaimRequest> = {}): Promise<KeyClaim> {
    const state = await claimKey(database, request(changes));
    assert(state.status === 'claimed', state.status);
    return state.claim;
  }

  it('is claimed by exactly one of twenty requests at once', async () => {
    const states = await Promise.all(
      Array.from({ length: 20 }, () => claimKey(database, request())),
    );
    const count = (status: string) => states.filter((state) => state.status === status).length;
    assert.deepEqual([count('claimed'), count('in_progress')], [1, 19]);
  });

  it('replays the stored answer', async () => {
    await storeResponse(database, await claimed(), response);
    assert.deepEqual(await claimKey(database, request()), { status: 'replay', response });
  });

  it('is refused for other content, answered or not', async () => {
    const claim = await claimed();
    const other = request({ fingerprint: 'f2' });
    assert.deepEqual(await claimKey(database, other), { status: 'reused' });
    await storeResponse(database, claim, response);
    assert.deepEqual(await claimKey(database, other), { status: 'reused' });
  });

  it('belongs to its caller: another one may use the same text', async () => {
    await claimed();
    await claimed({ owner: 'key_2' });
  });

  it('may be claimed again after it was released', async () => {
    await releaseKey(database, await claimed());
    await claimed();
  });

  it('is taken over once its lease has ended, and then only the taker may answer', async () => {
    const late = await claimed({ leaseMs: -1 });
    const taker = await claimed();
    await releaseKey(database, late);
    await storeResponse(database, late, { ...response, body: 'late' });
    assert.deepEqual(await claimKey(database, request()), { status: 'in_progress' });
    await storeResponse(database, taker, response);
    assert.deepEqual(await claimKey(database, request()), { status: 'replay', response });
  });

  it('is not taken over by other content once its lease has ended', async () => {
    await claimed({ leaseMs: -1 });
    assert.deepEqual(await claimKey(database, request({ fingerprint: 'f2' })), {
      status: 'reused',
    });
    await claimed();
  });

  it('is taken over by exactly one of twenty', async () => {
    await claimed({ leaseMs: -1 });
    const states = await Promise.all(
      Array.from({ length: 20 }, () => claimKey(database, request())),
    );
    assert.equal(states.filter(({ status }) => status === 'claimed').length, 1);
  });

  it('keeps its first answer', async () => {
    const claim = await claimed();
    await storeResponse(database, claim, response);
    await storeResponse(database, claim, { ...response, status: 500 });
    assert.deepEqual(await claimKey(database, request()), { status: 'replay', response });
  });

  it('is forgotten after thirty days and not before', async () => {
    await storeResponse(database, await claimed(), response);
    const age = (days: number) =>
      database.pool.query(
        "update idempotency_keys set created_at = now() - $1 * interval '1 day'",
        [days],
      );
    await age(29.9);
    assert.equal(await deleteExpiredKeys(database), 0);
    await age(30.1);
    assert.equal(await deleteExpiredKeys(database), 1);
    await claimed();
  });
});
