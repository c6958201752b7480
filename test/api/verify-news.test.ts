import assert from 'node:assert/strict';
import type { OrderView } from '../../src/domain/view.ts';
import { AMOUNT, givenPendingOrder, type Shop, shopOn } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { signalsOf } from '../support/temporal.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

const ORDERS = 10;

let shop: Shop;
before(async function () {
  this.timeout(300_000);
  const stack = await sharedStack();
  // Only the process that took the webhook knows that news is on its way.
  shop = shopOn({ ...stack, apiUrls: [stack.apiUrl] });
});

describe('a verify right behind the webhook', () => {
  it('is answered as soon as the webhook is taken up, and mostly without troubling the order', async () => {
    const signalled: boolean[] = [];
    for (let i = 0; i < ORDERS; i += 1) {
      const { id, paymentId } = await givenPendingOrder(shop);
      const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
      await deliverTo(shop, event);
      const path = `/v1/orders/${id}/verify`;
      const { status, body } = await shop.call<OrderView>('POST', path, { paymentId });
      assert.deepEqual([status, body.state], [200, 'paid']);
      signalled.push((await signalsOf(id)).includes('verify'));
    }
    const troubled = signalled.filter(Boolean).length;
    assert.ok(troubled <= ORDERS / 2, `${troubled} of ${ORDERS} orders were asked`);
  });
});
