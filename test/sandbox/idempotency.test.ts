import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { type Gateway, startGateway } from './support/gateway.ts';

describe('idempotency keys of the sandbox gateway', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway.close());

  const createBody = (orderId: string) => ({ orderId, amount: 4_999, currency: 'INR' });
  const keyed = (key: string) => ({ 'idempotency-key': key });

  it('replays the stored answer to the same key and body', async () => {
    const [body, key] = [createBody('ord_replay'), randomUUID()];
    const first = await gateway.post('/payments', body, keyed(key));
    const second = await gateway.post('/payments', body, keyed(key));
    assert.equal(first.status, 201);
    assert.equal(first.headers.get('idempotent-replayed'), null);
    assert.equal(second.status, 201);
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(second.body, first.body);
    assert.equal((await gateway.paymentsOf('ord_replay')).length, 1);
  });

  it('refuses the same key with another body and creates nothing', async () => {
    const key = randomUUID();
    await gateway.post('/payments', createBody('ord_first'), keyed(key));
    const other = await gateway.post('/payments', createBody('ord_other'), keyed(key));
    assert.equal(other.status, 422);
    assert.equal(other.body.code, 'idempotency_key_reused');
    assert.deepEqual(await gateway.paymentsOf('ord_other'), []);
  });

  it('refuses the same key on another payment', async () => {
    const [one, other] = [await gateway.create(), await gateway.create()];
    const key = randomUUID();
    await gateway.post(`/payments/${one.id}/capture`, {}, keyed(key));
    const reply = await gateway.post(`/payments/${other.id}/capture`, {}, keyed(key));
    assert.equal(reply.body.code, 'idempotency_key_reused');
    assert.equal((await gateway.payment(other.id)).status, 'created');
  });

  it('creates one payment for fifty concurrent calls with one key', async () => {
    const [body, key] = [createBody('ord_fifty'), randomUUID()];
    const replies = await Promise.all(
      Array.from({ length: 50 }, () => gateway.post('/payments', body, keyed(key))),
    );
    assert.equal(new Set(replies.map((reply) => reply.body.id)).size, 1);
    const replayed = replies.filter((reply) => reply.headers.has('idempotent-replayed'));
    assert.equal(replayed.length, 49);
    assert.equal((await gateway.paymentsOf('ord_fifty')).length, 1);
  });

  it('captures a part once for one key, and twice without', async () => {
    const { id } = await gateway.create();
    const key = randomUUID();
    const capture = (headers?: Record<string, string>) =>
      gateway.post(`/payments/${id}/capture`, { amount: 1_000 }, headers);
    await capture(keyed(key));
    await capture(keyed(key));
    assert.equal((await gateway.payment(id)).amountCaptured, 1_000);
    await capture();
    assert.equal((await gateway.payment(id)).amountCaptured, 2_000);
  });

  it('replays a refusal, even when the call would succeed by now', async () => {
    const { id } = await gateway.create();
    const key = randomUUID();
    const refused = await gateway.refund(id, {}, key);
    await gateway.post(`/payments/${id}/capture`);
    const replayed = await gateway.refund(id, {}, key);
    assert.equal(refused.status, 422);
    assert.deepEqual(replayed.body, refused.body);
    assert.deepEqual((await gateway.payment(id)).refunds, []);
  });

  it('demands a key where a repeat would cost money', async () => {
    const { id } = await gateway.create();
    const create = await gateway.post('/payments', createBody('ord_keyless'));
    const refund = await gateway.post(`/payments/${id}/refunds`);
    assert.deepEqual([create.status, create.body.code], [400, 'idempotency_key_required']);
    assert.deepEqual([refund.status, refund.body.code], [400, 'idempotency_key_required']);
  });
});
