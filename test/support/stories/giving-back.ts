/** Money on its way back: refunds, captures that are taken back, disputes. */
import { gatewayIdempotencyKey } from '../../../src/gateways/idempotency-key.ts';
import { CURRENCY } from '../shop.ts';
import { NO_WEBHOOKS, type Story, story } from './scene.ts';

const OTHER_REQUEST = { orderId: 'another', amount: 1, currency: CURRENCY };

export const GIVING_BACK: Story[] = [
  story('refunded-in-full', async (scene) => {
    const { id } = await scene.paidOrder();
    await scene.refund(id);
    await scene.settled(id, 'refunded');
    return id;
  }),
  story('refunded-in-part', async (scene) => {
    const { id } = await scene.paidOrder();
    await scene.refund(id, { amount: 1000 });
    await scene.until(id, ({ amountRefunded }) => amountRefunded === 1000);
    await scene.settled(id, 'paid');
    await scene.refund(id, { amount: 9000 });
    return id;
  }),
  story('refunded-when-partly-paid', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.refund(id);
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    await scene.refund(id);
    await scene.settled(id, 'refunded');
    return id;
  }),
  story('refund-refused-by-the-gateway', async (scene) => {
    const { id } = await scene.paidOrder();
    await scene.at('/payments', OTHER_REQUEST, gatewayIdempotencyKey(id, 'refund', 'key_1'));
    await scene.signal(id, 'refund', { id: 'refund-1', requestKey: 'key_1' });
    await scene.asked(id, 'refund_failed');
    return id;
  }),
  story('refund-told-before-its-capture', async (scene) => {
    const order = await scene.pending();
    const { id, paymentId } = order;
    await scene.faults(NO_WEBHOOKS);
    await scene.at(`/payments/${paymentId}/capture`);
    const refund = await scene.at(`/payments/${paymentId}/refunds`, { amount: 1000 });
    await scene.hear(order, 'refund.succeeded', { refundId: refund.id, amount: 1000 });
    await scene.settled(id, 'paid');
    await scene.faults({});
    return id;
  }),
  story('refund-that-was-pending', async (scene) => {
    const { id, paymentId } = await scene.paidOrder();
    const body = { amount: 1000, status: 'pending' };
    const refund = await scene.at(`/payments/${paymentId}/refunds`, body);
    await scene.until(id, ({ refunds }) => refunds[0]?.status === 'pending');
    await scene.at(`/refunds/${refund.id}/succeed`);
    await scene.until(id, ({ amountRefunded }) => amountRefunded === 1000);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('taken-back-in-part', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2999 });
    const { payments } = await scene.settled(id, 'paid');
    const [found] = (
      await scene.shop.gateway<{ captures: { captureId: string }[] }>(
        'GET',
        `/payments/${payments[0]?.id}`,
      )
    ).body.captures;
    await scene.at(`/payments/${paymentId}/reverse`, { captureId: found?.captureId });
    await scene.asked(id, 'capture_reversed');
    return id;
  }),
  story('taken-back-when-partly-paid', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    await scene.at(`/payments/${paymentId}/reverse`);
    await scene.asked(id, 'capture_reversed');
    await scene.settled(id, 'failed');
    return id;
  }),
  story('taken-back-while-the-rest-is-being-paid', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    await scene.pay(id);
    await scene.at(`/payments/${paymentId}/reverse`);
    await scene.settled(id, 'pending');
    return id;
  }),
  story('taken-back-while-another-payment-is-open', async (scene) => {
    const { id, paymentId } = await scene.paidOrder();
    await scene.verify(id, { paymentId: await scene.stranger(id) });
    await scene.at(`/payments/${paymentId}/reverse`);
    await scene.settled(id, 'pending');
    return id;
  }),
  story('taken-back-before-it-was-told', async (scene) => {
    const order = await scene.pending();
    const { id, paymentId } = order;
    await scene.faults(NO_WEBHOOKS);
    await scene.at(`/payments/${paymentId}/capture`);
    await scene.at(`/payments/${paymentId}/reverse`);
    await scene.faults({});
    await scene.hear(order, 'capture.reversed');
    await scene.hear(order, 'payment.captured');
    await scene.settled(id, 'failed');
    return id;
  }),
  story('taken-back-in-another-currency', async (scene) => {
    const { id, paymentId } = await scene.paidOrder();
    await scene.hear({ id, paymentId }, 'capture.reversed', { currency: 'USD' });
    await scene.asked(id, 'currency_mismatch');
    return id;
  }),
  story('refunded-for-more-than-was-paid', async (scene) => {
    const order = await scene.paidOrder();
    await scene.hear(order, 'refund.succeeded', { refundId: 'sbx_ref_too_much', amount: 6000 });
    await scene.asked(order.id, 'over_refund');
    return order.id;
  }),
  story('disputed-and-won', async (scene) => {
    const order = await scene.paidOrder();
    const { id, paymentId } = order;
    await scene.signal(id, 'webhook', {
      id: 'inquiry-1',
      fact: {
        type: 'dispute.inquiry',
        paymentId,
        disputeId: 'd1',
        amountMinor: 1,
        currency: CURRENCY,
      },
    });
    await scene.at(`/payments/${paymentId}/dispute`);
    await scene.until(id, ({ disputes }) => disputes.some(({ status }) => status === 'opened'));
    await scene.refund(id);
    await scene.at(`/payments/${paymentId}/dispute`, { outcome: 'won' });
    await scene.until(id, ({ disputes }) => disputes.some(({ status }) => status === 'won'));
    return id;
  }),
  story('disputed-and-lost', async (scene) => {
    const { id, paymentId } = await scene.paidOrder();
    await scene.at(`/payments/${paymentId}/dispute`, { outcome: 'lost' });
    await scene.settled(id, 'refunded');
    return id;
  }),
  story('disputed-before-it-was-paid', async (scene) => {
    const order = await scene.pending();
    await scene.hear(order, 'dispute.opened', { disputeId: 'sbx_dis_early' });
    await scene.hear(order, 'dispute.lost', { disputeId: 'sbx_dis_early' });
    await scene.asked(order.id, 'dispute_without_capture');
    return order.id;
  }),
  story('disputed-in-another-currency', async (scene) => {
    const order = await scene.paidOrder();
    await scene.hear(order, 'dispute.opened', { disputeId: 'sbx_dis_usd', currency: 'USD' });
    await scene.asked(order.id, 'currency_mismatch');
    return order.id;
  }),
  story('refunded-and-lost', async (scene) => {
    const { id, paymentId } = await scene.paidOrder();
    await scene.refund(id);
    await scene.settled(id, 'refunded');
    await scene.at(`/payments/${paymentId}/dispute`, { outcome: 'lost' });
    await scene.asked(id, 'double_loss');
    return id;
  }),
];
