/** Operators ask the gateway for the present truth of an order, whatever the order believes. */
import assert from 'node:assert/strict';
import type { OrderView } from '../../src/domain/view.ts';
import { givenOwnOrder } from '../support/custom-terms.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { WAIT } from '../support/operator-client.ts';
import { AMOUNT, untilSettled } from '../support/shop.ts';
import { untilClosed } from '../support/temporal.ts';

/** An order closes so long after its last news. */
const WINDOW_MS = 2_000;

interface Synced {
  code?: string;
  changes: string[];
  order: OrderView;
}

describe('POST /v1/orders/{id}/sync', function () {
  this.timeout(180_000);

  atEachGateway(
    'finds the refund of a paid order whose webhook was lost, and says so once',
    async ({ shop, gateway, pendingOrder, assertMoneyAgrees }) => {
      const sync = (id: string) => shop.call<Synced>('POST', `/v1/orders/${id}/sync`, {}, WAIT);
      const { id, paymentId } = await pendingOrder();
      await gateway.capture(paymentId);
      await untilSettled(shop, id, 'paid');
      await gateway.loseWebhooks();
      await gateway.refund(paymentId);
      const found = await sync(id);
      assert.equal(found.status, 200);
      assert.equal(found.body.order.amountRefunded, AMOUNT);
      assert.equal(found.body.order.state, 'refunded');
      assert.ok(found.body.changes.some((change) => change.startsWith('refund.succeeded: ')));
      await untilSettled(shop, id, 'refunded');
      const again = await sync(id);
      assert.deepEqual([again.status, again.body.changes], [200, []]);
      await assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'finds the refund of an order that has closed, whose run has ended',
    async ({ shop, gateway, pay, assertMoneyAgrees }) => {
      const id = await givenOwnOrder({ gateway: gateway.name, settlementWindowMs: WINDOW_MS });
      const paymentId = String((await pay(id)).body.id);
      await gateway.capture(paymentId);
      await untilSettled(shop, id, 'paid');
      await untilClosed(id);
      await gateway.loseWebhooks();
      await gateway.refund(paymentId);
      const { status, body } = await shop.call<Synced>(
        ...(['POST', `/v1/orders/${id}/sync`, {}, WAIT] as const),
      );
      assert.deepEqual([status, body.order.state], [200, 'refunded']);
      assert.ok(body.changes.some((change) => change.startsWith('refund.succeeded: ')));
      await assertMoneyAgrees(id);
      await untilClosed(id);
    },
  );

  atEachGateway('has nothing to ask about before there is a payment', async ({ shop, order }) => {
    const path = `/v1/orders/${await order()}/sync`;
    const { status, body } = await shop.call<Synced>('POST', path, {}, WAIT);
    assert.deepEqual([status, body.code], [409, 'no_payment_attempt']);
  });
});
