/** Gateways promise no order: whatever comes first, the order ends the same. */
import assert from 'node:assert/strict';
import { assertPaidOnce } from '../support/assert-paid-once.ts';
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

const ORDERS = 100;
const IN_FLIGHT = 20;

/** Shuffles the same way in every run, so that a failure can be looked at again. */
function shuffled<T>(items: T[], seed: number): T[] {
  const keyed = items.map((item, i) => ({
    item,
    key: ((i + 1) * (seed + 7) * 2_654_435_761) % 997,
  }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}

describe('webhooks that are shuffled and repeated', function () {
  this.timeout(300_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  it(`T05 T14 pay each of ${ORDERS} orders once`, async () => {
    const ids: string[] = [];
    for (let first = 0; first < ORDERS; first += IN_FLIGHT) {
      const batch = Array.from({ length: IN_FLIGHT }, (_, i) => payInDisorder(first + i));
      ids.push(...(await Promise.all(batch)));
    }
    for (const id of ids) {
      const order = await untilSettled(shop, id, 'paid');
      assert.equal(order.amountPaid, AMOUNT);
      await assertPaidOnce(id);
    }
  });

  async function payInDisorder(seed: number): Promise<string> {
    const { id, paymentId } = await givenPendingOrder(shop);
    const data = { orderId: id, paymentId, amount: AMOUNT };
    await shop.gateway('POST', `/payments/${paymentId}/authorize`, {});
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const events = ['payment.pending', 'payment.authorized', 'payment.captured'].map((type) =>
      signedEvent(type, data, `evt_${type.slice(8)}_${id}`),
    );
    const deliveries = shuffled([...events, ...events, ...events], seed);
    await Promise.all(deliveries.map((event, i) => deliverTo(shop, event, i)));
    return id;
  }

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
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/fail`, {});
    await untilOrder(shop, id, ({ state }) => state === 'failed', 'failed');
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const order = await untilSettled(shop, id, 'paid');
    assert.equal(order.late, true);
    assert.equal(order.amountPaid, AMOUNT);
  });

  it('T21 open a review when a cancelled order is captured, and grant nothing', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    const cancelled = await shop.call('POST', `/v1/orders/${id}/cancel`, {}, { prefer: 'wait=30' });
    assert.equal(cancelled.status, 200);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const order = await untilOrder(shop, id, ({ reviews }) => reviews.length > 0, 'in review');
    assert.equal(order.state, 'cancelled');
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
