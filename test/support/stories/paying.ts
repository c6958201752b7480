/** Orders that somebody pays, or tries to. */
import { gatewayIdempotencyKey } from '../../../src/gateways/idempotency-key.ts';
import { AMOUNT, CURRENCY } from '../shop.ts';
import { NO_WEBHOOKS, SILENT, type Story, story } from './scene.ts';

/** What is asked for under a key that the gateway knows from another request is refused for good. */
const OTHER_REQUEST = { orderId: 'another', amount: 1, currency: CURRENCY };

export const PAYING: Story[] = [
  story('paid-by-webhook', async (scene) => (await scene.paidOrder()).id),
  story('paid-by-verify', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.faults(NO_WEBHOOKS);
    await scene.at(`/payments/${paymentId}/capture`);
    await scene.verify(id);
    await scene.faults({});
    await scene.settled(id, 'paid');
    return id;
  }),
  story('refund-found-by-sync', async (scene) => {
    const { id, paymentId } = await scene.paidOrder();
    await scene.faults(NO_WEBHOOKS);
    await scene.at(`/payments/${paymentId}/refunds`);
    await scene.signal(id, 'sync', { id: 'sync-by-hand' });
    await scene.settled(id, 'refunded');
    await scene.faults({});
    return id;
  }),
  story('authorized-then-captured', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/authorize`);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('paid-in-parts', async (scene) => {
    const { id, paymentId } = await scene.pending();
    for (const [amount, state] of [
      [2000, 'partially_paid'],
      [999, 'partially_paid'],
      [2000, 'paid'],
    ] as const) {
      await scene.at(`/payments/${paymentId}/capture`, { amount });
      await scene.until(id, (order) => order.payments[0]?.status === 'captured');
      await scene.settled(id, state);
    }
    return id;
  }),
  story('failed-then-paid-late', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/fail`);
    await scene.settled(id, 'failed');
    await scene.at(`/payments/${paymentId}/capture`);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('failed-then-paid-in-part', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/fail`);
    await scene.settled(id, 'failed');
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    return id;
  }),
  story('failed-then-paid-by-a-second-attempt', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/fail`);
    await scene.settled(id, 'failed');
    const { body } = await scene.pay(id);
    await scene.at(`/payments/${body.id}/capture`);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('authorized-after-it-had-failed', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/fail`);
    await scene.settled(id, 'failed');
    await scene.at(`/payments/${paymentId}/authorize`);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('expired-at-the-bank', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/pend`);
    await scene.until(id, ({ payments }) => payments[0]?.status === 'pending');
    await scene.at(`/payments/${paymentId}/expire`);
    await scene.settled(id, 'failed');
    return id;
  }),
  story('paid-without-a-click-of-ours', async (scene) => {
    const id = await scene.order();
    await scene.at(`/payments/${await scene.stranger(id)}/capture`);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('paid-in-part-without-a-click-of-ours', async (scene) => {
    const id = await scene.order();
    await scene.at(`/payments/${await scene.stranger(id)}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    return id;
  }),
  story('clicked-while-the-bank-holds-money', async (scene) => {
    const id = await scene.order();
    const paymentId = await scene.stranger(id);
    await scene.at(`/payments/${paymentId}/pend`);
    await scene.settled(id, 'pending');
    await scene.pay(id);
    await scene.at(`/payments/${paymentId}/capture`);
    await scene.settled(id, 'paid');
    await scene.pay(id);
    return id;
  }),
  story('repeated-by-everybody', async (scene) => {
    const order = await scene.pending();
    const { id, paymentId } = order;
    await scene.pay(id);
    await scene.at(`/payments/${paymentId}/capture`);
    await scene.hear(order, 'payment.captured');
    await scene.settled(id, 'paid');
    await scene.hear(order, 'payment.failed');
    await scene.pay(id);
    await scene.verify(id);
    await scene.cancel(id);
    return id;
  }),
  story('payment-refused-by-the-gateway', async (scene) => {
    const id = await scene.order();
    await scene.at('/payments', OTHER_REQUEST, gatewayIdempotencyKey(id, 'create', '1'));
    await scene.pay(id);
    await scene.settled(id, 'failed');
    return id;
  }),
  story('capture-refused-by-the-gateway', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at('/payments', OTHER_REQUEST, gatewayIdempotencyKey(id, 'capture', paymentId));
    await scene.at(`/payments/${paymentId}/authorize`);
    await scene.until(
      id,
      ({ version, payments }) => version > 3 && payments[0]?.status === 'authorized',
    );
    await scene.at(`/payments/${paymentId}/capture`);
    await scene.settled(id, 'paid');
    return id;
  }),
  story('authorized-in-two-tabs', async (scene) => {
    const order = await scene.pending();
    const { id, paymentId } = order;
    const second = await scene.stranger(id);
    await scene.verify(id, { paymentId: second });
    await scene.faults(NO_WEBHOOKS);
    for (const each of [paymentId, second]) await scene.at(`/payments/${each}/authorize`);
    await scene.faults(SILENT);
    await scene.hear(order, 'payment.authorized');
    await scene.hear({ id, paymentId: second }, 'payment.authorized', { amount: AMOUNT });
    await scene.until(id, ({ payments }) =>
      payments.every(({ status }) => status === 'authorized'),
    );
    await scene.faults({});
    await scene.settled(id, 'paid');
    await scene.until(id, ({ payments }) => payments.some(({ status }) => status === 'voided'));
    return id;
  }),
];
