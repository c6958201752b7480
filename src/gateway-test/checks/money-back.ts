/** Refunds and disputes. */
import assert from 'node:assert/strict';
import { GatewayRefusal } from '../../gateways/gateway.ts';
import { refundSchema } from '../../gateways/schemas.ts';
import type { Check } from '../check.ts';

export const MONEY_BACK_CHECKS: readonly Check[] = [
  {
    group: 'refunds',
    title: 'a refund is made once under its key',
    async run({ paid, reported, gateway, actor, newKey, amountMinor, currency }) {
      const { orderId, paymentId } = await paid();
      await reported(orderId, paymentId, 'payment.captured');
      const request = { paymentId, amountMinor, currency, idempotencyKey: newKey() };
      const first = await gateway.refundPayment(request);
      refundSchema.parse(first);
      const second = await gateway.refundPayment(request);
      assert.equal(second.refundId, first.refundId);
      assert.equal(first.amountMinor, amountMinor);
      await end(actor, first);
      assert.deepEqual((await actor.paymentsOf(orderId))[0]?.refundsMinor, [amountMinor]);
    },
  },
  {
    group: 'refunds',
    title: 'two parts under two keys are two refunds',
    unless: ({ refund }) => (refund.partial ? null : 'it takes back the whole alone'),
    async run({ paid, reported, gateway, actor, newKey, currency }) {
      const { orderId, paymentId } = await paid();
      await reported(orderId, paymentId, 'payment.captured');
      const part = { paymentId, amountMinor: 1_000, currency };
      const first = await gateway.refundPayment({ ...part, idempotencyKey: newKey() });
      const second = await gateway.refundPayment({ ...part, idempotencyKey: newKey() });
      assert.notEqual(first.refundId, second.refundId);
      for (const made of [first, second]) await end(actor, made);
      assert.deepEqual((await actor.paymentsOf(orderId))[0]?.refundsMinor, [1_000, 1_000]);
    },
  },
  {
    group: 'refunds',
    title: 'more than was captured is a refusal, and no unknown outcome',
    async run({ package: given, paid, reported, gateway, newKey, amountMinor, currency }) {
      const { orderId, paymentId } = await paid();
      await reported(orderId, paymentId, 'payment.captured');
      const tooMuch = { paymentId, amountMinor: amountMinor + 1_000, currency };
      const asked = gateway.refundPayment({ ...tooMuch, idempotencyKey: newKey() });
      if (given.capabilities.truth === 'read_back') return assert.rejects(asked, GatewayRefusal);
      // What is only accepted at first is refused by webhook.
      await asked;
      await reported(orderId, paymentId, 'refund.failed');
    },
  },
  {
    group: 'refunds',
    title: 'one that is made in the dashboard is reported',
    async run({ paid, reported, actor }) {
      const { orderId, paymentId } = await paid();
      await reported(orderId, paymentId, 'payment.captured');
      await actor.refund(paymentId);
      await reported(orderId, paymentId, 'refund.succeeded');
    },
  },
  {
    group: 'refunds',
    title: 'one that fails after it succeeded is reported, and no longer counts',
    needs: ['fail a refund after it succeeded'],
    async run({ paid, reported, actor }) {
      const { orderId, paymentId } = await paid();
      await reported(orderId, paymentId, 'payment.captured');
      const { refundId } = await actor.refund(paymentId);
      await reported(orderId, paymentId, 'refund.succeeded');
      await actor.endRefund(refundId, 'failed');
      await reported(orderId, paymentId, 'refund.failed');
      assert.deepEqual((await actor.paymentsOf(orderId))[0]?.refundsMinor, []);
    },
  },
  {
    group: 'disputes',
    title: 'a dispute is reported when it is opened and when it is lost',
    unless: ({ disputes }) => (disputes.length > 0 ? null : 'it tells of no disputes'),
    async run({ package: { capabilities }, paid, reported, actor, amountMinor }) {
      const { orderId, paymentId } = await paid();
      await reported(orderId, paymentId, 'payment.captured');
      await actor.dispute(paymentId);
      // Where a bank asks nobody, its dispute is lost as soon as it is made.
      const isOpen = capabilities.disputes.includes('opened');
      const first = isOpen ? 'dispute.opened' : 'dispute.lost';
      assert.equal((await reported(orderId, paymentId, first)).amountMinor, amountMinor);
      if (isOpen) {
        await actor.endDispute(paymentId, 'lost');
        await reported(orderId, paymentId, 'dispute.lost');
      }
      assert.equal((await actor.paymentsOf(orderId))[0]?.lostMinor, amountMinor);
    },
  },
  {
    group: 'disputes',
    title: 'one that was won and comes back is reported as lost',
    needs: ['dispute again what was won'],
    async run({ paid, reported, actor, amountMinor }) {
      const { orderId, paymentId } = await paid();
      await reported(orderId, paymentId, 'payment.captured');
      await actor.dispute(paymentId);
      await actor.endDispute(paymentId, 'won');
      await reported(orderId, paymentId, 'dispute.won');
      await actor.endDispute(paymentId, 'lost');
      await reported(orderId, paymentId, 'dispute.lost');
      assert.equal((await actor.paymentsOf(orderId))[0]?.lostMinor, amountMinor);
    },
  },
];

/** A gateway whose refunds take their time makes them when its bank has. */
async function end(
  actor: { endRefund(refundId: string, end: 'succeeded'): Promise<void> },
  { refundId, status }: { refundId: string; status: string },
): Promise<void> {
  if (status === 'pending') await actor.endRefund(refundId, 'succeeded');
}
