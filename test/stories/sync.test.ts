/** Operators ask the gateway for the present truth of an order, whatever the order believes. */
import assert from 'node:assert/strict';
import { atEachGateway } from '../support/each-gateway.ts';
import { REFUNDS, sync } from '../support/scenarios/refunds.ts';
import { AMOUNT } from '../support/shop.ts';
import { untilClosed } from '../support/temporal.ts';

describe('POST /v1/orders/{id}/sync', function () {
  this.timeout(180_000);

  atEachGateway(
    'finds the refund of a paid order whose webhook was lost, and says so once',
    async (place) => {
      const { id, found } = await REFUNDS['refund-found-by-sync'](place);
      assert.equal(found.status, 200);
      assert.equal(found.body.order.amountRefunded, AMOUNT);
      assert.equal(found.body.order.state, 'refunded');
      assert.ok(found.body.changes.some((change) => change.startsWith('refund.succeeded: ')));
      const again = await sync(place, id);
      assert.deepEqual([again.status, again.body.changes], [200, []]);
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'finds the refund of an order that has closed, whose run has ended',
    async (place) => {
      const { id, paymentId } = await place.closedOrder();
      await place.gateway.loseWebhooks();
      await place.gateway.refund(paymentId);
      const { status, body } = await sync(place, id);
      assert.deepEqual([status, body.order.state], [200, 'refunded']);
      assert.ok(body.changes.some((change) => change.startsWith('refund.succeeded: ')));
      await place.assertMoneyAgrees(id);
      await untilClosed(id);
    },
  );

  atEachGateway('has nothing to ask about before there is a payment', async (place) => {
    const { status, body } = await sync(place, await place.order());
    assert.deepEqual([status, body.code], [409, 'no_payment_attempt']);
  });
});
