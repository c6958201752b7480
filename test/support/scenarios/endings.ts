/** Orders that end unpaid, and orders that are closed and may have to open again. */
import { gatewayIdempotencyKey } from '../../../src/gateways/idempotency-key.ts';
import { temporalClient, untilClosed } from '../temporal.ts';
import { atSandbox, partlyPaid, type Scenarios, silence, spendKey } from './scenario.ts';

const CANCELS_AT_ONCE = 5;

export const ENDINGS = {
  async 'cancelled-before-paying'(place) {
    const id = await place.order();
    await place.cancel(id);
    await place.settled(id, 'cancelled');
    await place.cancel(id);
    await place.pay(id);
    return { id };
  },
  async 'asked-before-any-payment-and-cancelled'(place) {
    const id = await place.order();
    await place.signal(id, 'verify', { id: 'verify-1' });
    await place.signal(id, 'sync', { id: 'sync-1' });
    await place.cancel(id);
    await place.settled(id, 'cancelled');
    return { id };
  },
  async 'cancelled-while-pending'(place) {
    const order = await place.pendingOrder();
    const replies = await Promise.all(
      Array.from({ length: CANCELS_AT_ONCE }, () => place.cancel(order.id)),
    );
    await place.settled(order.id, 'cancelled');
    return { ...order, replies };
  },
  async 'cancelled-by-a-cancellation-request'(place) {
    const order = await place.pendingOrder();
    await (await temporalClient()).workflow.getHandle(order.id).cancel();
    await place.settled(order.id, 'cancelled');
    return order;
  },
  async 'cancelled-after-failing'(place) {
    const order = await place.failedOrder();
    await place.cancel(order.id);
    await place.settled(order.id, 'cancelled');
    return order;
  },
  async 'cancelled-when-partly-paid'(place) {
    const { id, paymentId } = await partlyPaid(place);
    await place.gateway.dispute(paymentId);
    await place.until(id, ({ disputes }) => disputes[0]?.status === 'opened');
    const whileDisputed = await place.cancel(id);
    await place.gateway.endDispute(paymentId, 'won');
    await place.until(id, ({ disputes }) => disputes[0]?.status === 'won');
    const open = String((await place.pay(id)).body.id);
    const cancelled = await place.cancel(id);
    await place.until(id, ({ amountRefunded }) => amountRefunded === 2000);
    await place.settled(id, 'cancelled');
    return { id, open, whileDisputed, cancelled };
  },
  async 'cancelled-while-a-bank-disputes-a-part'(place) {
    const { id, paymentId } = await partlyPaid(place);
    const second = String((await place.pay(id)).body.id);
    await silence(place);
    await place.signal(id, 'cancel', { id: 'cancel-1' });
    const disputed = { orderId: id, paymentId, disputeId: 'd1', amountMinor: 1000 };
    await place.deliverEvent({ type: 'dispute.opened', ...disputed });
    await place.until(id, ({ disputes }) => disputes[0]?.status === 'opened');
    await place.gateway.calm();
    await atSandbox(place.shop, `/payments/${second}/void`);
    await place.settled(id, 'cancelled');
    await place.inReview(id, 'dispute_after_cancel');
    return { id };
  },
  async 'cancel-refused-by-the-gateway'(place) {
    const { id, paymentId } = await place.pendingOrder();
    await spendKey(place, gatewayIdempotencyKey(id, 'void', paymentId));
    await place.cancel(id);
    return { id };
  },
  async 'voided-at-the-gateway'(place) {
    const { id, paymentId } = await place.pendingOrder();
    await atSandbox(place.shop, `/payments/${paymentId}/void`);
    await place.settled(id, 'failed');
    return { id };
  },
  async 'expired-without-a-payment'(place) {
    const id = await place.order({ expiresIn: 1 });
    await place.settled(id, 'failed');
    return { id };
  },
  async 'expired-with-a-payment-that-nobody-made'(place) {
    const order = await place.pendingOrder({ expiresIn: 3 });
    await place.settled(order.id, 'failed');
    return order;
  },
  async 'expiry-put-off-while-the-bank-holds-money'(place) {
    const order = await place.pendingOrder({ expiresIn: 4 });
    const { expiresAt } = await place.until(order.id, ({ state }) => state === 'pending');
    await place.gateway.pend(order.paymentId);
    const waiting = await place.until(order.id, (now) => now.expiresAt > expiresAt);
    return { ...order, waiting };
  },
  async 'closed-and-opened-again'(place) {
    const { id, paymentId } = await place.closedOrder();
    await place.gateway.refund(paymentId);
    const refunded = await place.settled(id, 'refunded');
    await untilClosed(id);
    return { id, refunded };
  },
} satisfies Scenarios;
