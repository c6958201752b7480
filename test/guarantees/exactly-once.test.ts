/** The races of everyday life, each on the real server and the real database. */
import assert from 'node:assert/strict';
import { assertPaidOnce } from '../support/assert-paid-once.ts';
import {
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  readOrder,
  type Shop,
  untilSettled,
} from '../support/shop.ts';

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
