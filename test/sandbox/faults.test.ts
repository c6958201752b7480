import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import waitFor from 'p-wait-for';
import { type Gateway, startGateway } from './support/gateway.ts';

describe('sandbox gateway under a fault plan', () => {
  let gateway: Gateway;
  beforeEach(async () => {
    gateway = await startGateway();
  });
  afterEach(() => gateway.close());

  const SILENCE_MS = 300;
  const body = (orderId: string) => ({ orderId, amount: 4_999, currency: 'INR' });
  const create = (orderId: string, key: string = randomUUID(), timeoutMs?: number) =>
    gateway.call('POST', '/payments', body(orderId), { 'idempotency-key': key }, timeoutMs);
  const capturedOrder = async () => {
    const { id, orderId } = await gateway.create();
    await gateway.post(`/payments/${id}/capture`);
    return orderId;
  };
  const settledWebhook = async (orderId: string) => {
    const webhook = async () => (await gateway.webhooksOf(orderId))[0];
    const options = { interval: 10 };
    await waitFor(async () => (await webhook())?.state !== 'pending', options);
    return webhook();
  };

  for (const kind of ['timeoutBefore', 'hang']) {
    it(`never answers on ${kind}, and commits nothing`, async () => {
      await gateway.setFaults({ api: { [kind]: 1 } });
      await assert.rejects(create('ord_silent', randomUUID(), SILENCE_MS), {
        name: 'TimeoutError',
      });
      await gateway.setFaults({});
      assert.deepEqual(await gateway.paymentsOf('ord_silent'), []);
    });
  }

  it('commits without answering on timeoutAfter, and replays that commit later', async () => {
    const { id, orderId } = await gateway.create();
    const key = { 'idempotency-key': randomUUID() };
    const path = `/payments/${id}/capture`;
    await gateway.setFaults({ api: { timeoutAfter: 1 } });
    const unanswered = gateway.call('POST', path, { amount: 1_000 }, key, SILENCE_MS);
    await assert.rejects(unanswered, { name: 'TimeoutError' });
    const committed = async () => (await gateway.webhooksOf(orderId)).length === 1;
    await waitFor(committed, { interval: 10 });
    await gateway.setFaults({});
    const replayed = await gateway.post(path, { amount: 1_000 }, key);
    assert.equal(replayed.headers.get('idempotent-replayed'), 'true');
    assert.equal((await gateway.payment(id)).amountCaptured, 1_000);
  });

  it('answers error500 before the commit or after it, and replays what it committed', async () => {
    const keys = Array.from({ length: 24 }, () => randomUUID());
    await gateway.setFaults({ seed: 3, api: { error500: 1 } });
    for (const key of keys) assert.equal((await create('ord_500', key)).status, 500);
    await gateway.setFaults({});
    const committed = await gateway.paymentsOf('ord_500');
    assert.ok(committed.length > 0 && committed.length < keys.length);
    const retried = await Promise.all(keys.map((key) => create('ord_500', key)));
    const replayed = retried.filter(({ headers }) => headers.has('idempotent-replayed'));
    assert.deepEqual(
      new Set(replayed.map((reply) => reply.body.id)),
      new Set(committed.map(({ id }) => id)),
    );
    assert.equal((await gateway.paymentsOf('ord_500')).length, keys.length);
  });

  it('answers error429 with a time to come back, and commits nothing', async () => {
    await gateway.setFaults({ api: { error429: 1 } });
    const reply = await create('ord_429');
    await gateway.setFaults({});
    assert.deepEqual([reply.status, reply.body.code], [429, 'rate_limited']);
    assert.equal(reply.headers.get('retry-after'), '1');
    assert.deepEqual(await gateway.paymentsOf('ord_429'), []);
  });

  it('cuts the connection on reset', async () => {
    await gateway.setFaults({ api: { reset: 1 } });
    await assert.rejects(create('ord_reset'), (error: TypeError) => {
      assert.equal((error.cause as { code?: string }).code, 'ECONNRESET');
      return true;
    });
  });

  it('strikes only the calls of a merchant', async () => {
    const { id, orderId } = await gateway.create();
    await gateway.setFaults({ api: { error429: 1 } });
    const statusOf = async (method: string, path: string, headers = {}) => {
      const payload = method === 'POST' ? {} : undefined;
      return (await gateway.call(method, path, payload, headers)).status;
    };
    const key = { 'idempotency-key': randomUUID() };
    assert.equal(await statusOf('GET', `/payments/${id}`), 429);
    assert.equal(await statusOf('GET', `/payments?orderId=${orderId}`), 429);
    assert.equal(await statusOf('POST', `/payments/${id}/capture`), 429);
    assert.equal(await statusOf('POST', `/payments/${id}/void`), 429);
    assert.equal(await statusOf('POST', `/payments/${id}/refunds`, key), 429);
    assert.equal(await statusOf('GET', `/payments/${id}/refunds`), 429);
    assert.equal(await statusOf('POST', `/payments/${id}/authorize`), 200);
    assert.equal(await statusOf('GET', `/webhooks?orderId=${orderId}`), 200);
    assert.equal(await statusOf('GET', '/faults'), 200);
    assert.equal((await fetch(`${gateway.sandbox.url}/checkout/${id}`)).status, 200);
  });

  it('counts a dropped webhook as sent though no one got it', async () => {
    await gateway.setFaults({ webhooks: { drop: 1 } });
    const webhook = await settledWebhook(await capturedOrder());
    assert.equal(webhook?.state, 'dropped');
    assert.ok(webhook?.deliveredAt);
    assert.match(String(webhook?.attempts[0]?.error), /dropped/);
    assert.equal(gateway.receiver.deliveries.length, 0);
  });

  it('delivers a duplicated webhook two to five times under one id', async () => {
    await gateway.setFaults({ webhooks: { duplicate: 1 } });
    const webhook = await settledWebhook(await capturedOrder());
    const ids = gateway.receiver.deliveries.map(({ headers }) => headers['webhook-id']);
    assert.ok(ids.length >= 2 && ids.length <= 5);
    assert.deepEqual([...new Set(ids)], [webhook?.id]);
    assert.equal(webhook?.attempts.length, ids.length);
  });

  it('delays webhooks by as much as the plan says', async () => {
    await gateway.setFaults({ webhooks: { delayMs: [300, 320] } });
    const startedMs = Date.now();
    await settledWebhook(await capturedOrder());
    assert.ok(Date.now() - startedMs >= 300);
  });

  it('shuffles webhooks', async () => {
    await gateway.setFaults({ seed: 11, webhooks: { shuffle: 1 } });
    const orderIds = [];
    for (let count = 0; count < 8; count += 1) orderIds.push(await capturedOrder());
    const { deliveries } = gateway.receiver;
    await waitFor(() => deliveries.length === orderIds.length, { interval: 10 });
    const arrived = deliveries.map(({ body: { data } }) => data.orderId);
    assert.notDeepEqual(arrived, orderIds);
    assert.deepEqual(new Set(arrived), new Set(orderIds));
  });

  it('rolls the same dice for the same seed', async () => {
    const roll = async () => {
      await gateway.setFaults({ seed: 42, api: { error429: 0.5 } });
      const statuses = [];
      for (let count = 0; count < 20; count += 1) {
        statuses.push((await gateway.call('GET', '/payments?orderId=none')).status);
      }
      return statuses;
    };
    const first = await roll();
    assert.deepEqual(new Set(first), new Set([200, 429]));
    assert.deepEqual(await roll(), first);
  });

  it('refuses a plan it does not understand and keeps the one in force', async () => {
    const plan = { api: { error429: 0.25 } };
    await gateway.setFaults(plan);
    const wrong = await gateway.setFaults({ api: { timeoutAfter: 2 } });
    const unknown = await gateway.setFaults({ webhooks: { lose: 1 } });
    const swapped = await gateway.setFaults({ webhooks: { delayMs: [9, 1] } });
    assert.deepEqual([wrong.status, unknown.status, swapped.status], [422, 422, 422]);
    assert.match(String(wrong.body.detail), /^api\.timeoutAfter: /);
    assert.match(String(unknown.body.detail), /lose/);
    assert.match(String(swapped.body.detail), /^webhooks\.delayMs: /);
    assert.deepEqual(await gateway.get('/faults'), plan);
  });
});
