/** Orders that end unpaid, and orders that are closed and may have to open again. */
import { gatewayIdempotencyKey } from '../../../src/gateways/idempotency-key.ts';
import { givenOwnOrder } from '../custom-terms.ts';
import { CURRENCY } from '../shop.ts';
import { temporalClient, untilClosed } from '../temporal.ts';
import { type Story, story } from './scene.ts';

const WINDOW_MS = 1_000;
const OTHER_REQUEST = { orderId: 'another', amount: 1, currency: CURRENCY };

export const ENDING: Story[] = [
  story('cancelled-before-paying', async (scene) => {
    const id = await scene.order();
    await scene.cancel(id);
    await scene.settled(id, 'cancelled');
    await scene.cancel(id);
    await scene.pay(id);
    return id;
  }),
  story('cancelled-while-pending', async (scene) => {
    const { id } = await scene.pending();
    await scene.cancel(id);
    await scene.settled(id, 'cancelled');
    return id;
  }),
  story('cancelled-by-a-cancellation-request', async (scene) => {
    const { id } = await scene.pending();
    await (await temporalClient()).workflow.getHandle(id).cancel();
    await scene.settled(id, 'cancelled');
    return id;
  }),
  story('cancelled-after-failing', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/fail`);
    await scene.settled(id, 'failed');
    await scene.cancel(id);
    await scene.settled(id, 'cancelled');
    return id;
  }),
  story('cancel-refused-by-the-gateway', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at('/payments', OTHER_REQUEST, gatewayIdempotencyKey(id, 'void', paymentId));
    await scene.cancel(id);
    return id;
  }),
  story('voided-at-the-gateway', async (scene) => {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/void`);
    await scene.settled(id, 'failed');
    return id;
  }),
  story('expired-without-a-payment', async (scene) => {
    const id = await scene.order({ expiresIn: 1 });
    await scene.settled(id, 'failed');
    return id;
  }),
  story('expired-with-a-payment-that-nobody-made', async (scene) => {
    const { id } = await scene.pending({ expiresIn: 2 });
    await scene.settled(id, 'failed');
    return id;
  }),
  story('expiry-put-off-while-the-bank-holds-money', async (scene) => {
    const { id, paymentId } = await scene.pending({ expiresIn: 3 });
    const { expiresAt } = await scene.until(id, ({ payments }) => payments.length === 1);
    await scene.at(`/payments/${paymentId}/pend`);
    await scene.until(id, (order) => order.expiresAt !== expiresAt);
    return id;
  }),
  {
    ...story('closed-and-opened-again', async (scene) => {
      const id = await givenOwnOrder({ settlementWindowMs: WINDOW_MS });
      const { body } = await scene.pay(id);
      await scene.at(`/payments/${body.id}/capture`);
      await scene.settled(id, 'paid');
      await untilClosed(id);
      await scene.at(`/payments/${body.id}/refunds`);
      await scene.settled(id, 'refunded');
      await untilClosed(id);
      return id;
    }),
    isEveryRunKept: true,
  },
];
