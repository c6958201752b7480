import assert from 'node:assert/strict';
import type { PaymentSnapshot } from '../../../src/domain/facts/facts.ts';
import { GatewayOutcomeUnknown } from '../../../src/gateways/gateway.ts';
import { attempt, withRazorpay } from './support.ts';

describe('what Razorpay knows of an attempt', () => {
  const on = withRazorpay();
  let orderId: string;

  beforeEach(async () => {
    on.fake.habits.autoCapture = true;
    on.fake.habits.refundStatus = 'processed';
    orderId = (await on.gateway.createPayment(attempt())).payment.paymentId;
  });

  async function ask(...paymentIds: string[]) {
    return on.gateway.fetchPayments({ orderId: 'ord_1042', paymentIds });
  }

  async function snapshot(id = orderId): Promise<PaymentSnapshot> {
    const { payments } = await ask(id);
    assert.equal(payments.length, 1);
    const [only] = payments;
    assert.ok(only);
    return only;
  }

  function pay(): string {
    const paymentId = on.fake.life.start(orderId);
    on.fake.life.authorize(paymentId);
    return paymentId;
  }

  it('is captured, once, under the id of the payment that succeeded', async () => {
    on.fake.life.fail(on.fake.life.start(orderId));
    const paymentId = pay();
    const { status, captures } = await snapshot();
    assert.equal(status, 'captured');
    assert.deepEqual(captures, [{ captureId: paymentId, amountMinor: 499_900, reversed: false }]);
  });

  it('is still open after a failed payment, as the customer may try again', async () => {
    on.fake.life.fail(on.fake.life.start(orderId));
    assert.equal((await snapshot()).status, 'created');
  });

  it('is authorized while nobody has captured', async () => {
    on.fake.habits.autoCapture = false;
    pay();
    assert.equal((await snapshot()).status, 'authorized');
  });

  it('has failed after an authorization was sent back, and no money has gone back', async () => {
    on.fake.habits.autoCapture = false;
    on.fake.life.lapse(pay());
    const { status, refunds } = await snapshot();
    assert.deepEqual({ status, refunds }, { status: 'failed', refunds: [] });
  });

  it('is captured when another payment of the same order was sent back', async () => {
    const late = on.fake.life.start(orderId);
    const paymentId = pay();
    on.fake.life.authorize(late);
    const { captures, refunds } = await snapshot();
    assert.deepEqual(
      captures.map(({ captureId }) => captureId),
      [paymentId],
    );
    assert.deepEqual(refunds, []);
  });

  it('tells refunds and disputes of the captured payment', async () => {
    const paymentId = pay();
    on.fake.habits.refundStatus = 'pending';
    const refund = on.fake.life.refund(paymentId, 100, null);
    const disputeId = on.fake.life.dispute(paymentId);
    const { refunds, disputes } = await snapshot();
    assert.deepEqual(refunds, [
      {
        refundId: refund.id,
        paymentId: orderId,
        amountMinor: 100,
        currency: 'INR',
        status: 'pending',
      },
    ]);
    const respondBy = Number(on.fake.world.disputes.get(disputeId)?.respond_by) * 1_000;
    assert.deepEqual(disputes, [{ disputeId, amountMinor: 499_900, status: 'opened', respondBy }]);
  });

  it('stays captured when it was refunded in full', async () => {
    on.fake.life.refund(pay(), 499_900, null);
    const { status, captures } = await snapshot();
    assert.equal(status, 'captured');
    assert.equal(captures.length, 1);
  });

  it('is answered under the order when a payment of it is asked for', async () => {
    const paymentId = pay();
    const { payments, missing } = await ask(orderId, paymentId);
    assert.deepEqual(missing, []);
    assert.deepEqual(
      payments.map(({ paymentId, aliases }) => ({ paymentId, aliases })),
      [{ paymentId: orderId, aliases: [paymentId] }],
    );
  });

  it('names every payment of the order, whichever name it was asked for by', async () => {
    const paymentId = pay();
    assert.deepEqual((await snapshot(orderId)).aliases, [paymentId]);
  });

  it('names the order that a payment belongs to, also when that is another one', async () => {
    const other = await on.gateway.createPayment(attempt({ orderId: 'ord_other' }));
    const paymentId = on.fake.life.start(other.payment.paymentId);
    assert.equal((await snapshot(paymentId)).orderId, 'ord_other');
  });

  it('belongs to nobody when the payment was made without an order', async () => {
    const paymentId = on.fake.life.start(orderId, { order_id: null });
    const { paymentId: id, orderId: owner } = await snapshot(paymentId);
    assert.deepEqual({ id, owner }, { id: paymentId, owner: null });
  });

  it('is missing when Razorpay has never heard of it', async () => {
    const ids = ['order_unknown', 'pay_unknown', '../payments', 'sbx_pay_1'];
    assert.deepEqual(await ask(...ids), { payments: [], missing: ids });
  });

  it('is known without the disputes where an account may not list them', async () => {
    pay();
    on.fake.faults.plan(/disputes/, 'not_allowed');
    const { status, disputes } = await snapshot();
    assert.deepEqual({ status, disputes }, { status: 'captured', disputes: [] });
  });

  it('is unknown, not missing, while Razorpay does not answer', async () => {
    on.fake.faults.plan(/GET/, 'error_500_before');
    await assert.rejects(ask(orderId), GatewayOutcomeUnknown);
  });
});
