/** Not one webhook arrives. Orders that are open ask the gateway themselves, so all of them end right. */
import assert from 'node:assert/strict';
import { givenOwnOrder } from '../support/own-orders.ts';
import {
  givenOrder,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { type Clerk, clerkOf } from './clerk.ts';
import { assertMoneyAgrees } from './gateway-truth.ts';

/** Longer than all that a test does before its webhooks are lost. */
const WINDOW_MS = 8_000;

interface Story {
  what: string;
  /** While webhooks still arrive. */
  heard(): Promise<{ id: string; paymentId: string }>;
  /** While none arrives. */
  unheard(paymentId: string): Promise<unknown>;
  ends: string;
  late?: boolean;
}

describe('an order whose webhooks are all lost', function () {
  this.timeout(180_000);
  let shop: Shop;
  let clerk: Clerk;

  before(async () => {
    shop = await openShop();
    clerk = clerkOf(shop);
  });

  afterEach(() => shop.gateway('PUT', '/faults', {}));

  const atGateway = (path: string, body: object = {}) => shop.gateway('POST', path, body);
  const fresh = () => givenPendingOrder(shop);

  async function pendingRefund(): Promise<{ id: string; paymentId: string }> {
    const order = await clerk.paidOrder();
    await atGateway(`/payments/${order.paymentId}/refunds`, { status: 'pending' });
    await untilOrder(shop, order.id, ({ refunds }) => refunds.length === 1, 'told of the refund');
    return order;
  }

  async function settlingSoon(): Promise<{ id: string; paymentId: string }> {
    const id = await givenOwnOrder({ settlementWindowMs: WINDOW_MS });
    const { body } = await clerk.pay(id);
    await atGateway(`/payments/${body.id}/capture`);
    await untilSettled(shop, id, 'paid');
    return { id, paymentId: body.id ?? '' };
  }

  const stories: Story[] = [
    {
      what: 'captured',
      heard: fresh,
      unheard: (paymentId) => atGateway(`/payments/${paymentId}/capture`),
      ends: 'paid',
    },
    {
      what: 'authorized, and then captured by us',
      heard: fresh,
      unheard: (paymentId) => atGateway(`/payments/${paymentId}/authorize`),
      ends: 'paid',
    },
    {
      what: 'captured in part',
      heard: fresh,
      unheard: (paymentId) => atGateway(`/payments/${paymentId}/capture`, { amount: 2000 }),
      ends: 'partially_paid',
    },
    {
      what: 'declined',
      heard: fresh,
      unheard: (paymentId) => atGateway(`/payments/${paymentId}/fail`),
      ends: 'failed',
    },
    {
      what: 'captured after it had failed',
      async heard() {
        const order = await fresh();
        await atGateway(`/payments/${order.paymentId}/fail`);
        await untilSettled(shop, order.id, 'failed');
        return order;
      },
      unheard: (paymentId) => atGateway(`/payments/${paymentId}/capture`),
      ends: 'paid',
      late: true,
    },
    {
      what: 'refunded, when a pending refund has succeeded',
      heard: pendingRefund,
      async unheard(paymentId) {
        const { body } = await shop.gateway<{ refunds: { id: string }[] }>(
          'GET',
          `/payments/${paymentId}/refunds`,
        );
        return atGateway(`/refunds/${body.refunds[0]?.id}/succeed`);
      },
      ends: 'refunded',
    },
    {
      what: 'refunded by the bank, when a dispute was lost',
      async heard() {
        const order = await clerk.paidOrder();
        await atGateway(`/payments/${order.paymentId}/dispute`);
        await untilOrder(shop, order.id, ({ disputes }) => disputes.length === 1, 'disputed');
        return order;
      },
      unheard: (paymentId) => atGateway(`/payments/${paymentId}/dispute`, { outcome: 'lost' }),
      ends: 'refunded',
    },
    {
      what: "refunded in the gateway's dashboard, as the last question before the close finds",
      heard: settlingSoon,
      unheard: (paymentId) => atGateway(`/payments/${paymentId}/refunds`),
      ends: 'refunded',
    },
  ];

  it('T20 T33 is found out by asking, whatever happened, by many orders side by side', async () => {
    const given = await Promise.all(
      [...stories, ...stories].map(async (story) => ({ story, ...(await story.heard()) })),
    );
    await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
    await Promise.all(given.map(({ story, paymentId }) => story.unheard(paymentId)));
    await Promise.all(
      given.map(async ({ story, id }) => {
        const order = await untilSettled(shop, id, story.ends).catch((error: unknown) => {
          throw new Error(`"${story.what}" was not found out`, { cause: error });
        });
        assert.equal(order.late, story.late ?? false, story.what);
        await assertMoneyAgrees(shop, id);
      }),
    );
  });

  it('T33 is found out by the customer who comes back from the checkout', async () => {
    await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
    const { id, paymentId } = await fresh();
    await atGateway(`/payments/${paymentId}/capture`);
    const { status, body } = await clerk.verify(id);
    assert.deepEqual([status, body.state], [200, 'paid']);
    await assertMoneyAgrees(shop, id);
  });

  it('T18 T20 ends paid and not failed, when it was captured before it expired', async () => {
    await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
    const id = await givenOrder(shop, { expiresIn: 4 });
    const { body } = await clerk.pay(id);
    await atGateway(`/payments/${body.id}/capture`);
    const order = await untilSettled(shop, id, 'paid');
    assert.equal(order.late, false);
    await assertMoneyAgrees(shop, id);
  });
});
