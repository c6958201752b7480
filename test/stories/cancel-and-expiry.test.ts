/** Nothing is cancelled and nothing expires before the gateway was asked; whatever it says then stands. */
import assert from 'node:assert/strict';
import { rowsOf } from '../support/books.ts';
import {
  givenOrder,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { type Clerk, clerkOf } from './clerk.ts';
import { assertMoneyAgrees, moneyAtGateway, paymentsAtGateway } from './gateway-truth.ts';

const RACES = 20;

describe('an order that is to end unpaid', function () {
  this.timeout(120_000);
  let shop: Shop;
  let clerk: Clerk;

  before(async () => {
    shop = await openShop();
    clerk = clerkOf(shop);
  });

  afterEach(() => shop.gateway('PUT', '/faults', {}));

  it(`T22 is cancelled or paid when both are asked for at once, never both, ${RACES} times`, async () => {
    const orders = await Promise.all(Array.from({ length: RACES }, () => givenPendingOrder(shop)));
    const answers = await Promise.all(
      orders.map(async ({ id, paymentId }, i) => {
        const capture = () => shop.gateway('POST', `/payments/${paymentId}/capture`, {});
        const cancel = () => clerk.cancel(id);
        if (i % 2 === 0) return (await Promise.all([capture(), cancel()]))[1];
        return (await Promise.all([cancel(), capture()]))[0];
      }),
    );
    await Promise.all(orders.map(({ id }, i) => assertOneEnd(id, answers[i]?.status ?? 0)));
  });

  /** A capture that comes after the void is money all the same: then a person decides. */
  async function assertOneEnd(id: string, status: number): Promise<void> {
    const { captured } = await moneyAtGateway(shop, id);
    assert.ok(captured > 0, 'the sandbox captures in any state');
    const order = await untilOrder(
      shop,
      id,
      ({ state, reviews }) => state === 'paid' || reviews.length === 1,
      'paid or in review',
    );
    const entitlements = await rowsOf('entitlements', id);
    if (order.state === 'paid') {
      assert.equal(status, 409);
      assert.deepEqual(order.reviews, []);
    } else {
      assert.deepEqual([order.state, status], ['cancelled', 200]);
      assert.equal(order.reviews[0]?.reason, 'paid_after_cancel');
      assert.deepEqual(entitlements, []);
    }
    await untilSettled(shop, id, order.state);
    await assertMoneyAgrees(shop, id);
  }

  it('T22 stays paid when the capture was not heard of, and the caller of cancel is told so', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const { status, body } = await clerk.cancel(id);
    assert.deepEqual([status, body.code], [409, 'order_already_paid']);
    await untilSettled(shop, id, 'paid');
    await assertMoneyAgrees(shop, id);
  });

  it('T22 is cancelled with nothing captured when nobody pays, however often it is asked for', async () => {
    const { id } = await givenPendingOrder(shop);
    const replies = await Promise.all(Array.from({ length: 5 }, () => clerk.cancel(id)));
    assert.deepEqual(
      replies.map(({ status, body }) => [status, body.state]),
      Array(5).fill([200, 'cancelled']),
    );
    assert.deepEqual(await moneyAtGateway(shop, id), { captured: 0, refunded: 0, lost: 0 });
    assert.equal((await paymentsAtGateway(shop, id))[0]?.status, 'voided');
  });

  it('T18 does not expire while the bank still works on its payment', async () => {
    await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
    const id = await givenOrder(shop, { expiresIn: 4 });
    const { body } = await clerk.pay(id);
    const { expiresAt } = await untilOrder(shop, id, ({ state }) => state === 'pending', 'pending');
    await shop.gateway('POST', `/payments/${body.id}/pend`, {});
    const waiting = await untilOrder(
      shop,
      id,
      (order) => order.expiresAt > expiresAt,
      'given time',
    );
    assert.deepEqual([waiting.state, waiting.payments[0]?.status], ['pending', 'pending']);
    await shop.gateway('PUT', '/faults', {});
    await shop.gateway('POST', `/payments/${body.id}/capture`, {});
    assert.equal((await untilSettled(shop, id, 'paid')).late, false);
    await assertMoneyAgrees(shop, id);
  });

  it('T12 T17 fails softly when its time is over, and is paid late when the bank comes after all', async () => {
    const id = await givenOrder(shop, { expiresIn: 2 });
    const { body } = await clerk.pay(id);
    await untilSettled(shop, id, 'failed');
    const closed = await clerk.pay(id);
    assert.deepEqual([closed.status, closed.body.code], [409, 'order_closed']);
    await shop.gateway('POST', `/payments/${body.id}/capture`, {});
    assert.equal((await untilSettled(shop, id, 'paid')).late, true);
    await assertMoneyAgrees(shop, id);
  });
});
