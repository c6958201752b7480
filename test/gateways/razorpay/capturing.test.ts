import assert from 'node:assert/strict';
import { GatewayOutcomeUnknown } from '../../../src/gateways/gateway.ts';
import { capturesOf } from '../../fakes/razorpay/life.ts';
import { attempt, newKey, refusing, withRazorpay } from './support.ts';

const CAPTURE = /capture$/;

describe('capturing what a bank has authorized', () => {
  const on = withRazorpay();
  let orderId: string;
  let paymentId: string;

  beforeEach(async () => {
    on.fake.habits.autoCapture = false;
    orderId = (await on.gateway.createPayment(attempt())).payment.paymentId;
    paymentId = on.fake.life.start(orderId);
    on.fake.life.authorize(paymentId);
  });

  function capture(amountMinor = 499_900) {
    return on.gateway.capturePayment({ paymentId: orderId, amountMinor, idempotencyKey: newKey() });
  }

  it('leaves it to the shop where the order says so, although the account captures by itself', async () => {
    on.fake.habits.autoCapture = true;
    const created = await on.gateway.createPayment({ ...attempt(), capture: 'manual' });
    on.fake.life.authorize(on.fake.life.start(created.payment.paymentId));
    const paymentIds = [created.payment.paymentId];
    const { payments } = await on.gateway.fetchPayments({ orderId: '', paymentIds });
    assert.equal(payments[0]?.status, 'authorized');
  });

  it('captures the payment and tells the order as it then is', async () => {
    const { status, captures } = await capture();
    assert.equal(status, 'captured');
    assert.deepEqual(
      captures.map(({ captureId }) => captureId),
      [paymentId],
    );
  });

  it('captures once when the answer was lost', async () => {
    on.fake.faults.plan(CAPTURE, 'reset_after');
    await assert.rejects(capture(), GatewayOutcomeUnknown);
    assert.equal((await capture()).status, 'captured');
    assert.equal(capturesOf(on.fake.world, orderId).length, 1);
    assert.equal(
      on.fake.calls.filter(({ call }) => call.includes(`${paymentId}/capture`)).length,
      1,
    );
  });

  it('is content when somebody else captures in the same instant', async () => {
    const results = await Promise.all([capture(), capture()]);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['captured', 'captured'],
    );
    assert.equal(capturesOf(on.fake.world, orderId).length, 1);
  });

  it('captures whole what was authorized, as Razorpay takes no part of it', async () => {
    await capture(1);
    assert.deepEqual(
      capturesOf(on.fake.world, orderId).map(({ amount }) => amount),
      [499_900],
    );
  });

  it('has nothing to capture where nothing is authorized', async () => {
    on.fake.life.lapse(paymentId);
    await assert.rejects(capture(), refusing('payment_not_authorized'));
  });
});

describe('giving up an attempt', () => {
  const on = withRazorpay();
  let orderId: string;

  beforeEach(async () => {
    on.fake.habits.autoCapture = false;
    orderId = (await on.gateway.createPayment(attempt())).payment.paymentId;
  });

  function giveUp() {
    return on.gateway.voidPayment({ paymentId: orderId, idempotencyKey: newKey() });
  }

  async function statusNow(): Promise<string | undefined> {
    const asked = { orderId: 'ord_1042', paymentIds: [orderId] };
    return (await on.gateway.fetchPayments(asked)).payments[0]?.status;
  }

  it('is remembered by Razorpay itself, beside whose order it is', async () => {
    assert.equal((await giveUp()).status, 'voided');
    assert.equal(await statusNow(), 'voided');
    const notes = on.fake.world.orders.get(orderId)?.notes;
    assert.deepEqual(notes, {
      orderId: 'ord_1042',
      installation: 'ins_1',
      mode: 'test',
      voided: '1',
    });
  });

  it('leaves an authorization to lapse', async () => {
    on.fake.life.authorize(on.fake.life.start(orderId));
    assert.equal((await giveUp()).status, 'voided');
  });

  it('loses against a capture', async () => {
    const paymentId = on.fake.life.start(orderId);
    on.fake.life.authorize(paymentId);
    on.fake.life.capture(paymentId);
    assert.equal((await giveUp()).status, 'captured');
  });

  it('never hides money that comes all the same', async () => {
    await giveUp();
    on.fake.life.capture(on.fake.life.start(orderId));
    assert.equal(await statusNow(), 'captured');
  });
});
