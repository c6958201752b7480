/** Webhooks as gateways really send them: twice, late, oddly written, in the middle of something else. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { Webhook } from 'standardwebhooks';
import { rowsOf } from '../support/books.ts';
import { givenOwnOrder } from '../support/own-orders.ts';
import { assertPaidOnce, proofOf } from '../support/proof.ts';
import {
  AMOUNT,
  CURRENCY,
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { WEBHOOK_SECRET } from '../support/stack.ts';
import { untilClosed } from '../support/temporal.ts';
import { deliverTo, type SignedEvent, signedEvent, untilDelivered } from '../support/webhooks.ts';
import { type Clerk, clerkOf } from './clerk.ts';
import { assertMoneyAgrees } from './gateway-truth.ts';

const TYPES = [
  ...['pending', 'authorized', 'captured', 'failed', 'expired', 'voided'].map(
    (w) => `payment.${w}`,
  ),
  'capture.reversed',
  ...['pending', 'succeeded', 'failed', 'reversed'].map((w) => `refund.${w}`),
  ...['opened', 'won', 'lost'].map((w) => `dispute.${w}`),
];

const CROWD = 20;

describe('webhooks as they come', function () {
  this.timeout(120_000);
  let shop: Shop;
  let clerk: Clerk;

  before(async () => {
    shop = await openShop();
    clerk = clerkOf(shop);
  });

  afterEach(() => shop.gateway('PUT', '/faults', {}));

  it('T02 pay once whether verify or webhook is first, without anybody waiting for the other', async () => {
    const [verified, told] = await Promise.all([givenPendingOrder(shop), givenPendingOrder(shop)]);
    await shop.gateway('POST', `/payments/${told.paymentId}/capture`, {});
    await untilDelivered(shop, told.id, 'payment.captured');
    await untilSettled(shop, told.id, 'paid');
    assert.equal((await clerk.verify(told.id)).status, 200);
    await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
    await shop.gateway('POST', `/payments/${verified.paymentId}/capture`, {});
    assert.equal((await clerk.verify(verified.id)).body.state, 'paid');
    const { id: orderId, paymentId } = verified;
    const event = signedEvent('payment.captured', { orderId, paymentId, amount: AMOUNT });
    assert.equal((await deliverTo(shop, event)).status, 200);
    await untilOrder(shop, orderId, ({ counters }) => counters.duplicates > 0, 'told again');
    await Promise.all([assertPaidOnce(shop, told.id), assertPaidOnce(shop, orderId)]);
  });

  it('T01 T08 leave no failed run and no failed task when each fact comes three times', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('PUT', '/faults', { webhooks: { duplicate: 1 } });
    await shop.gateway('POST', `/payments/${paymentId}/authorize`, {});
    await untilSettled(shop, id, 'paid');
    const data = { orderId: id, paymentId, amount: AMOUNT };
    for (const type of ['payment.authorized', 'payment.captured'])
      for (const turn of [0, 1, 2]) await deliverTo(shop, signedEvent(type, data), turn);
    await untilOrder(shop, id, ({ counters }) => counters.duplicates + counters.stale >= 6, 'told');
    await assertPaidOnce(shop, id);
  });

  async function inState(state: string): Promise<{ id: string; paymentId: string }> {
    const paidFirst = state === 'paid' || state === 'refunded';
    const order = paidFirst ? await clerk.paidOrder() : await givenPendingOrder(shop);
    const { id, paymentId } = order;
    if (state === 'refunded') await clerk.refund(id);
    if (state === 'cancelled') await clerk.cancel(id);
    if (state === 'failed') await shop.gateway('POST', `/payments/${paymentId}/fail`, {});
    if (state === 'partially_paid')
      await shop.gateway('POST', `/payments/${paymentId}/capture`, { amount: 2000 });
    await untilSettled(shop, id, state);
    return order;
  }

  async function outcomesOfWebhooks(id: string): Promise<number> {
    return (await clerk.eventsOf(id)).filter(({ source }) => source === 'webhook').length;
  }

  for (const state of ['pending', 'partially_paid', 'paid', 'failed', 'cancelled', 'refunded'])
    it(`T04 are answered 200 and wedge nothing, whatever they say, on an order that is ${state}`, async () => {
      const { id, paymentId } = await inState(state);
      const data = { orderId: id, paymentId, amount: AMOUNT };
      const more = { refundId: `ref_${id}`, disputeId: `dsp_${id}` };
      const answers = await Promise.all(
        TYPES.map((type, i) => deliverTo(shop, signedEvent(type, { ...data, ...more }), i)),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        TYPES.map(() => 200),
      );
      await pWaitFor(async () => (await outcomesOfWebhooks(id)) >= TYPES.length);
      assert.equal((await proofOf(shop, id)).failedTasks, 0);
    });

  it('T43 are checked over their raw bytes: odd whitespace, key order and letters are theirs', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const body = `\n{ "data" : {"currency":"${CURRENCY}",\t"note":"caf\\u00e9 – ☕ \u2028",
      "amount":${AMOUNT}.0e0, "paymentId":"${paymentId}","orderId":"${id}"} ,"type":"payment.captured"}\n`;
    const odd = signed(body, `evt_odd_${id}`);
    const rewritten = { ...odd, body: JSON.stringify(JSON.parse(body)) };
    assert.equal((await deliverTo(shop, rewritten)).status, 401);
    assert.deepEqual((await deliverTo(shop, odd)).body, { status: 'accepted' });
    await untilSettled(shop, id, 'paid');
    await assertMoneyAgrees(shop, id);
  });

  it('T46 T47 open a closed order once when a crowd of them comes, and count once', async () => {
    const id = await givenOwnOrder({ settlementWindowMs: 1_000 });
    const { body } = await clerk.pay(id);
    const paymentId = body.id ?? '';
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await untilClosed(id);
    await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
    const refund = await shop.gateway<{ id: string }>('POST', `/payments/${paymentId}/refunds`, {});
    const data = { orderId: id, paymentId, refundId: refund.body.id, amount: AMOUNT };
    const same = signedEvent('refund.succeeded', data);
    const answers = await Promise.all(
      Array.from({ length: CROWD }, (_, i) =>
        deliverTo(shop, i % 2 === 0 ? same : signedEvent('refund.succeeded', data), i >> 1),
      ),
    );
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(CROWD).fill(200),
    );
    const order = await untilSettled(shop, id, 'refunded');
    assert.equal(order.refunds.length, 1);
    assert.equal((await rowsOf('credit_notes', id)).length, 1);
    await untilClosed(id);
    assert.equal((await proofOf(shop, id)).failedTasks, 0);
    await assertMoneyAgrees(shop, id);
  });

  it('T50 reach an order whose id is as long and as odd as ids may be', async () => {
    const id = `0${'-_'.repeat(10)}${newOrderId()}`.padEnd(64, 'Z_-').slice(0, 64);
    await shop.call('POST', '/v1/orders', orderBody(id, { customer: { id: 'cus_odd' } }));
    const { body } = await clerk.pay(id);
    await shop.gateway('POST', `/payments/${body.id}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await assertPaidOnce(shop, id);
  });
});

function signed(body: string, id: string): SignedEvent {
  const now = new Date();
  const headers = {
    'content-type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Webhook(WEBHOOK_SECRET).sign(id, now, body),
  };
  return { id, body, headers };
}
