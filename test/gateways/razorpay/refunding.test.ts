import assert from 'node:assert/strict';
import { GatewayOutcomeUnknown } from '../../../src/gateways/gateway.ts';
import type { Fault } from '../../fakes/razorpay/faults.ts';
import { attempt, newKey, refusing, withRazorpay } from './support.ts';

const REFUND = /refund$/;

describe('refunding a captured payment at Razorpay', () => {
  const on = withRazorpay();
  let orderId: string;
  let paymentId: string;

  beforeEach(async () => {
    on.fake.habits.autoCapture = true;
    on.fake.habits.refundStatus = 'processed';
    orderId = (await on.gateway.createPayment(attempt())).payment.paymentId;
    paymentId = on.fake.life.start(orderId);
    on.fake.life.authorize(paymentId);
  });

  function refund(idempotencyKey: string, amountMinor = 100_000) {
    const money = { amountMinor, currency: 'INR' };
    return on.gateway.refundPayment({ paymentId: orderId, ...money, idempotencyKey });
  }

  function refunds() {
    return [...on.fake.world.refunds.values()].filter((made) => made.payment_id === paymentId);
  }

  it('is one refund of the order, sent under our key', async () => {
    const key = newKey();
    const { refundId, ...made } = await refund(key);
    assert.deepEqual(made, {
      paymentId: orderId,
      amountMinor: 100_000,
      currency: 'INR',
      status: 'succeeded',
    });
    assert.deepEqual(
      refunds().map(({ id }) => id),
      [refundId],
    );
    const sent = on.fake.calls.findLast(({ call }) => REFUND.test(call));
    assert.equal(sent?.headers['x-refund-idempotency'], key);
  });

  it('is pending until Razorpay has sent the money', async () => {
    on.fake.habits.refundStatus = 'pending';
    assert.equal((await refund(newKey())).status, 'pending');
  });

  const lost: Fault[] = ['reset_after', 'error_500_after', 'html_502_after'];
  for (const fault of lost)
    it(`is made once when its answer is lost by ${fault}`, async () => {
      const key = newKey();
      on.fake.faults.plan(REFUND, fault);
      await assert.rejects(refund(key), GatewayOutcomeUnknown);
      const { refundId } = await refund(key);
      assert.deepEqual(
        refunds().map(({ id }) => id),
        [refundId],
      );
    });

  it('is found again when Razorpay has forgotten the key', async () => {
    const key = newKey();
    const { refundId } = await refund(key);
    on.fake.world.keys.clear();
    assert.equal((await refund(key)).refundId, refundId);
    assert.equal(refunds().length, 1);
  });

  it('is silent while the same refund is under way, and then finds it, T27', async () => {
    const key = newKey();
    const held = on.fake.faults.hold(REFUND);
    const first = refund(key);
    await held.arrived;
    await assert.rejects(refund(key), GatewayOutcomeUnknown);
    held.release();
    const { refundId } = await first;
    assert.equal((await refund(key)).refundId, refundId);
    assert.equal(refunds().length, 1);
  });

  // Razorpay documents both.
  for (const status of [400, 409])
    it(`is refused with ${status} when the key is under way for another amount`, async () => {
      on.fake.habits.reusedKeyStatus = status;
      const key = newKey();
      const held = on.fake.faults.hold(REFUND);
      const first = refund(key);
      await held.arrived;
      await assert.rejects(refund(key, 1), refusing('idempotency_key_reused'));
      held.release();
      await first;
    });

  it('comes out of the payment that still holds as much', async () => {
    orderId = (await on.gateway.createPayment(attempt())).payment.paymentId;
    const payments = [on.fake.life.start(orderId), on.fake.life.start(orderId)];
    for (const one of payments) on.fake.life.capture(one);
    await refund(newKey(), 499_900);
    assert.equal((await refund(newKey(), 499_900)).status, 'succeeded');
    const made = [...on.fake.world.refunds.values()].slice(-2);
    assert.deepEqual(
      made.map((one) => one.payment_id),
      payments,
    );
  });

  it('is refused for more than is left', async () => {
    await refund(newKey(), 499_800);
    await assert.rejects(refund(newKey(), 101), refusing('refund_exceeds_captured'));
  });

  it('is refused when everything went back already', async () => {
    await refund(newKey(), 499_900);
    await assert.rejects(refund(newKey(), 1), refusing('payment_fully_refunded'));
  });

  it('is refused where nothing was captured', async () => {
    orderId = (await on.gateway.createPayment(attempt())).payment.paymentId;
    on.fake.life.fail(on.fake.life.start(orderId));
    await assert.rejects(refund(newKey()), refusing('payment_not_captured'));
  });
});
