/** Calls whose answer is lost, before or after they were carried out: the same call again is the same call. */
import assert from 'node:assert/strict';
import { GatewayOutcomeUnknown, GatewayRefusal } from '../../gateways/gateway.ts';
import type { Trouble } from '../actor.ts';
import { type Check, capture, isVoided } from '../check.ts';
import type { Workbench } from '../workbench.ts';

/** A call that hangs is waited for, so that one of them is enough. */
const TROUBLES: readonly Trouble[] = ['breaks down', 'cuts the connection', 'has too much to do'];
const group = 'answers that are lost';

/** Twice, as stand-ins lose an answer before the call in one turn and after it in the next. */
async function unanswered(
  { actor }: Workbench,
  trouble: Trouble,
  call: () => Promise<unknown>,
): Promise<void> {
  await actor.disturb(trouble);
  try {
    for (let tried = 0; tried < 2; tried += 1)
      await assert.rejects(call, (error: unknown) => {
        assert.ok(
          error instanceof GatewayOutcomeUnknown && !(error instanceof GatewayRefusal),
          `${String(error)} is a GatewayOutcomeUnknown`,
        );
        return true;
      });
  } finally {
    await actor.answerAgain();
  }
}

const creating = (trouble: Trouble): Check => ({
  group,
  title: `a payment is opened once where the gateway ${trouble}`,
  async run(bench) {
    const { open, actor, newOrderId, newKey } = bench;
    const terms = { orderId: newOrderId(), idempotencyKey: newKey() };
    await unanswered(bench, trouble, () => open(terms));
    const { paymentId } = await open(terms);
    const stored = await actor.paymentsOf(terms.orderId);
    assert.deepEqual(
      stored.map((one) => one.paymentId),
      [paymentId],
    );
  },
});

const refunding = (trouble: Trouble): Check => ({
  group,
  title: `a refund is made once where the gateway ${trouble}`,
  async run(bench) {
    const { paid, reported, gateway, actor, newKey, amountMinor, currency } = bench;
    const { orderId, paymentId } = await paid();
    await reported(orderId, paymentId, 'payment.captured');
    const request = { paymentId, amountMinor, currency, idempotencyKey: newKey() };
    await unanswered(bench, trouble, () => gateway.refundPayment(request));
    const made = await gateway.refundPayment(request);
    if (made.status === 'pending') await actor.endRefund(made.refundId, 'succeeded');
    assert.deepEqual((await actor.paymentsOf(orderId))[0]?.refundsMinor, [amountMinor]);
  },
});

const capturing = (trouble: Trouble): Check => ({
  group,
  title: `an authorization is captured once where the gateway ${trouble}`,
  unless: ({ capture }) => (capture.manual ? null : 'it captures by itself'),
  async run(bench) {
    const { open, reported, gateway, actor, newKey, amountMinor } = bench;
    const { orderId, paymentId } = await open();
    await actor.authorize(paymentId);
    await reported(orderId, paymentId, 'payment.authorized');
    const request = { paymentId, amountMinor, idempotencyKey: newKey() };
    await actor.disturb(trouble);
    // One that was captured behind a lost answer is found by the next call.
    for (let tried = 0; tried < 2; tried += 1)
      await gateway.capturePayment(request).catch((error: unknown) => {
        assert.ok(error instanceof GatewayOutcomeUnknown, String(error));
      });
    await actor.answerAgain();
    await capture(bench, { orderId, ...request });
    assert.deepEqual((await actor.paymentsOf(orderId))[0]?.capturesMinor, [amountMinor]);
  },
});

const voiding: Check = {
  group,
  title: 'a payment is voided where the gateway cuts the connection',
  unless: ({ void: ending }) => (ending === 'none' ? 'it has no void' : null),
  async run(bench) {
    const { open, gateway, actor, newKey } = bench;
    const { orderId, paymentId } = await open();
    const request = { paymentId, idempotencyKey: newKey() };
    await actor.disturb('cuts the connection');
    for (let tried = 0; tried < 2; tried += 1)
      await gateway.voidPayment(request).catch((error: unknown) => {
        assert.ok(error instanceof GatewayOutcomeUnknown, String(error));
      });
    await actor.answerAgain();
    await isVoided(bench, { orderId, ...request });
    assert.equal((await actor.paymentsOf(orderId))[0]?.isVoided, true);
  },
};

export const LOST_ANSWER_CHECKS: readonly Check[] = [
  ...TROUBLES.flatMap((trouble) => [creating(trouble), refunding(trouble), capturing(trouble)]),
  creating('hangs'),
  voiding,
];
