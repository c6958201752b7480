/** Orders that wait for a person, and what becomes of them by either decision. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { gatewayIdempotencyKey } from '../../../src/gateways/idempotency-key.ts';
import { givenForgottenOrder } from '../custom-terms.ts';
import type { OpenPayment, Place } from '../place.ts';
import { AMOUNT } from '../shop.ts';
import { partlyPaid, type Scenarios, silence, spendKey } from './scenario.ts';

/** Ids of the right form that no gateway has given to anybody. */
const NOBODYS: Readonly<Record<string, string>> = {
  sandbox: 'sbx_pay_nobody',
  stripe: 'pi_nobody',
  razorpay: 'order_nobody',
};

/** By the reason of the review: how it comes to it. Each gives back the order's id. */
export const PROVOKE = {
  paid_after_cancel: paidAfterCancel,
  captured_after_refund: (place) => refundedAnd(place, ({ id }) => place.captureStrange(id)),
  overpaid: async (place) => (await place.orderPaidBy(6000)).id,
  double_payment: (place) => paidAnd(place, ({ id }) => place.captureStrange(id)),
  async amount_mismatch({ order, gateway }) {
    const id = await order();
    await gateway.authorize(await gateway.strangePayment(id, { amountMinor: 3000 }));
    return id;
  },
  async capture_refused(place) {
    const { id, paymentId } = await place.pendingOrder();
    await spendKey(place, gatewayIdempotencyKey(id, 'capture', paymentId));
    await place.gateway.authorize(paymentId);
    return id;
  },
  async currency_mismatch(place) {
    const id = await place.order();
    await place.captureStrange(id, { currency: 'USD' });
    return id;
  },
  capture_reversed: (place) => paidAnd(place, ({ paymentId }) => place.gateway.reverse(paymentId)),
  partial_expired: async (place) => (await place.orderPaidBy(2000, { expiresIn: 4 })).id,
  refund_failed: (place) => paidAnd(place, (order) => endRefund(place, order, 'failed')),
  refund_reversed: (place) => paidAnd(place, (order) => endRefund(place, order, 'reversed')),
  refund_flip: (place) =>
    paidAnd(place, async (order) => {
      const refundId = await endRefund(place, order, 'failed');
      await place.until(order.id, ({ refunds }) => refunds[0]?.status === 'failed');
      const ids = { orderId: order.id, paymentId: order.paymentId, refundId };
      await place.deliverEvent({ type: 'refund.succeeded', ...ids, amountMinor: 3000 });
    }),
  fact_conflict: (place) =>
    paidAnd(place, ({ id: orderId, paymentId }) =>
      place.deliverEvent({ type: 'payment.captured', orderId, paymentId, amountMinor: 1 }),
    ),
  dispute_flip: (place) =>
    paidAnd(place, async ({ id, paymentId }) => {
      await place.gateway.endDispute(paymentId, 'lost');
      const { disputes } = await place.settled(id, 'refunded');
      const disputeId = disputes[0]?.id ?? '';
      await place.deliverEvent({ type: 'dispute.won', orderId: id, paymentId, disputeId });
    }),
  dispute_on_refunded: (place) =>
    refundedAnd(place, ({ paymentId }) => place.gateway.dispute(paymentId)),
  double_loss: (place) =>
    refundedAnd(place, async ({ paymentId }) => {
      await place.gateway.dispute(paymentId);
      await place.gateway.endDispute(paymentId, 'lost');
    }),
  async dispute_after_cancel(place) {
    const id = await paidAfterCancel(place);
    await place.inReview(id, 'paid_after_cancel');
    const taken = (await place.gateway.paymentsOf(id)).find((p) => p.capturedMinor > 0);
    await place.gateway.dispute(taken?.paymentId ?? '');
    return id;
  },
  async dispute_without_capture(place) {
    const { id: orderId, paymentId } = await place.pendingOrder();
    await place.deliverEvent({ type: 'dispute.opened', orderId, paymentId });
    return orderId;
  },
  async authorized_after_cancel(place) {
    const { id, paymentId } = await givenUnvoidable(place);
    await place.gateway.authorize(paymentId);
    await untilVoidRefused(place, id);
    return id;
  },
  async cancel_diverged(place) {
    const { id, paymentId } = await givenUnvoidable(place);
    await place.gateway.pend(paymentId);
    await untilVoidRefused(place, id);
    return id;
  },
  async authorized_after_refund(place) {
    const { id, paymentId: first } = await partlyPaid(place);
    await place.gateway.refund(first);
    await place.settled(id, 'refunded');
    const paymentId = await place.gateway.strangePayment(id, { amountMinor: AMOUNT - 2000 });
    await spendKey(place, gatewayIdempotencyKey(id, 'void', paymentId));
    await place.gateway.authorize(paymentId);
    await untilVoidRefused(place, id);
    return id;
  },
  async wrong_order(place) {
    const [orderId, { paymentId }] = await Promise.all([place.order(), place.pendingOrder()]);
    await place.deliverEvent({ type: 'payment.captured', orderId, paymentId });
    return orderId;
  },
  async unmatched(place) {
    const orderId = await place.order();
    const paymentId = NOBODYS[place.gateway.name] ?? '';
    await place.deliverEvent({ type: 'payment.captured', orderId, paymentId });
    for (const _ of [1, 2, 3]) await place.verify(orderId, { paymentId });
    return orderId;
  },
  key_expired: ({ gateway }) => givenForgottenOrder(gateway.name),
} satisfies Record<string, (place: Place) => Promise<string>>;

