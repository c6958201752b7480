/** Nothing is cancelled and nothing expires before the gateway was asked; whatever it says then stands. */
import assert from 'node:assert/strict';
import { rowsOf } from '../support/books.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { moneyAt } from '../support/gateway-truth.ts';
import type { Place } from '../support/place.ts';
import { ENDINGS } from '../support/scenarios/endings.ts';
import { openShop, type Shop, untilOrder, untilSettled } from '../support/shop.ts';

const RACES = 10;

describe('an order that is to end unpaid', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  atEachGateway(
    `T22 is cancelled or paid when both are asked for at once, never both, ${RACES} times`,
    async (place) => {
      const orders = await Promise.all(Array.from({ length: RACES }, () => place.pendingOrder()));
      const answers = await Promise.all(
        orders.map(async ({ id, paymentId }, i) => {
          // A gateway that was faster to void refuses to capture.
          const capture = () => place.gateway.capture(paymentId).catch(() => {});
          const cancel = () => place.cancel(id);
          if (i % 2 === 0) return (await Promise.all([capture(), cancel()]))[1];
          return (await Promise.all([cancel(), capture()]))[0];
        }),
      );
      await Promise.all(
        orders.map(({ id }, i) => assertOneEnd(place, id, answers[i]?.status ?? 0)),
      );
    },
  );

  /** A capture that comes after the void is money all the same: then a person decides. */
  async function assertOneEnd(place: Place, id: string, status: number): Promise<void> {
    const { captured } = await moneyAt(place.gateway, id);
    const order = await untilOrder(
      shop,
      id,
      ({ state, reviews }) =>
        state === 'paid' || (state === 'cancelled' && (captured === 0 || reviews.length === 1)),
      'paid, or cancelled with nothing captured, or in review',
    );
    if (order.state === 'paid') {
      assert.equal(status, 409);
      assert.deepEqual(order.reviews, []);
    } else {
      assert.equal(status, 200);
      const reasons = order.reviews.map(({ reason }) => reason);
      assert.deepEqual(reasons, captured > 0 ? ['paid_after_cancel'] : []);
      assert.deepEqual(await rowsOf('entitlements', id), []);
    }
    await untilSettled(shop, id, order.state);
    await place.assertMoneyAgrees(id);
  }

  atEachGateway(
    'T22 stays paid when the capture was not heard of, and the caller of cancel is told so',
    async (place) => {
      const { id, paymentId } = await place.pendingOrder();
      await place.gateway.loseWebhooks();
      await place.gateway.capture(paymentId);
      const { status, body } = await place.cancel(id);
      assert.deepEqual([status, body.code], [409, 'order_already_paid']);
      await untilSettled(shop, id, 'paid');
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'T22 is cancelled with nothing captured when nobody pays, however often it is asked for',
    async (place) => {
      const { id, replies } = await ENDINGS['cancelled-while-pending'](place);
      assert.deepEqual(
        replies.map(({ status, body }) => [status, body.state]),
        replies.map(() => [200, 'cancelled']),
      );
      assert.equal(replies.length, 5);
      assert.deepEqual(await moneyAt(place.gateway, id), { captured: 0, refunded: 0, lost: 0 });
      assert.equal((await place.gateway.paymentsOf(id))[0]?.isVoided, true);
    },
  );

  atEachGateway('T18 does not expire while the bank still works on its payment', async (place) => {
    await place.gateway.loseWebhooks();
    const { id, paymentId, waiting } =
      await ENDINGS['expiry-put-off-while-the-bank-holds-money'](place);
    assert.deepEqual([waiting.state, waiting.payments[0]?.status], ['pending', 'pending']);
    await place.gateway.calm();
    await place.gateway.capture(paymentId);
    assert.equal((await untilSettled(shop, id, 'paid')).late, false);
    await place.assertMoneyAgrees(id);
  });

  atEachGateway(
    'T23 is not cancelled when its payment is not voided, and paid when that succeeds',
    async (place) => {
      const { id, paymentId } = await place.pendingOrder();
      await place.gateway.pend(paymentId);
      await untilOrder(shop, id, (o) => o.payments[0]?.status === 'pending', 'at the bank');
      const { status, body } = await place.cancel(id, { prefer: 'wait=2' });
      assert.deepEqual([status, body.state], [202, 'pending']);
      await place.gateway.capture(paymentId);
      const { reviews } = await untilSettled(shop, id, 'paid');
      assert.deepEqual(reviews, []);
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'T12 T17 fails softly when its time is over, and is paid late when the bank comes after all',
    async (place) => {
      const order = await ENDINGS['expired-with-a-payment-that-nobody-made'](place);
      const { id } = order;
      const closed = await place.pay(id);
      assert.deepEqual([closed.status, closed.body.code], [409, 'order_closed']);
      await place.captureAfterAll(order);
      assert.equal((await untilSettled(shop, id, 'paid')).late, true);
      await place.assertMoneyAgrees(id);
    },
  );
});
