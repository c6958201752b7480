/** The main stories of an order, each told on the real stack and ending at rest. Their histories are kept. */
import {
  givenOrder,
  givenPendingOrder,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from './shop.ts';

export interface Story {
  name: string;
  /** @returns the order's id */
  tell(shop: Shop): Promise<string>;
}

const WAIT = { prefer: 'wait=30' };

async function paidOrder(shop: Shop): Promise<{ id: string; paymentId: string }> {
  const order = await givenPendingOrder(shop);
  await shop.gateway('POST', `/payments/${order.paymentId}/capture`, {});
  await untilSettled(shop, order.id, 'paid');
  return order;
}

export const STORIES: Story[] = [
  {
    name: 'paid-by-webhook',
    tell: async (shop) => (await paidOrder(shop)).id,
  },
  {
    name: 'paid-by-verify',
    async tell(shop) {
      const { id, paymentId } = await givenPendingOrder(shop);
      await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      await shop.call('POST', `/v1/orders/${id}/verify`, {}, WAIT);
      await shop.gateway('PUT', '/faults', {});
      await untilSettled(shop, id, 'paid');
      return id;
    },
  },
  {
    name: 'authorized-then-captured',
    async tell(shop) {
      const { id, paymentId } = await givenPendingOrder(shop);
      await shop.gateway('POST', `/payments/${paymentId}/authorize`, {});
      await untilSettled(shop, id, 'paid');
      return id;
    },
  },
  {
    name: 'failed-then-paid-late',
    async tell(shop) {
      const { id, paymentId } = await givenPendingOrder(shop);
      await shop.gateway('POST', `/payments/${paymentId}/fail`, {});
      await untilSettled(shop, id, 'failed');
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      await untilSettled(shop, id, 'paid');
      return id;
    },
  },
  {
    name: 'failed-then-paid-by-a-second-attempt',
    async tell(shop) {
      const { id, paymentId } = await givenPendingOrder(shop);
      await shop.gateway('POST', `/payments/${paymentId}/fail`, {});
      await untilSettled(shop, id, 'failed');
      const second = await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`, {}, WAIT);
      await shop.gateway('POST', `/payments/${second.body.id}/capture`, {});
      await untilSettled(shop, id, 'paid');
      return id;
    },
  },
  {
    name: 'paid-in-parts',
    async tell(shop) {
      const { id, paymentId } = await givenPendingOrder(shop);
      await shop.gateway('POST', `/payments/${paymentId}/capture`, { amount: 2000 });
      await untilSettled(shop, id, 'partially_paid');
      await shop.gateway('POST', `/payments/${paymentId}/capture`, { amount: 2999 });
      await untilSettled(shop, id, 'paid');
      return id;
    },
  },
  {
    name: 'overpaid',
    async tell(shop) {
      const { id, paymentId } = await givenPendingOrder(shop);
      await shop.gateway('POST', `/payments/${paymentId}/capture`, { amount: 6000 });
      await untilSettled(shop, id, 'paid');
      return id;
    },
  },
  {
    name: 'cancelled-before-paying',
    async tell(shop) {
      const id = await givenOrder(shop);
      await shop.call('POST', `/v1/orders/${id}/cancel`, {}, WAIT);
      await untilSettled(shop, id, 'cancelled');
      return id;
    },
  },
  {
    name: 'cancelled-then-captured',
    async tell(shop) {
      const { id, paymentId } = await givenPendingOrder(shop);
      await shop.call('POST', `/v1/orders/${id}/cancel`, {}, WAIT);
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
      await untilSettled(shop, id, 'cancelled');
      return id;
    },
  },
  {
    name: 'expired-without-a-payment',
    async tell(shop) {
      const id = await givenOrder(shop, { expiresIn: 1 });
      await untilSettled(shop, id, 'failed');
      return id;
    },
  },
  {
    name: 'refunded-in-full',
    async tell(shop) {
      const { id } = await paidOrder(shop);
      await shop.call(
        'POST',
        `/v1/orders/${id}/refunds`,
        {},
        {
          ...WAIT,
          'idempotency-key': `refund-of-${id}`,
        },
      );
      await untilSettled(shop, id, 'refunded');
      return id;
    },
  },
  {
    name: 'repeated-by-everybody',
    async tell(shop) {
      const { id, paymentId } = await paidOrder(shop);
      await shop.call('POST', `/v1/orders/${id}/payments`, {}, WAIT);
      await shop.call('POST', `/v1/orders/${id}/cancel`, {}, WAIT);
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      await readOrder(shop, id);
      return id;
    },
  },
];
