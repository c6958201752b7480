/** Objects that are gone, and objects that others have made. */
import assert from 'node:assert/strict';
import { GatewayRefusal } from '../../gateways/gateway.ts';
import type { Maker } from '../actor.ts';
import { type Check, unlessReadBack } from '../check.ts';

const made = (maker: Maker, isRight: (named: string | null, own: string) => boolean): Check => ({
  group: 'objects of others',
  title: `a payment of ${maker} is known as such`,
  unless: unlessReadBack,
  async run({ actor, fetch, newOrderId, installationId, currency, amountMinor }) {
    const orderId = newOrderId();
    const paymentId = await actor.strangePayment(orderId, { amountMinor, currency, maker });
    const payment = await fetch(orderId, paymentId);
    assert.equal(payment.orderId, orderId);
    assert.ok(isRight(payment.installationId, installationId), String(payment.installationId));
  },
});

export const STRANGER_CHECKS: readonly Check[] = [
  {
    group: 'objects that are gone',
    title: 'a payment that the gateway does not know is missing, and no error',
    unless: unlessReadBack,
    async run({ gateway, actor, newOrderId }) {
      const { unknownPaymentId: gone } = actor;
      const request = { orderId: newOrderId(), paymentIds: [gone] };
      assert.deepEqual(await gateway.fetchPayments(request), { payments: [], missing: [gone] });
    },
  },
  {
    group: 'objects that are gone',
    title: 'a payment that the gateway does not know is refused as gone where it is to be voided',
    unless: ({ void: ending }) => (ending === 'none' ? 'it has no void' : null),
    async run({ gateway, actor, newKey }) {
      const request = { paymentId: actor.unknownPaymentId, idempotencyKey: newKey() };
      await assert.rejects(
        gateway.voidPayment(request),
        (error: unknown) => error instanceof GatewayRefusal && error.isGone,
      );
    },
  },
  made('this installation', (named, own) => named === own),
  made('another installation', (named, own) => named !== null && named !== own),
  made('other software', (named) => named === null),
];
