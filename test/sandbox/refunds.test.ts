import assert from 'node:assert/strict';
import { type Gateway, startGateway } from './support/gateway.ts';

describe('refunds at the sandbox gateway', () => {
  let gateway: Gateway;
  before(async () => {
    gateway = await startGateway();
  });
  after(() => gateway.close());

  const captured = async () => {
    const payment = await gateway.create();
    await gateway.post(`/payments/${payment.id}/capture`);
    return payment;
  };
  const typesOf = async (orderId: string) =>
    (await gateway.webhooksOf(orderId)).map(({ type }) => type).slice(1);

  it('refunds all that is left when no amount is named', async () => {
    const { id } = await captured();
    await gateway.refund(id, { amount: 1_000 });
    const rest = await gateway.refund(id);
    assert.equal(rest.status, 201);
    assert.deepEqual([rest.body.paymentId, rest.body.amount], [id, 3_999]);
    assert.equal((await gateway.payment(id)).amountRefunded, 4_999);
  });

  it('refuses to refund more than is left, pending refunds included', async () => {
    const { id } = await captured();
    await gateway.refund(id, { amount: 4_000, status: 'pending' });
    const reply = await gateway.refund(id, { amount: 1_000 });
    assert.deepEqual([reply.status, reply.body.code], [422, 'refund_exceeds_captured']);
    assert.equal((await gateway.payment(id)).refunds.length, 1);
  });

  it('refunds concurrent requests only as far as the money goes', async () => {
    const { id } = await captured();
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => gateway.refund(id, { amount: 2_000 })),
    );
    assert.equal(replies.filter(({ status }) => status === 201).length, 2);
    assert.equal((await gateway.payment(id)).amountRefunded, 4_000);
  });

  it('lists and shows refunds', async () => {
    const { id } = await captured();
    const { body } = await gateway.refund(id, { amount: 5 });
    assert.deepEqual(await gateway.get(`/refunds/${body.id}`), body);
    assert.deepEqual(await gateway.get(`/payments/${id}/refunds`), { refunds: [body] });
    assert.equal((await gateway.call('GET', '/refunds/sbx_ref_none')).status, 404);
  });

  it('counts a pending refund only once the bank has succeeded', async () => {
    const { id, orderId } = await captured();
    const { body } = await gateway.refund(id, { status: 'pending' });
    assert.equal((await gateway.payment(id)).amountRefunded, 0);
    await gateway.post(`/refunds/${body.id}/succeed`);
    await gateway.post(`/refunds/${body.id}/succeed`);
    assert.equal((await gateway.payment(id)).amountRefunded, 4_999);
    assert.deepEqual(await typesOf(orderId), ['refund.pending', 'refund.succeeded']);
  });

  for (const [action, status] of [
    ['fail', 'failed'],
    ['reverse', 'reversed'],
  ] as const) {
    it(`gives the money back to the payment when a refund is ${status}`, async () => {
      const { id, orderId } = await captured();
      const { body } = await gateway.refund(id);
      await gateway.post(`/refunds/${body.id}/${action}`);
      assert.equal((await gateway.payment(id)).amountRefunded, 0);
      assert.deepEqual(await typesOf(orderId), ['refund.succeeded', `refund.${status}`]);
      assert.equal((await gateway.refund(id)).status, 201);
    });
  }

  it('refuses to settle a refund against what the bank decided', async () => {
    const { id } = await captured();
    const { body } = await gateway.refund(id, { status: 'pending' });
    await gateway.post(`/refunds/${body.id}/fail`);
    const reply = await gateway.post(`/refunds/${body.id}/succeed`);
    assert.deepEqual([reply.status, reply.body.code], [409, 'refund_settled']);
  });
});
