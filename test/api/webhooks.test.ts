/** Webhooks that are signed well, against the running stack. */
import assert from 'node:assert/strict';
import {
  AMOUNT,
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  readOrder,
  type Shop,
  untilSettled,
  withFaults,
} from '../support/shop.ts';
import { sandboxOf, sharedStack } from '../support/stack.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

interface Parked {
  events: { id: string; reason: string; orderId: string | null; status: string }[];
}

let shop: Shop;

before(async function () {
  this.timeout(300_000);
  shop = await openShop();
});

async function parkedOf(orderId: string | null, reason: string) {
  const { body } = await shop.call<Parked>('GET', '/v1/parked-events?limit=200');
  return body.events.filter((event) => event.orderId === orderId && event.reason === reason);
}

describe('a webhook', () => {
  it('is accepted once, and every repeat is counted and explained', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
      assert.deepEqual((await deliverTo(shop, event)).body, { status: 'accepted' });
      for (const _ of [1, 2, 3])
        assert.deepEqual((await deliverTo(shop, event)).body, { status: 'duplicate' });
      await untilSettled(shop, id, 'paid');
      assert.equal((await readOrder(shop, id)).counters.duplicates, 3);
    });
  });

  it('that is repeated to another process is a repeat there too', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
      assert.deepEqual((await deliverTo(shop, event, 0)).body, { status: 'accepted' });
      await untilSettled(shop, id, 'paid');
      assert.deepEqual((await deliverTo(shop, event, 1)).body, { status: 'duplicate' });
      assert.equal((await readOrder(shop, id)).counters.duplicates, 1);
    });
  });

  it('of an unknown type is ignored', async () => {
    const data = { orderId: 'ord_x', paymentId: 'sbx_pay_x', amount: 1 };
    const answer = await deliverTo(shop, signedEvent('customer.created', data));
    assert.deepEqual([answer.status, answer.body], [200, { status: 'ignored' }]);
  });

  it('that cannot be read is parked', async () => {
    const before = (await parkedOf(null, 'event_unprocessable')).length;
    const data = { orderId: 'ord_x', paymentId: 'sbx_pay_x', amount: -1 };
    const answer = await deliverTo(shop, signedEvent('payment.captured', data));
    assert.deepEqual([answer.status, answer.body], [200, { status: 'parked' }]);
    const parked = await parkedOf(null, 'event_unprocessable');
    assert.equal(parked.length, before + 1);
    const path = `/v1/parked-events/${parked[0]?.id}/redeliver`;
    const redelivered = await shop.call<Problem>('POST', path);
    assert.deepEqual(
      [redelivered.status, redelivered.body.code],
      [409, 'parked_event_not_deliverable'],
    );
  });

  it('with the id of another one is parked and changes nothing', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    const data = { orderId: id, paymentId, amount: AMOUNT };
    const first = signedEvent('payment.pending', data);
    assert.equal((await deliverTo(shop, first)).body.status, 'accepted');
    const other = signedEvent('payment.captured', data, first.id);
    assert.equal((await deliverTo(shop, other)).body.status, 'parked');
  });

  it('T31 for an order that does not exist is parked once, and pays the order once it does', async () => {
    const id = newOrderId();
    await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      const paymentId = await sandboxOf(await sharedStack()).strangePayment(id);
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
      for (const _ of [1, 2]) assert.equal((await deliverTo(shop, event)).body.status, 'parked');
    });
    const [parked, ...others] = await parkedOf(id, 'event_orphaned');
    assert.ok(parked && others.length === 0, 'it is parked once');
    const path = `/v1/parked-events/${parked.id}/redeliver`;
    const early = await shop.call<Problem>('POST', path);
    assert.deepEqual([early.status, early.body.code], [409, 'parked_event_not_deliverable']);

    await shop.call('POST', '/v1/orders', orderBody(id));
    assert.equal((await shop.call('POST', path)).status, 202);
    const [redelivered] = await parkedOf(id, 'event_orphaned');
    assert.equal(redelivered?.status, 'redelivered');
    await untilSettled(shop, id, 'paid');
  });

  for (const [what, orderId] of [
    ['nothing', ''],
    ['NUL', 'ord_\0'],
    ['5,000 letters', 'x'.repeat(5_000)],
    ['a path', '../ord_1'],
  ])
    it(`for an order called ${what} is ignored, as no order is called so`, async () => {
      const data = { orderId: orderId ?? '', paymentId: 'sbx_pay_x', amount: AMOUNT };
      const answer = await deliverTo(shop, signedEvent('payment.captured', data));
      assert.deepEqual([answer.status, answer.body], [200, { status: 'ignored' }]);
    });

  it('with an id of 5,000 letters is parked once when nobody can read it', async () => {
    const before = (await parkedOf(null, 'event_unprocessable')).length;
    const data = { orderId: 'ord_x', paymentId: 'sbx_pay_x', amount: -2 };
    const event = signedEvent('payment.captured', data, 'x'.repeat(5_000));
    for (const _ of [1, 2]) assert.equal((await deliverTo(shop, event)).body.status, 'parked');
    assert.equal((await parkedOf(null, 'event_unprocessable')).length, before + 1);
  });

  it('that is not parked cannot be delivered again', async () => {
    const answer = await shop.call<Problem>('POST', '/v1/parked-events/999999/redeliver');
    assert.deepEqual([answer.status, answer.body.code], [404, 'parked_event_not_found']);
  });
});
