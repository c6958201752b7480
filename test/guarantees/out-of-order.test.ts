/** Gateways promise no order: whatever comes first, the order ends the same. */
import assert from 'node:assert/strict';
import { assertPaidOnce } from '../support/assert-paid-once.ts';
import { placeAt } from '../support/place.ts';
import { PAYMENTS } from '../support/scenarios/payments.ts';
import { REVIEWS } from '../support/scenarios/reviews.ts';
import {
  AMOUNT,
  givenPendingOrder,
  openShop,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { deliverTo, type SignedEvent, signedEvent } from '../support/webhooks.ts';

describe('webhooks that are shuffled and repeated', function () {
  this.timeout(300_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  it('T11 never let a late "failed" undo a capture', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    const before = await readOrder(shop, id);
    const data = { orderId: id, paymentId, amount: AMOUNT };
    await deliverTo(shop, signedEvent('payment.failed', data));
    const after = await untilOrder(
      shop,
      id,
      ({ counters }) => counters.stale > before.counters.stale,
      'told of the late failure',
    );
    assert.equal(after.state, 'paid');
    assert.equal(after.version, before.version);
    await assertPaidOnce(id);
  });

  it('T12 lift a failed order when the capture is confirmed late', async () => {
    const { paid } = await PAYMENTS['failed-then-paid-late'](await placeAt('sandbox'));
    assert.equal(paid.late, true);
    assert.equal(paid.amountPaid, AMOUNT);
  });

  it('T21 open a review when a cancelled order is captured, and grant nothing', async () => {
    const { order } = await REVIEWS['cancelled-then-captured'](await placeAt('sandbox'));
    assert.equal(order.reviews[0]?.reason, 'paid_after_cancel');
    assert.equal(order.amountPaid, AMOUNT);
    assert.deepEqual(
      order.effects.filter(({ effect }) => effect === 'grant_access' || effect === 'issue_invoice'),
      [],
    );
  });

  const strangers: [string, (event: SignedEvent) => Promise<number>][] = [
    [
      'a changed body',
      async (event) =>
        (await deliverTo(shop, { ...event, body: event.body.replace('4999', '1') })).status,
    ],
    [
      'another secret',
      async (event) => {
        const headers = { ...event.headers, 'webhook-signature': `v1,${'A'.repeat(43)}=` };
        return (await deliverTo(shop, { ...event, headers })).status;
      },
    ],
  ];
  for (const [what, deliver] of strangers)
    it(`are refused with ${what}, and change nothing`, async () => {
      const { id, paymentId } = await givenPendingOrder(shop);
      const before = await readOrder(shop, id);
      const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
      assert.equal(await deliver(event), 401);
      assert.deepEqual(await readOrder(shop, id), before);
    });
});
