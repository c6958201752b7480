/** Not one webhook arrives. Orders that are open ask the gateway themselves, so all of them end right. */
import assert from 'node:assert/strict';
import { givenOwnOrder } from '../support/custom-terms.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import type { OpenPayment, Place } from '../support/place.ts';
import { PAYMENTS } from '../support/scenarios/payments.ts';
import { AMOUNT, openShop, type Shop, untilOrder, untilSettled } from '../support/shop.ts';

/** Longer than all that a test does before its webhooks are lost; the others are asked about no sooner. */
const WINDOW_MS = 30_000;

interface Story {
  what: string;
  /** While webhooks still arrive. */
  heard(): Promise<OpenPayment>;
  /** While none arrives. */
  unheard(paymentId: string): Promise<unknown>;
  ends: string;
  late?: boolean;
}

describe('an order whose webhooks are all lost', function () {
  this.timeout(180_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  async function settlingSoon({ gateway, pay }: Place): Promise<OpenPayment> {
    const id = await givenOwnOrder({ gateway: gateway.name, settlementWindowMs: WINDOW_MS });
    const paymentId = (await pay(id)).body.id ?? '';
    await gateway.capture(paymentId);
    await untilSettled(shop, id, 'paid');
    return { id, paymentId };
  }

  function storiesAt(place: Place): Story[] {
    const { gateway, pendingOrder, paidOrder } = place;
    const refunds = new Map<string, string>();
    const inPart: Story = {
      what: 'captured in part',
      heard: pendingOrder,
      unheard: (paymentId) => gateway.captureAmount(paymentId, 2000),
      ends: 'partially_paid',
    };
    return [
      { what: 'captured', heard: pendingOrder, unheard: gateway.capture, ends: 'paid' },
      {
        what: 'authorized, and then captured by us',
        heard: pendingOrder,
        unheard: gateway.authorize,
        ends: 'paid',
      },
      ...(place.can('capture in part') ? [inPart] : []),
      { what: 'declined', heard: pendingOrder, unheard: gateway.fail, ends: 'failed' },
      {
        what: 'captured after it had failed',
        heard: place.failedOrder,
        unheard: gateway.capture,
        ends: 'paid',
        late: true,
      },
      {
        what: 'refunded, when a pending refund has succeeded',
        async heard() {
          const order = await paidOrder();
          const made = await gateway.refund(order.paymentId, AMOUNT, 'pending');
          refunds.set(order.paymentId, made.refundId);
          await untilOrder(shop, order.id, (o) => o.refunds.length === 1, 'told of the refund');
          return order;
        },
        unheard: (paymentId) => gateway.endRefund(refunds.get(paymentId) ?? '', 'succeeded'),
        ends: 'refunded',
      },
      {
        what: 'refunded by the bank, when a dispute was lost',
        async heard() {
          const order = await paidOrder();
          await gateway.dispute(order.paymentId);
          await untilOrder(shop, order.id, (o) => o.disputes.length === 1, 'disputed');
          return order;
        },
        unheard: (paymentId) => gateway.endDispute(paymentId, 'lost'),
        ends: 'refunded',
      },
      {
        what: "refunded in the gateway's dashboard, as the last question before the close finds",
        heard: () => settlingSoon(place),
        unheard: (paymentId) => gateway.refund(paymentId),
        ends: 'refunded',
      },
    ];
  }

  atEachGateway(
    'T20 T33 is found out by asking, whatever happened, by many orders side by side',
    async (place) => {
      const stories = storiesAt(place);
      const given = await Promise.all(
        [...stories, ...stories].map(async (story) => ({ story, ...(await story.heard()) })),
      );
      await place.gateway.loseWebhooks();
      await Promise.all(given.map(({ story, paymentId }) => story.unheard(paymentId)));
      await Promise.all(
        given.map(async ({ story, id }) => {
          const order = await untilSettled(shop, id, story.ends).catch((error: unknown) => {
            throw new Error(`"${story.what}" was not found out`, { cause: error });
          });
          assert.equal(order.late, story.late ?? false, story.what);
          await place.assertMoneyAgrees(id);
        }),
      );
    },
  );

  atEachGateway(
    'T33 is found out by the customer who comes back from the checkout',
    async (place) => {
      const { id, verified } = await PAYMENTS['paid-by-verify'](place);
      assert.deepEqual([verified.status, verified.body.state], [200, 'paid']);
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'T18 T20 ends paid and not failed, when it was captured before it expired',
    async (place) => {
      await place.gateway.loseWebhooks();
      const { id, paymentId } = await place.pendingOrder({ expiresIn: 4 });
      await place.gateway.capture(paymentId);
      const order = await untilSettled(shop, id, 'paid');
      assert.equal(order.late, false);
      await place.assertMoneyAgrees(id);
    },
  );
});
