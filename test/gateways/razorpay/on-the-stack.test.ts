/** What is told only of Razorpay's webhooks, on the real stack: their id is unsigned, and they may be replays. */
import assert from 'node:assert/strict';
import { razorpayBehind, WEBHOOK_SECRET } from '../../fakes/razorpay/driver.ts';
import type { FakeRazorpay } from '../../fakes/razorpay/fake.ts';
import { type Event, signedEvent } from '../../fakes/razorpay/webhooks.ts';
import { scrape, sumOf } from '../../metrics/scrape.ts';
import { givenOrder, openShop, readOrder, type Shop, untilSettled } from '../../support/shop.ts';
import { sharedStack } from '../../support/stack.ts';
import { sample } from './support.ts';

/** Nine days: a day more than Razorpay repeats or replays anything. */
const LONG_AGO_S = 9 * 24 * 60 * 60;

interface Parked {
  events: { id: string; gateway: string; reason: string }[];
}

describe('a webhook of Razorpay', function () {
  this.timeout(120_000);
  let shop: Shop;
  let razorpay: FakeRazorpay;

  before(async () => {
    shop = await openShop();
    razorpay = razorpayBehind((await sharedStack()).gateways.razorpay);
  });
  afterEach(() => razorpay.webhooks.release(() => []));

  const parked = async (reason: string) => {
    const { body } = await shop.call<Parked>('GET', '/v1/parked-events?limit=200');
    return body.events.filter((event) => event.gateway === 'razorpay' && event.reason === reason);
  };

  async function deliver({ headers, body }: Event, headerId: string): Promise<unknown> {
    const response = await fetch(`${shop.apiUrls[0]}/webhooks/razorpay`, {
      method: 'POST',
      headers: { ...headers, 'x-razorpay-event-id': headerId },
      body,
    });
    return response.json();
  }

  /** An order whose customer has authorized, and of which no webhook has told yet. */
  async function givenUntold(): Promise<{ orderId: string; event: Event }> {
    const orderId = await givenOrder(shop, { gateway: 'razorpay' });
    const path = `/v1/orders/${orderId}/payments`;
    const { body } = await shop.call<{ id: string }>('POST', path, {}, { prefer: 'wait=30' });
    razorpay.webhooks.withhold();
    razorpay.life.authorize(razorpay.life.start(body.id));
    const event = razorpay.webhooks.events.find((told) => told.body.includes(`"${body.id}"`));
    assert.ok(event);
    return { orderId, event };
  }

  it('is taken under an event id that a replayer has used up before', async () => {
    const conflicts = (await parked('event_id_conflict')).length;
    const [first, second] = [await givenUntold(), await givenUntold()];
    assert.deepEqual(await deliver(first.event, 'evt_genuine'), { status: 'accepted' });
    assert.deepEqual(await deliver(second.event, 'evt_genuine'), { status: 'accepted' });
    assert.deepEqual(await deliver(first.event, 'evt_other'), { status: 'duplicate' });
    razorpay.webhooks.release();
    for (const { orderId } of [first, second]) await untilSettled(shop, orderId, 'paid');
    assert.equal((await parked('event_id_conflict')).length, conflicts);
  });

  it('is kept for a person as stale when it is older than Razorpay ever repeats', async () => {
    const stale = (await parked('event_stale')).length;
    const createdAt = Math.floor(Date.now() / 1000) - LONG_AGO_S;
    const { payload } = sample('payment-captured');
    const event = signedEvent('payment.captured', payload, WEBHOOK_SECRET, createdAt);
    assert.deepEqual(await deliver(event, 'evt_old'), { status: 'parked' });
    assert.equal((await parked('event_stale')).length, stale + 1);
  });

  it('of the other mode reaches no order, and is counted', async () => {
    const { apiUrl } = await sharedStack();
    const labels = { gateway: 'razorpay', reason: 'other_mode' };
    const ignored = async () =>
      sumOf(await scrape(`${apiUrl}/metrics`), 'payonce_webhooks_ignored_total', labels);
    const { orderId, event } = await givenUntold();
    const { payment } = JSON.parse(event.body).payload;
    const notes = { orderId, mode: 'live' };
    const order = {
      ...sample('order-paid').payload.order?.entity,
      id: payment.entity.order_id,
      notes,
    };
    const paid = { payment: payment.entity, order };
    const earlier = await ignored();
    const live = signedEvent('order.paid', paid, WEBHOOK_SECRET);
    assert.deepEqual(await deliver(live, 'evt_live'), { status: 'ignored' });
    assert.equal(await ignored(), earlier + 1);
    assert.equal((await readOrder(shop, orderId)).state, 'pending');
  });

  it('is not waited for where the amount is above what the account may take', async () => {
    const orderId = await givenOrder(shop, { gateway: 'razorpay', amount: 50_000_100 });
    const path = `/v1/orders/${orderId}/payments`;
    const { body } = await shop.call<{ code: string }>('POST', path, {}, { prefer: 'wait=30' });
    assert.equal(body.code, 'payment_refused');
    assert.equal((await readOrder(shop, orderId)).state, 'failed');
  });
});
