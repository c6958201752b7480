/** Orders for pictures: one that was paid in spite of everybody, one in review, and some that wait. */

import { WAIT } from './operator-client.ts';
import { openShop, orderBody, readOrder, type Shop, untilOrder, untilSettled } from './shop.ts';
import { sharedStack } from './stack.ts';

export interface Example {
  paid: string;
  inReview: string;
  pending: string;
  /** Where the pending order's customer pays. */
  checkoutUrl: string;
  /** Paid, and the CRM has refused to hear of it. */
  refused: string;
}

const REDELIVERIES = 4;
const REFUSES = 422;

export async function tellExamples(): Promise<Example> {
  const shop = await openShop();
  const paid = await paidOrder(shop, 'ord_1042', 4_999);
  const inReview = await orderInReview(shop, 'ord_1043', 129_900);
  await overpaidOrder(shop, 'ord_1044', 25_000);
  const pending = 'ord_1045';
  await openPayment(shop, pending, 4_999);
  const checkoutUrl = (await readOrder(shop, pending)).payments[0]?.checkout?.url ?? '';
  const refused = 'ord_1046';
  await orderThatTheCrmRefuses(shop, refused);
  return { paid, inReview, pending, checkoutUrl, refused };
}

async function orderThatTheCrmRefuses(shop: Shop, id: string): Promise<void> {
  const { crm } = await sharedStack();
  const paymentId = await openPayment(shop, id, 4_999);
  crm.answerWith(id, REFUSES);
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
}

async function openPayment(shop: Shop, id: string, amount: number): Promise<string> {
  await shop.call('POST', '/v1/orders', orderBody(id, { amount, customer: { id: 'cus_7' } }));
  const path = `/v1/orders/${id}/payments`;
  const { body } = await shop.call<{ id: string }>('POST', path, {}, WAIT);
  return body.id;
}

async function paidOrder(shop: Shop, id: string, amount: number): Promise<string> {
  const paymentId = await openPayment(shop, id, amount);
  await shop.call('POST', `/v1/orders/${id}/payments`, {}, WAIT);
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilSettled(shop, id, 'paid');
  const path = `/webhooks?orderId=${id}`;
  const { body } = await shop.gateway<{ webhooks: { id: string }[] }>('GET', path);
  const last = body.webhooks.at(-1)?.id;
  for (let i = 0; i < REDELIVERIES; i += 1)
    await shop.gateway('POST', `/webhooks/${last}/redeliver`, {});
  return id;
}

async function orderInReview(shop: Shop, id: string, amount: number): Promise<string> {
  const paymentId = await openPayment(shop, id, amount);
  await shop.call('POST', `/v1/orders/${id}/cancel`, {}, WAIT);
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
  await untilSettled(shop, id, 'cancelled');
  return id;
}

async function overpaidOrder(shop: Shop, id: string, amount: number): Promise<void> {
  const paymentId = await openPayment(shop, id, amount);
  await shop.gateway('POST', `/payments/${paymentId}/capture`, { amount: amount + 1_000 });
  await untilSettled(shop, id, 'paid');
}
