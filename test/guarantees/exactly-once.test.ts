/** The races of everyday life, each on the real server and the real database. */
import assert from 'node:assert/strict';
import { gatewayIdempotencyKey } from '../../src/gateways/idempotency-key.ts';
import { assertPaidOnce } from '../support/assert-paid-once.ts';
import { markOf } from '../support/installation.ts';
import {
  AMOUNT,
  CURRENCY,
  givenOrder,
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  readOrder,
  type Shop,
  untilSettled,
  withFaults,
} from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { untilActivityRuns } from '../support/temporal.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

const CROWD = 50;

function times<T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => make(i)));
}

function tally(values: (string | number)[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

describe('an order that everybody repeats', function () {
  this.timeout(300_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  it(`is created once by ${CROWD} concurrent starts`, async () => {
    const id = newOrderId();
    const replies = await times(CROWD, () => shop.call('POST', '/v1/orders', orderBody(id)));
    assert.deepEqual(tally(replies.map((reply) => reply.status)), { 201: 1, 200: CROWD - 1 });
    const replayed = replies.filter((reply) => reply.headers.get('idempotent-replayed') === 'true');
    assert.equal(replayed.length, CROWD - 1);
  });

  it(`T25 gets one payment from ${CROWD} concurrent pay clicks`, async () => {
    const id = await givenOrder(shop);
    const replies = await times(CROWD, () =>
      shop.call<{ id: string; attempt: number }>(
        'POST',
        `/v1/orders/${id}/payments`,
        {},
        {
          prefer: 'wait=30',
        },
      ),
    );
    assert.deepEqual(tally(replies.map((reply) => reply.status)), { 201: 1, 200: CROWD - 1 });
    assert.equal(new Set(replies.map((reply) => reply.body.id)).size, 1);
    const [first] = replies;
    await shop.gateway('POST', `/payments/${first?.body.id}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await assertPaidOnce(id);
  });

  it(`T01 is paid once by one event delivered ${CROWD} times at once`, async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const answers = await times(CROWD, (i) => deliverTo(shop, event, i));
    assert.deepEqual(tally(answers.map(({ status }) => status)), { 200: CROWD });
    const order = await untilSettled(shop, id, 'paid');
    assert.equal(order.amountPaid, AMOUNT);
    await assertPaidOnce(id);
  });

  it(`T09 is paid once when verify and webhook meet in the same instant, ${CROWD} times`, async () => {
    const orders = await times(CROWD, () => givenPendingOrder(shop));
    await Promise.all(
      orders.map(async ({ id, paymentId }) => {
        // The gateway's own webhook sets off at the capture; verify runs into it.
        const capture = shop.gateway('POST', `/payments/${paymentId}/capture`, {});
        const verify = shop.call(
          'POST',
          `/v1/orders/${id}/verify`,
          { paymentId },
          { prefer: 'wait=30' },
        );
        await Promise.all([capture, verify]);
      }),
    );
    for (const { id } of orders) {
      await untilSettled(shop, id, 'paid');
      await assertPaidOnce(id);
    }
  });

  it('T10 is paid when the capture is told before the pay click has returned', async () => {
    const id = await givenOrder(shop);
    await withFaults(shop, { api: { timeoutAfter: 1 } }, async () => {
      const click = await shop.call('POST', `/v1/orders/${id}/payments`, {}, { prefer: 'wait=0' });
      assert.equal(click.status, 202);
      await untilActivityRuns(id, 'createPayment');
    });
    const paymentId = await paymentBehindTheClick(shop, id);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await assertPaidOnce(id);
  });

  it('answers a pay click on a paid order with order_already_paid and asks for nothing', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    const again = await shop.call<{ code: string }>('POST', `/v1/orders/${id}/payments`, {});
    assert.equal(again.status, 409);
    assert.equal(again.body.code, 'order_already_paid');
    assert.equal((await readOrder(shop, id)).payments.length, 1);
    await assertPaidOnce(id);
  });
});

/** The payment that the hanging call has made: asked for under the same key, it is the same one. */
async function paymentBehindTheClick(shop: Shop, orderId: string): Promise<string> {
  const key = gatewayIdempotencyKey(orderId, 'create', '1');
  const metadata = await markOf((await sharedStack()).databaseUrl, 'this installation');
  const body = { orderId, amount: AMOUNT, currency: CURRENCY, metadata };
  const reply = await shop.gateway<{ id: string }>('POST', '/payments', body, key);
  return reply.body.id;
}
