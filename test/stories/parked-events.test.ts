/** Signed webhooks that no order can take: acknowledged, kept, and delivered when their order is there. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import {
  AMOUNT,
  CURRENCY,
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  type Shop,
  untilSettled,
} from '../support/shop.ts';
import { deliverTo, type SignedEvent, signedEvent } from '../support/webhooks.ts';
import { type Clerk, clerkOf } from './clerk.ts';
import { assertMoneyAgrees } from './gateway-truth.ts';

interface Parked {
  id: string;
  reason: string;
  orderId: string | null;
  status: string;
}

describe('a webhook that no order can take', function () {
  this.timeout(120_000);
  let shop: Shop;
  let clerk: Clerk;

  before(async () => {
    shop = await openShop();
    clerk = clerkOf(shop);
  });

  afterEach(() => shop.gateway('PUT', '/faults', {}));

  async function parkedOf(orderId: string): Promise<Parked[]> {
    const { body } = await shop.call<{ events: Parked[] }>('GET', '/v1/parked-events?limit=200');
    return body.events.filter((event) => event.orderId === orderId);
  }

  /** The gateway has taken money for an order that does not exist yet, and has said so. */
  async function givenEarlyCapture(): Promise<{ id: string; event: SignedEvent }> {
    const id = newOrderId();
    await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
    const terms = { orderId: id, amount: AMOUNT, currency: CURRENCY };
    const { body } = await shop.gateway<{ id: string }>('POST', '/payments', terms);
    await shop.gateway('POST', `/payments/${body.id}/capture`, {});
    const data = { orderId: id, paymentId: body.id, amount: AMOUNT };
    return { id, event: signedEvent('payment.captured', data) };
  }

  it('T31 is taken with 200, delivered by itself once its order is there, and counts once', async () => {
    const { id, event } = await givenEarlyCapture();
    const early = await deliverTo(shop, event);
    assert.deepEqual([early.status, early.body.status], [200, 'parked']);
    const [parked] = await parkedOf(id);
    assert.deepEqual([parked?.reason, parked?.status], ['event_orphaned', 'parked']);
    await shop.call('POST', '/v1/orders', orderBody(id));
    await untilSettled(shop, id, 'paid');
    await pWaitFor(async () => (await parkedOf(id))[0]?.status === 'redelivered');
    assert.equal((await deliverTo(shop, event)).status, 200);
    await shop.call('POST', `/v1/parked-events/${parked?.id}/redeliver`);
    await pWaitFor(async () => (await deliverTo(shop, event)).body.status === 'duplicate');
    await assertMoneyAgrees(shop, id);
    const told = (await clerk.eventsOf(id)).filter(
      ({ source, outcome }) => source === 'webhook' && outcome !== 'duplicate',
    );
    assert.equal(told.length, 1, JSON.stringify(told));
  });

  it('T31 is delivered by an operator who does not want to wait', async () => {
    const { id, event } = await givenEarlyCapture();
    await deliverTo(shop, event);
    const [parked] = await parkedOf(id);
    const path = `/v1/parked-events/${parked?.id}/redeliver`;
    const early = await shop.call<Problem>('POST', path);
    assert.deepEqual([early.status, early.body.code], [409, 'parked_event_not_deliverable']);
    await shop.call('POST', '/v1/orders', orderBody(id));
    assert.equal((await shop.call('POST', path)).status, 202);
    await untilSettled(shop, id, 'paid');
    await assertMoneyAgrees(shop, id);
  });

  it('T30 is applied when it comes again after its first delivery was not', async () => {
    const { id, event } = await givenEarlyCapture();
    assert.equal((await deliverTo(shop, event)).body.status, 'parked');
    await shop.call('POST', '/v1/orders', orderBody(id));
    // A dedupe that had marked it as seen before it was applied would drop it here.
    assert.equal((await deliverTo(shop, event)).body.status, 'accepted');
    await untilSettled(shop, id, 'paid');
    await assertMoneyAgrees(shop, id);
  });

  it('T31 is kept for a person where it cannot be read', async () => {
    const orderId = newOrderId();
    const data = { orderId, paymentId: 'sbx_pay_1', amount: 0.5 };
    const event = signedEvent('payment.captured', data, `evt_${randomUUID()}`);
    const answer = await deliverTo(shop, event);
    assert.deepEqual([answer.status, answer.body.status], [200, 'parked']);
    const { body } = await shop.call<{ events: Parked[] }>('GET', '/v1/parked-events?limit=1');
    assert.equal(body.events[0]?.reason, 'event_unprocessable');
  });
});