export type Reason = keyof typeof PROVOKE;

/** The histories that are kept: what either decision leads to, where the two differ to a replay. */
const KEPT: [Reason, 'approve' | 'reject'][] = [
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

/** It comes to a review, and a person decides. */
export async function decided(
  place: Place,
  reason: Reason,
  decision: 'approve' | 'reject',
): Promise<{ id: string }> {
  const id = await PROVOKE[reason](place);
  await place.inReview(id, reason);
  assert.equal((await place.decide(id, reason, decision)).status, 200);
  await place.until(
    id,
    ({ effects, refunds }) =>
      effects.every(({ status }) => status === 'done') &&
      refunds.every(({ status }) => status !== 'requested'),
  );
  return { id };
}

export const REVIEWS = {
  ...Object.fromEntries(
    KEPT.map(([reason, decision]) => [
      `${reason.replaceAll('_', '-')}-${decision}`,
      (place: Place) => decided(place, reason, decision),
    ]),
  ),
  async 'cancelled-then-captured'(place) {
    const id = await PROVOKE.paid_after_cancel(place);
    await place.inReview(id, 'paid_after_cancel');
    return { id, order: await place.settled(id, 'cancelled') };
  },
  async 'part-paid-after-cancel'(place) {
    const { id, paymentId } = await place.pendingOrder();
    await place.cancel(id);
    await place.settled(id, 'cancelled');
    await place.gateway.captureAmount(paymentId, 2000);
    await place.inReview(id, 'paid_after_cancel');
    await place.decide(id, 'paid_after_cancel', 'approve');
    await place.settled(id, 'partially_paid');
    return { id };
  },
  async 'part-captured-after-refund'(place) {
    const { id, paymentId } = await partlyPaid(place);
    await place.gateway.refund(paymentId, 2000);
    await place.settled(id, 'refunded');
    await place.gateway.captureAmount(paymentId, 1000);
    await place.inReview(id, 'captured_after_refund');
    await place.decide(id, 'captured_after_refund', 'approve');
    await place.settled(id, 'partially_paid');
    return { id };
  },
  async 'amount-mismatch-approved-while-it-is-being-cancelled'(place) {
    const id = await PROVOKE.amount_mismatch(place);
    await place.inReview(id, 'amount_mismatch');
    await silence(place);
    await place.signal(id, 'cancel', { id: 'cancel-1' });
    await place.decide(id, 'amount_mismatch', 'approve');
    await place.gateway.calm();
    return { id };
  },
} satisfies Scenarios;

async function paidAfterCancel(place: Place): Promise<string> {
  const order = await place.pendingOrder();
  assert.equal((await place.cancel(order.id)).status, 200);
  await place.captureAfterAll(order);
  return order.id;
}

type Act = (order: OpenPayment) => Promise<unknown>;

async function paidAnd(place: Place, act: Act): Promise<string> {
  const order = await place.paidOrder();
  await act(order);
  return order.id;
}

async function refundedAnd(place: Place, act: Act): Promise<string> {
  return paidAnd(place, async (order) => {
    await place.refund(order.id);
    await place.settled(order.id, 'refunded');
    await act(order);
  });
}

/** A cancelled order, and a payment of it that the gateway will not void when it is asked at first. */
async function givenUnvoidable(place: Place): Promise<OpenPayment> {
  const id = await place.order();
  await place.cancel(id);
  const paymentId = await place.gateway.strangePayment(id);
  await spendKey(place, gatewayIdempotencyKey(id, 'void', paymentId));
  return { id, paymentId };
}

/** The review may be open before that, and changes by it. */
async function untilVoidRefused({ eventsOf }: Place, id: string): Promise<void> {
  await pWaitFor(async () =>
    (await eventsOf(id)).some(({ type }) => type === 'void_payment.refused'),
  );
}

/** @returns the refund's id */
async function endRefund(
  place: Place,
  { id, paymentId }: OpenPayment,
  end: 'failed' | 'reversed',
): Promise<string> {
  const status = end === 'failed' ? 'pending' : 'succeeded';
  const { refundId } = await place.gateway.refund(paymentId, 3000, status);
  await place.until(id, ({ refunds }) => refunds[0]?.status === status);
  await place.gateway.endRefund(refundId, end);
  return refundId;
}
