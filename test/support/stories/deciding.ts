/** Orders that wait for a person, and what becomes of them by either decision. */
import pWaitFor from 'p-wait-for';
import { gatewayIdempotencyKey } from '../../../src/gateways/idempotency-key.ts';
import { givenForgottenOrder } from '../custom-terms.ts';
import { AMOUNT, CURRENCY } from '../shop.ts';
import { type OrderAndPayment, type Scene, type Story, story } from './scene.ts';

type Provoke = (scene: Scene) => Promise<string>;

const OTHER_REQUEST = { orderId: 'another', amount: 1, currency: CURRENCY };

/** By the reason of the review: how it comes to it. */
const PROVOKE = {
  paid_after_cancel: async (scene) => (await givenCapturedAfterCancel(scene)).id,
  async captured_after_refund(scene) {
    const { id, paymentId } = await givenRefunded(scene);
    await scene.at(`/payments/${paymentId}/capture`, { amount: AMOUNT });
    return id;
  },
  async overpaid(scene) {
    const { id, paymentId } = await scene.pending();
    await scene.at(`/payments/${paymentId}/capture`, { amount: 6000 });
    return id;
  },
  async double_payment(scene) {
    const { id } = await scene.paidOrder();
    await scene.at(`/payments/${await scene.stranger(id)}/capture`);
    return id;
  },
  async amount_mismatch(scene) {
    const id = await scene.order();
    await scene.at(`/payments/${await scene.stranger(id, { amount: 3000 })}/authorize`);
    return id;
  },
  async capture_refused(scene) {
    const { id, paymentId } = await scene.pending();
    await scene.at('/payments', OTHER_REQUEST, gatewayIdempotencyKey(id, 'capture', paymentId));
    await scene.at(`/payments/${paymentId}/authorize`);
    return id;
  },
  async currency_mismatch(scene) {
    const id = await scene.order();
    await scene.at(`/payments/${await scene.stranger(id, { currency: 'USD' })}/capture`);
    return id;
  },
  async capture_reversed(scene) {
    const { id, paymentId } = await scene.paidOrder();
    await scene.at(`/payments/${paymentId}/reverse`);
    return id;
  },
  async partial_expired(scene) {
    const { id, paymentId } = await scene.pending({ expiresIn: 4 });
    await scene.at(`/payments/${paymentId}/capture`, { amount: 2000 });
    return id;
  },
  async refund_failed(scene) {
    const { id, paymentId } = await scene.paidOrder();
    await endRefund(scene, { id, paymentId }, 'fail');
    return id;
  },
  async refund_reversed(scene) {
    const { id, paymentId } = await scene.paidOrder();
    await endRefund(scene, { id, paymentId }, 'reverse');
    return id;
  },
  async refund_flip(scene) {
    const { id, paymentId } = await scene.paidOrder();
    const refundId = await endRefund(scene, { id, paymentId }, 'fail');
    await scene.asked(id, 'refund_failed');
    await scene.hear({ id, paymentId }, 'refund.succeeded', { refundId, amount: 3000 });
    return id;
  },
  async fact_conflict(scene) {
    const order = await scene.paidOrder();
    await scene.hear(order, 'payment.captured', { amount: 1 });
    return order.id;
  },
  async dispute_flip(scene) {
    const { id, paymentId } = await scene.paidOrder();
    await scene.at(`/payments/${paymentId}/dispute`, { outcome: 'lost' });
    const { disputes } = await scene.settled(id, 'refunded');
    await scene.hear({ id, paymentId }, 'dispute.won', { disputeId: disputes[0]?.id ?? '' });
    return id;
  },
  async dispute_on_refunded(scene) {
    const { id, paymentId } = await givenRefunded(scene);
    await scene.at(`/payments/${paymentId}/dispute`);
    return id;
  },
  async dispute_after_cancel(scene) {
    const { id, paymentId } = await givenCapturedAfterCancel(scene);
    await scene.asked(id, 'paid_after_cancel');
    await scene.at(`/payments/${paymentId}/dispute`);
    return id;
  },
  async authorized_after_cancel(scene) {
    const { id, paymentId } = await givenUnvoidable(scene);
    await scene.at(`/payments/${paymentId}/authorize`);
    return id;
  },
  async cancel_diverged(scene) {
    const { id, paymentId } = await givenUnvoidable(scene);
    await scene.at(`/payments/${paymentId}/pend`);
    return id;
  },
  async authorized_after_refund(scene) {
    const first = await scene.pending();
    const { id } = first;
    await scene.at(`/payments/${first.paymentId}/capture`, { amount: 2000 });
    await scene.settled(id, 'partially_paid');
    await scene.at(`/payments/${first.paymentId}/refunds`);
    await scene.settled(id, 'refunded');
    const paymentId = await scene.stranger(id, { amount: AMOUNT - 2000 });
    await scene.at('/payments', OTHER_REQUEST, gatewayIdempotencyKey(id, 'void', paymentId));
    await scene.at(`/payments/${paymentId}/authorize`);
    return id;
  },
  async wrong_order(scene) {
    const [id, other] = await Promise.all([scene.order(), scene.pending()]);
    await scene.hear({ id, paymentId: other.paymentId }, 'payment.captured');
    return id;
  },
  async unmatched(scene) {
    const id = await scene.order();
    const paymentId = 'sbx_pay_nobody';
    await scene.hear({ id, paymentId }, 'payment.captured');
    for (const _ of [1, 2, 3]) await scene.verify(id, { paymentId });
    return id;
  },
  key_expired: () => givenForgottenOrder(),
} satisfies Record<string, Provoke>;

