/** Once an order is over, nothing of it can be paid any more, at each gateway that takes a part of a payment. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { type Place, placeAt } from '../support/place.ts';
import { ENDINGS } from '../support/scenarios/endings.ts';
import { STRIPE } from '../support/scenarios/gateways.ts';
import { partlyPaid } from '../support/scenarios/scenario.ts';
import { untilOrder, untilSettled } from '../support/shop.ts';
import { sideBySide } from '../support/side-by-side.ts';

describe('a payment that is open when its order is over', function () {
  this.timeout(120_000);

  for (const name of ['sandbox', 'stripe']) {
    let place: Place;
    before(async () => {
      place = await placeAt(name);
    });

    const isVoidedAt = async (id: string, paymentId: string) =>
      (await place.gateway.paymentsOf(id)).find((one) => one.paymentId === paymentId)?.isVoided;

    const untilVoided = (id: string, paymentId: string) =>
      untilOrder(
        place.shop,
        id,
        ({ payments }) => payments.some((one) => one.id === paymentId && one.status === 'voided'),
        'without an open payment',
      );

    it(`is voided at ${name} when all that came was refunded`, async () => {
      const { id } = await partlyPaid(place);
      const open = String((await place.pay(id)).body.id);
      await place.refund(id);
      await untilSettled(place.shop, id, 'refunded');
      await untilVoided(id, open);
      assert.equal(await isVoidedAt(id, open), true);
      await place.assertMoneyAgrees(id);
    });

    it(`is voided at ${name} when the partly paid order is cancelled, and the part goes back`, async () => {
      const { id, open, cancelled } = await ENDINGS['cancelled-when-partly-paid'](place);
      assert.deepEqual([cancelled.status, cancelled.body.state], [200, 'cancelled']);
      assert.equal(await isVoidedAt(id, open), true);
      await place.assertMoneyAgrees(id);
    });
  }

  const voidedWhenItsTimeIsOver = async (name: string): Promise<void> => {
    const place = await placeAt(name);
    const { id, paymentId } = await ENDINGS['expired-with-a-payment-that-nobody-made'](place);
    await untilVoidedAt(place, id, paymentId);
    const { status, body } = await place.pay(id);
    assert.deepEqual([status, body.code], [409, 'order_closed']);
  };

  sideBySide({
    'is voided at sandbox when the time to pay is over': () => voidedWhenItsTimeIsOver('sandbox'),

    'is voided at stripe when the time to pay is over': () => voidedWhenItsTimeIsOver('stripe'),

    async 'is voided at stripe when it had failed, and the time to try again is over'() {
      const place = await placeAt('stripe');
      const { id, paymentId } = await STRIPE['failed-and-voided-when-its-time-was-over'](place);
      await untilVoidedAt(place, id, paymentId);
      await place.assertMoneyAgrees(id);
    },

    async 'is left alone at razorpay when the time to pay is over, as a late authorization counts'() {
      const place = await placeAt('razorpay');
      const { id, paymentId } = await ENDINGS['expired-with-a-payment-that-nobody-made'](place);
      await place.gateway.authorize(paymentId);
      assert.equal((await untilSettled(place.shop, id, 'paid')).late, true);
      await place.assertMoneyAgrees(id);
    },
  });

  it('is voided at the sandbox when another payment has paid the order', async () => {
    const place = await placeAt('sandbox');
    const { id, paymentId } = await place.pendingOrder();
    const other = await place.gateway.strangePayment(id);
    await place.verify(id, { paymentId: other });
    await place.gateway.capture(other);
    await untilSettled(place.shop, id, 'paid');
    await untilOrder(
      place.shop,
      id,
      ({ payments }) => payments.find((one) => one.id === paymentId)?.status === 'voided',
      'without an open payment',
    );
  });
});

async function untilVoidedAt(place: Place, id: string, paymentId: string): Promise<void> {
  await pWaitFor(
    async () =>
      (await place.gateway.paymentsOf(id)).find((one) => one.paymentId === paymentId)?.isVoided ===
      true,
    { interval: 200, timeout: { milliseconds: 60_000, message: `${paymentId} can still be paid` } },
  );
}
