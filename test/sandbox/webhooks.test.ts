import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import waitFor from 'p-wait-for';
import { Webhook } from 'standardwebhooks';
import { type Gateway, SECRET, startGateway } from './support/gateway.ts';
import { type Delivery, startReceiver } from './support/receiver.ts';

describe('webhooks of the sandbox gateway', () => {
  let gateway: Gateway;
  beforeEach(async () => {
    gateway = await startGateway();
  });
  afterEach(() => gateway.close());

  const received = (count: number) =>
    waitFor(() => gateway.receiver.deliveries.length >= count, { interval: 5 });
  const settled = (orderId: string) =>
    waitFor(
      async () => (await gateway.webhooksOf(orderId)).every(({ state }) => state !== 'pending'),
      { interval: 10 },
    );
  const only = (): Delivery => {
    const [delivery] = gateway.receiver.deliveries;
    assert.ok(delivery);
    return delivery;
  };

  it('tells a capture, signed over its raw body', async () => {
    const { id, orderId } = await gateway.create();
    await gateway.post(`/payments/${id}/capture`);
    await received(1);
    const { headers, rawBody, body } = only();
    new Webhook(SECRET).verify(rawBody, headers as Record<string, string>);
    assert.match(String(headers['webhook-id']), /^evt_[0-9a-f]+$/);
    assert.equal(body.type, 'payment.captured');
    assert.equal(new Date(body.timestamp).toISOString(), body.timestamp);
    const data = { paymentId: id, orderId, amount: 4_999, currency: 'INR', metadata: {} };
    assert.deepEqual(body.data, data);
  });

  it('carries the id and the amount of a partial capture', async () => {
    const { id } = await gateway.create();
    await gateway.post(`/payments/${id}/capture`, { amount: 1_000 });
    await received(1);
    const [capture] = (await gateway.payment(id)).captures;
    assert.equal(only().body.data.captureId, capture?.captureId);
    assert.equal(only().body.data.amount, 1_000);
  });

  it('carries the ids and the amounts of refunds and disputes', async () => {
    const { id } = await gateway.create();
    await gateway.post(`/payments/${id}/capture`);
    const { body: refund } = await gateway.refund(id, { amount: 999 });
    await gateway.post(`/payments/${id}/dispute`);
    await received(3);
    const dataOf = (type: string) =>
      gateway.receiver.deliveries.find(({ body }) => body.type === type)?.body.data;
    assert.equal(dataOf('refund.succeeded')?.refundId, refund.id);
    assert.equal(dataOf('refund.succeeded')?.amount, 999);
    const [dispute] = (await gateway.payment(id)).disputes;
    assert.equal(dataOf('dispute.opened')?.disputeId, dispute?.id);
    assert.equal(dataOf('dispute.opened')?.amount, 4_999);
  });

  it('is delivered again under its id until one answer is a 2xx, and then no more', async () => {
    gateway.receiver.answerWith((count) => (count < 3 ? 503 : 204));
    const { id, orderId } = await gateway.create();
    await gateway.post(`/payments/${id}/capture`);
    await settled(orderId);
    const { deliveries } = gateway.receiver;
    assert.equal(new Set(deliveries.map(({ headers }) => headers['webhook-id'])).size, 1);
    for (const { rawBody, headers } of deliveries) {
      new Webhook(SECRET).verify(rawBody, headers as Record<string, string>);
    }
    const [webhook] = await gateway.webhooksOf(orderId);
    assert.deepEqual(
      webhook?.attempts.map(({ status }) => status),
      [503, 503, 204],
    );
    assert.equal(webhook?.deliveredAt, webhook?.attempts.at(-1)?.at);
  });

  it('notes why a delivery reached no one', async () => {
    await gateway.receiver.close();
    const { id, orderId } = await gateway.create();
    await gateway.post(`/payments/${id}/capture`);
    const attempts = async () => (await gateway.webhooksOf(orderId))[0]?.attempts ?? [];
    await waitFor(async () => (await attempts()).length > 0, { interval: 10 });
    const [attempt] = await attempts();
    assert.equal(attempt?.status, null);
    assert.match(String(attempt?.error), /ECONNREFUSED/);
    gateway = await startGateway();
  });

  it('is delivered once more on request', async () => {
    const { id, orderId } = await gateway.create();
    await gateway.post(`/payments/${id}/capture`);
    await settled(orderId);
    const [webhook] = await gateway.webhooksOf(orderId);
    assert.equal((await gateway.post(`/webhooks/${webhook?.id}/redeliver`)).status, 202);
    await received(2);
    await settled(orderId);
    const [again] = await gateway.webhooksOf(orderId);
    assert.equal(again?.attempts.length, 2);
    assert.equal(again?.deliveredAt, webhook?.deliveredAt);
    assert.equal((await gateway.post('/webhooks/evt_none/redeliver')).status, 404);
  });
});

describe('sandbox gateway that stopped with undelivered webhooks', () => {
  it('delivers them after it starts again on the same directory', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
    const receiver = await startReceiver();
    receiver.answerWith(() => 500);
    const first = await startGateway({ directory }, receiver);
    const { id, orderId } = await first.create();
    await first.post(`/payments/${id}/capture`);
    await waitFor(() => receiver.deliveries.length > 0, { interval: 5 });
    await first.close();
    receiver.answerWith(() => 200);

    const second = await startGateway({ directory }, receiver);
    const deliveredAt = async () => (await second.webhooksOf(orderId))[0]?.deliveredAt;
    await waitFor(async () => (await deliveredAt()) !== null, { interval: 10 });
    const ids = receiver.deliveries.map(({ headers }) => headers['webhook-id']);
    assert.equal(new Set(ids).size, 1);
    assert.equal((await second.payment(id)).status, 'captured');
    await second.close();
    await receiver.close();
    await rm(directory, { recursive: true });
  });
});
