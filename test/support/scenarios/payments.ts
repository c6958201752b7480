/** Orders that somebody pays, or tries to. */
import assert from 'node:assert/strict';
import { gatewayIdempotencyKey } from '../../../src/gateways/idempotency-key.ts';
import { atSandbox, type Scenarios, silence, spendKey } from './scenario.ts';

const PARTS = [
  [2000, 'partially_paid'],
  [999, 'partially_paid'],
  [2000, 'paid'],
] as const;

export const PAYMENTS = {
  'paid-by-webhook': (place) => place.paidOrder(),
  async 'paid-by-verify'(place) {
    const order = await place.pendingOrder();
    await place.gateway.loseWebhooks();
    await place.gateway.capture(order.paymentId);
    const verified = await place.verify(order.id);
    await place.settled(order.id, 'paid');
    return { ...order, verified };
  },
  async 'authorized-then-captured'(place) {
    const order = await place.pendingOrder();
    await place.gateway.authorize(order.paymentId);
    await place.settled(order.id, 'paid');
    return order;
  },
  async 'paid-in-parts'(place) {
    const order = await place.pendingOrder();
    for (const [amount, state] of PARTS) {
      await place.gateway.captureAmount(order.paymentId, amount);
      await place.until(order.id, ({ payments }) => payments[0]?.status === 'captured');
      await place.settled(order.id, state);
    }
    return order;
  },
  async 'failed-then-paid-late'(place) {
    const order = await place.failedOrder();
    await place.gateway.capture(order.paymentId);
    return { id: order.id, paid: await place.settled(order.id, 'paid') };
  },
  async 'failed-then-paid-in-part'(place) {
    const order = await place.failedOrder();
    await place.gateway.captureAmount(order.paymentId, 2000);
    await place.settled(order.id, 'partially_paid');
    return order;
  },
  async 'failed-then-paid-by-a-second-attempt'(place) {
    const order = await place.failedOrder();
    const { body } = await place.pay(order.id);
    await place.gateway.capture(String(body.id));
    await place.settled(order.id, 'paid');
    return order;
  },
  async 'authorized-after-it-had-failed'(place) {
    const order = await place.failedOrder();
    await place.gateway.authorize(order.paymentId);
    await place.settled(order.id, 'paid');
    return order;
  },
  async 'expired-at-the-bank'(place) {
    const order = await place.pendingOrder();
    await place.gateway.pend(order.paymentId);
    await place.until(order.id, ({ payments }) => payments[0]?.status === 'pending');
    await atSandbox(place.shop, `/payments/${order.paymentId}/expire`);
    await place.settled(order.id, 'failed');
    return order;
  },
  async 'paid-without-a-click-of-ours'(place) {
    const id = await place.order();
    await place.captureStrange(id);
    await place.settled(id, 'paid');
    return { id };
  },
  async 'paid-in-part-without-a-click-of-ours'(place) {
    const id = await place.order();
    await place.gateway.captureAmount(await place.gateway.strangePayment(id), 2000);
    await place.settled(id, 'partially_paid');
    return { id };
  },
  async 'clicked-while-the-bank-holds-money'(place) {
    const id = await place.order();
    const paymentId = await place.gateway.strangePayment(id);
    await place.gateway.pend(paymentId);
    await place.settled(id, 'pending');
    await place.pay(id);
    await place.gateway.capture(paymentId);
    await place.settled(id, 'paid');
    await place.pay(id);
    return { id };
  },
  async 'repeated-by-everybody'(place) {
    const { id, paymentId } = await place.pendingOrder();
    await place.pay(id);
    await place.gateway.capture(paymentId);
    await place.deliverEvent({ type: 'payment.captured', orderId: id, paymentId });
    await place.settled(id, 'paid');
    await place.deliverEvent({ type: 'payment.failed', orderId: id, paymentId });
    await place.pay(id);
    await place.verify(id);
    await place.cancel(id);
    return { id };
  },
  async 'payment-refused-by-the-gateway'(place) {
    const id = await place.order();
    await spendKey(place, gatewayIdempotencyKey(id, 'create', '1'));
    await place.pay(id);
    await place.settled(id, 'failed');
    return { id };
  },
  async 'capture-refused-by-the-gateway'(place) {
    const { id, paymentId } = await place.pendingOrder();
    await spendKey(place, gatewayIdempotencyKey(id, 'capture', paymentId));
    await place.gateway.authorize(paymentId);
    await place.until(
      id,
      ({ version, payments }) => version > 3 && payments[0]?.status === 'authorized',
    );
    await place.gateway.capture(paymentId);
    await place.settled(id, 'paid');
    return { id };
  },
  async 'authorized-in-two-tabs'(place) {
    const { gateway } = place;
    const { id, paymentId } = await place.pendingOrder();
    const second = await gateway.strangePayment(id);
    await place.verify(id, { paymentId: second });
    await gateway.loseWebhooks();
    for (const each of [paymentId, second]) await gateway.authorize(each);
    await silence(place);
    for (const each of [paymentId, second])
      await place.deliverEvent({ type: 'payment.authorized', orderId: id, paymentId: each });
    await place.until(id, ({ payments }) =>
      payments.every(({ status }) => status === 'authorized'),
    );
    await gateway.calm();
    await place.settled(id, 'paid');
    await place.until(id, ({ payments }) => payments.some(({ status }) => status === 'voided'));
    return { id };
  },
  async 'failed-at-another-installation'(place) {
    const id = await place.order();
    const maker = 'another installation';
    const paymentId = await place.gateway.strangePayment(id, { maker });
    await place.gateway.fail(paymentId);
    const { status } = await place.verify(id, { paymentId });
    assert.equal(status, 409);
    return { id };
  },
} satisfies Scenarios;