type Reason = keyof typeof PROVOKE;

const DECIDED: [Reason, 'approve' | 'reject'][] = [
  ['paid_after_cancel', 'approve'],
  ['paid_after_cancel', 'reject'],
  ['captured_after_refund', 'approve'],
  ['captured_after_refund', 'reject'],
  ['overpaid', 'approve'],
  ['overpaid', 'reject'],
  ['double_payment', 'approve'],
  ['double_payment', 'reject'],
  ['amount_mismatch', 'approve'],
  ['amount_mismatch', 'reject'],
  ['capture_refused', 'approve'],
  ['capture_refused', 'reject'],
  ['currency_mismatch', 'reject'],
  ['capture_reversed', 'approve'],
  ['capture_reversed', 'reject'],
  ['partial_expired', 'approve'],
  ['partial_expired', 'reject'],
  ['refund_failed', 'approve'],
  ['refund_reversed', 'approve'],
  ['refund_flip', 'reject'],
  ['fact_conflict', 'approve'],
  ['dispute_flip', 'approve'],
  ['dispute_on_refunded', 'approve'],
  ['dispute_after_cancel', 'reject'],
  ['authorized_after_cancel', 'reject'],
  ['cancel_diverged', 'reject'],
  ['authorized_after_refund', 'reject'],
  ['wrong_order', 'reject'],
  ['unmatched', 'reject'],
  ['key_expired', 'approve'],
];

export const DECIDING: Story[] = [
  story('cancelled-then-captured', async (scene) => {
    const { id } = await givenCapturedAfterCancel(scene);
    await scene.asked(id, 'paid_after_cancel');
    await scene.settled(id, 'cancelled');
    return id;
  }),
  ...DECIDED.map(([reason, decision]) =>
    story(`${reason.replaceAll('_', '-')}-${decision}`, async (scene) => {
      const id = await PROVOKE[reason](scene);
      await scene.asked(id, reason);
      // Who is told that the review has changed meanwhile reads it again.
      await pWaitFor(async () => (await scene.decide(id, reason, decision)).status === 200);
      await scene.until(id, ({ effects, refunds }) => {
        const isDone = effects.every(({ status }) => status === 'done');
        return isDone && refunds.every(({ status }) => status !== 'requested');
      });
      return id;
    }),
  ),
];

async function givenCapturedAfterCancel(scene: Scene): Promise<OrderAndPayment> {
  const order = await scene.pending();
  await scene.cancel(order.id);
  await scene.at(`/payments/${order.paymentId}/capture`);
  return order;
}

async function givenRefunded(scene: Scene): Promise<OrderAndPayment> {
  const order = await scene.paidOrder();
  await scene.refund(order.id);
  await scene.settled(order.id, 'refunded');
  return order;
}

/** A cancelled order, and a payment of it that the gateway will not void when it is asked at first. */
async function givenUnvoidable(scene: Scene): Promise<OrderAndPayment> {
  const id = await scene.order();
  await scene.cancel(id);
  const paymentId = await scene.stranger(id);
  await scene.at('/payments', OTHER_REQUEST, gatewayIdempotencyKey(id, 'void', paymentId));
  return { id, paymentId };
}

/** @returns the refund's id */
async function endRefund(
  scene: Scene,
  { id, paymentId }: OrderAndPayment,
  end: 'fail' | 'reverse',
): Promise<string> {
  const status = end === 'fail' ? 'pending' : 'succeeded';
  const refund = await scene.at(`/payments/${paymentId}/refunds`, { amount: 3000, status });
  await scene.until(id, ({ refunds }) => refunds.some((one) => one.refundId === refund.id));
  await scene.at(`/refunds/${refund.id}/${end}`);
  return refund.id;
}
