/** Money on its way back: refunds, captures that are taken back, disputes. */
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import type { OrderView } from '../../../src/domain/view.ts';
import { gatewayIdempotencyKey } from '../../../src/gateways/idempotency-key.ts';
import { exemptFromInvariants } from '../every-order.ts';
import { WAIT } from '../operator-client.ts';
import type { OpenPayment, Place } from '../place.ts';
import { AMOUNT, CURRENCY } from '../shop.ts';
import { deliverTo, signedEvent } from '../webhooks.ts';
import { PROVOKE } from './reviews.ts';
import { atSandbox, partlyPaid, type Scenarios, spendKey } from './scenario.ts';

/** What a sync has found, and the order after it. */
interface Synced {
  code?: string;
  changes: string[];
  order: OrderView;
}

export function sync({ shop }: Place, id: string) {
  return shop.call<Synced>('POST', `/v1/orders/${id}/sync`, {}, WAIT);
}

export const REFUNDS = {
  async 'refunded-in-full'(place) {
    const order = await place.paidOrder();
    const refund = await place.refund(order.id);
    return { ...order, refund, refunded: await place.settled(order.id, 'refunded') };
  },
  async 'refunded-in-part'(place) {
    const { id } = await place.paidOrder();
    await place.refund(id, { amount: 1000 });
    await place.until(id, ({ amountRefunded }) => amountRefunded === 1000);
    await place.settled(id, 'paid');
    await place.refund(id, { amount: 9000 });
    return { id };
  },
  async 'refunded-when-partly-paid'(place) {
    const order = await partlyPaid(place);
    const refund = await place.refund(order.id);
    await place.settled(order.id, 'refunded');
    return { ...order, refund };
  },
  async 'refund-refused-by-the-gateway'(place) {
    const { id } = await place.paidOrder();
    await spendKey(place, gatewayIdempotencyKey(id, 'refund', 'key_1'));
    await place.signal(id, 'refund', { id: 'refund-1', requestKey: 'key_1' });
    await place.inReview(id, 'refund_failed');
    return { id };
  },
  async 'refund-found-by-sync'(place) {
    const { id, paymentId } = await place.paidOrder();
    await place.gateway.loseWebhooks();
    await place.gateway.refund(paymentId);
    const found = await sync(place, id);
    await place.settled(id, 'refunded');
    return { id, found };
  },
  /** Somebody has refunded it in the dashboard, and no webhook tells of that. */
  async 'refunded-at-the-gateway-when-a-refund-is-asked-for'(place) {
    const { id, paymentId } = await place.paidOrder();
    await place.gateway.loseWebhooks();
    await place.gateway.refund(paymentId);
    const headers = { ...WAIT, 'idempotency-key': randomUUID() };
    const replies = [await place.refund(id, {}, headers), await place.refund(id, {}, headers)];
    return { id, replies, refunded: await place.settled(id, 'refunded') };
  },
  async 'refund-told-before-its-capture'(place) {
    const { id, paymentId } = await place.pendingOrder();
    await place.gateway.loseWebhooks();
    await place.gateway.capture(paymentId);
    const { refundId } = await place.gateway.refund(paymentId);
    await place.deliverEvent({ type: 'refund.succeeded', orderId: id, paymentId, refundId });
    await place.deliverEvent({ type: 'payment.captured', orderId: id, paymentId });
    return { id, refunded: await place.settled(id, 'refunded') };
  },
  async 'refund-that-was-pending'(place) {
    const { id, paymentId } = await place.paidOrder();
    const { refundId } = await place.gateway.refund(paymentId, 1000, 'pending');
    await place.until(id, ({ refunds }) => refunds[0]?.status === 'pending');
    await place.gateway.endRefund(refundId, 'succeeded');
    await place.until(id, ({ amountRefunded }) => amountRefunded === 1000);
    await place.settled(id, 'paid');
    return { id };
  },
  async 'taken-back-in-part'(place) {
    const { id, paymentId } = await partlyPaid(place);
    await place.gateway.captureAmount(paymentId, 2999);
    await place.settled(id, 'paid');
    const { body } = await place.shop.gateway<{ captures: { captureId: string }[] }>(
      'GET',
      `/payments/${paymentId}`,
    );
    const [{ captureId } = { captureId: '' }] = body.captures;
    await atSandbox(place.shop, `/payments/${paymentId}/reverse`, { captureId });
    await place.inReview(id, 'capture_reversed');
    return { id };
  },
  async 'taken-back-when-partly-paid'(place) {
    const { id, paymentId } = await partlyPaid(place);
    await place.gateway.reverse(paymentId);
    await place.inReview(id, 'capture_reversed');
    await place.settled(id, 'failed');
    return { id };
  },
  async 'taken-back-while-the-rest-is-being-paid'(place) {
    const { id, paymentId } = await partlyPaid(place);
    await place.pay(id);
    await place.gateway.reverse(paymentId);
    await place.settled(id, 'pending');
    return { id };
  },
  async 'taken-back-while-another-payment-is-open'(place) {
    const { id, paymentId } = await place.paidOrder();
    const open = await place.gateway.strangePayment(id);
    // A payment that is needless is voided at once, where its gateway does not refuse that.
    await spendKey(place, gatewayIdempotencyKey(id, 'void', open));
    await place.verify(id, { paymentId: open });
    await place.gateway.reverse(paymentId);
    await place.settled(id, 'pending');
    return { id };
  },
  async 'taken-back-before-it-was-told'(place) {
    const { id, paymentId } = await place.pendingOrder();
    await place.gateway.loseWebhooks();
    await place.gateway.capture(paymentId);
    await place.gateway.reverse(paymentId);
    await place.gateway.calm();
    await place.deliverEvent({ type: 'capture.reversed', orderId: id, paymentId });
    await place.deliverEvent({ type: 'payment.captured', orderId: id, paymentId });
    await place.settled(id, 'failed');
    return { id };
  },
  async 'taken-back-in-another-currency'(place) {
    const order = await place.paidOrder();
    await deliverInDollars(place, order, 'capture.reversed');
    await place.inReview(order.id, 'currency_mismatch');
    return order;
  },
  async 'refunded-for-more-than-was-paid'(place) {
    const { id, paymentId } = await place.paidOrder();
    const refund = { refundId: 'sbx_ref_too_much', amountMinor: 6000 };
    await place.deliverEvent({ type: 'refund.succeeded', orderId: id, paymentId, ...refund });
    await place.inReview(id, 'over_refund');
    return { id };
  },
  async 'captured-for-less-than-was-refunded'(place) {
    const { id, paymentId } = await place.pendingOrder();
    const refund = { refundId: 'sbx_ref_early', amountMinor: 3000 };
    await place.deliverEvent({ type: 'refund.succeeded', orderId: id, paymentId, ...refund });
    await place.until(id, ({ refunds }) => refunds.length > 0);
    await place.gateway.captureAmount(paymentId, 2000);
    await place.inReview(id, 'over_refund');
    return { id };
  },
  async 'disputed-and-won'(place) {
    const { id, paymentId } = await place.paidOrder();
    const inquiry = { type: 'dispute.inquiry', paymentId, disputeId: 'd1' };
    const fact = { ...inquiry, amountMinor: 1, currency: CURRENCY };
    await place.signal(id, 'webhook', { id: 'inquiry-1', fact });
    await place.gateway.dispute(paymentId);
    await place.until(id, ({ disputes }) => disputes.some(({ status }) => status === 'opened'));
    const refused = await place.refund(id, { amount: 1000 });
    await place.gateway.endDispute(paymentId, 'won');
    const won = await place.until(id, ({ disputes }) =>
      disputes.some(({ status }) => status === 'won'),
    );
    return { id, refused, won };
  },
  async 'disputed-with-another-deadline'(place) {
    const { id, paymentId } = await place.paidOrder();
    await place.gateway.dispute(paymentId);
    const { disputes } = await place.until(id, (order) => order.disputes.length === 1);
    const [dispute] = disputes;
    const fact = {
      ...{
        type: 'dispute.opened',
        paymentId,
        disputeId: dispute?.id,
        amountMinor: dispute?.amount,
      },
      ...{ currency: CURRENCY, respondBy: Date.UTC(2030, 0, 1) },
    };
    await place.signal(id, 'webhook', { id: 'deadline-1', fact });
    await pWaitFor(async () =>
      (await place.eventsOf(id)).some(({ reason }) => reason?.includes('another deadline')),
    );
    return { id, disputed: await place.settled(id, 'paid') };
  },
  async 'crm-told-of-a-refund-a-dispute-and-a-review'(place) {
    const { id, paymentId } = await place.paidOrder();
    await place.refund(id, { amount: 1000 });
    await place.gateway.dispute(paymentId);
    await place.until(id, ({ disputes }) => disputes.length === 1);
    await place.gateway.endDispute(paymentId, 'won');
    await place.until(id, ({ disputes }) => disputes.some(({ status }) => status === 'won'));
    await place.captureStrange(id);
    await place.inReview(id, 'double_payment');
    await place.decide(id, 'double_payment', 'approve');
    await place.settled(id, 'paid');
    return { id };
  },
  async 'disputed-and-lost'(place) {
    const { id, paymentId } = await place.paidOrder();
    await place.gateway.dispute(paymentId);
    await place.until(id, ({ disputes }) => disputes.length === 1);
    await place.gateway.endDispute(paymentId, 'lost');
    return { id, refunded: await place.settled(id, 'refunded') };
  },
  async 'disputed-before-it-was-paid'(place) {
    const { id, paymentId } = await place.pendingOrder();
    for (const type of ['dispute.opened', 'dispute.lost'] as const)
      await place.deliverEvent({ type, orderId: id, paymentId, disputeId: 'sbx_dis_early' });
    await place.inReview(id, 'dispute_without_capture');
    // What a bank keeps of money that never came is not in the books, and is for the person who decides.
    exemptFromInvariants(id);
    return { id };
  },
  async 'disputed-in-another-currency'(place) {
    const order = await place.paidOrder();
    await deliverInDollars(place, order, 'dispute.opened');
    await place.inReview(order.id, 'currency_mismatch');
    return order;
  },
  async 'refunded-and-lost'(place) {
    const id = await PROVOKE.double_loss(place);
    await place.inReview(id, 'double_loss');
    return { id };
  },
} satisfies Scenarios;

/** No gateway has an event in another currency than its payment's: this one is wrong. */
async function deliverInDollars({ shop }: Place, order: OpenPayment, type: string): Promise<void> {
  const data = { orderId: order.id, paymentId: order.paymentId, disputeId: 'sbx_dis_usd' };
  await deliverTo(shop, signedEvent(type, { ...data, amount: AMOUNT, currency: 'USD' }));
}
