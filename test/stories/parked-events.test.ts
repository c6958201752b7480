/** Signed webhooks that no order can take: acknowledged, kept, and delivered when their order is there. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { atEachGateway } from '../support/each-gateway.ts';
import type { SignedRequest, Told } from '../support/gateway-driver.ts';
import type { TimelineEvent } from '../support/operator-client.ts';
import type { Place } from '../support/place.ts';
import {
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  type Shop,
  untilSettled,
} from '../support/shop.ts';
import { deliver } from '../support/webhooks.ts';

interface Parked {
  id: string;
  gateway: string;
  reason: string;
  orderId: string | null;
  status: string;
}

describe('a webhook that no order can take', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  async function parked(isMeant: (event: Parked) => boolean): Promise<Parked[]> {
    const { body } = await shop.call<{ events: Parked[] }>('GET', '/v1/parked-events?limit=200');
    return body.events.filter(isMeant);
  }

  const parkedOf = (orderId: string) => parked((event) => event.orderId === orderId);

  /** The gateway has taken money for an order that does not exist yet, and has said so. */
  async function givenEarlyCapture(place: Place): Promise<{ id: string; event: SignedRequest }> {
    const id = newOrderId();
    await place.gateway.loseWebhooks();
    const paymentId = await place.captureStrange(id);
    return { id, event: place.eventOf({ type: 'payment.captured', orderId: id, paymentId }) };
  }

  const start = ({ gateway }: Place, id: string) =>
    shop.call('POST', '/v1/orders', orderBody(id, { gateway: gateway.name }));

  /** Webhooks that the order has on record, without the repeats of them. */
  const webhooksOf = async ({ eventsOf }: Place, id: string): Promise<TimelineEvent[]> =>
    (await eventsOf(id)).filter(
      ({ source, outcome }) => source === 'webhook' && outcome !== 'duplicate',
    );

  atEachGateway(
    'T31 is taken with 200, delivered by itself once its order is there, and counts once',
    async (place) => {
      const { id, event } = await givenEarlyCapture(place);
      const early = await deliver(shop, event);
      assert.deepEqual([early.status, early.body.status], [200, 'parked']);
      const [kept] = await parkedOf(id);
      assert.deepEqual([kept?.reason, kept?.status], ['event_orphaned', 'parked']);
      await start(place, id);
      await untilSettled(shop, id, 'paid');
      await pWaitFor(async () => (await parkedOf(id))[0]?.status === 'redelivered');
      assert.equal((await deliver(shop, event)).status, 200);
      await shop.call('POST', `/v1/parked-events/${kept?.id}/redeliver`);
      await pWaitFor(async () => (await deliver(shop, event)).body.status === 'duplicate');
      await place.assertMoneyAgrees(id);
      const told = await webhooksOf(place, id);
      assert.equal(told.length, 1, JSON.stringify(told));
    },
  );

  atEachGateway('T31 is delivered by an operator who does not want to wait', async (place) => {
    const { id, event } = await givenEarlyCapture(place);
    await deliver(shop, event);
    const [kept] = await parkedOf(id);
    const path = `/v1/parked-events/${kept?.id}/redeliver`;
    const early = await shop.call<Problem>('POST', path);
    assert.deepEqual([early.status, early.body.code], [409, 'parked_event_not_deliverable']);
    await start(place, id);
    assert.equal((await shop.call('POST', path)).status, 202);
    await untilSettled(shop, id, 'paid');
    await place.assertMoneyAgrees(id);
  });

  atEachGateway(
    'T30 is applied when it comes again after its first delivery was not',
    async (place) => {
      const { id, event } = await givenEarlyCapture(place);
      assert.equal((await deliver(shop, event)).body.status, 'parked');
      await start(place, id);
      // A dedupe that had marked it as seen before it was applied would drop it here. It is a repeat only
      // where the sweeper was faster, and then the order has it on record.
      const { status } = (await deliver(shop, event)).body;
      const wasSwept = status === 'duplicate' && (await webhooksOf(place, id)).length === 1;
      assert.ok(status === 'accepted' || wasSwept, status);
      await untilSettled(shop, id, 'paid');
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway('T31 is kept for a person where it cannot be read', async (place) => {
    const isMeant = ({ gateway, reason }: Parked) =>
      gateway === place.gateway.name && reason === 'event_unprocessable';
    const before = (await parked(isMeant)).length;
    const told: Told = { type: 'payment.captured', orderId: newOrderId(), paymentId: 'nobody' };
    const answer = await deliver(shop, place.eventOf({ ...told, amountMinor: 0.5 }));
    assert.deepEqual([answer.status, answer.body.status], [200, 'parked']);
    assert.equal((await parked(isMeant)).length, before + 1);
  });
});
