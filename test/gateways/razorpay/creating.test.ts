import assert from 'node:assert/strict';
import { GatewayOutcomeUnknown } from '../../../src/gateways/gateway.ts';
import { createRazorpayGateway } from '../../../src/gateways/razorpay/index.ts';
import { KEY_ID, KEY_SECRET, LIVE_KEY_ID } from '../../fakes/razorpay/fake.ts';
import type { Fault } from '../../fakes/razorpay/faults.ts';
import { PEOPLE } from '../../support/people.ts';
import { attempt, gatewayAt, refusing, withRazorpay } from './support.ts';

const CREATE = /^POST \/v1\/orders$/;

describe('opening an attempt at Razorpay', () => {
  const on = withRazorpay();

  function ordersWith(receipt: string): unknown[] {
    return [...on.fake.world.orders.values()].filter((order) => order.receipt === receipt);
  }

  it('makes an order with our key as its receipt and gives the frontend what it needs', async () => {
    const request = attempt();
    const { payment, checkout } = await on.gateway.createPayment(request);
    assert.deepEqual(checkout, { orderId: payment.paymentId, keyId: KEY_ID });
    assert.equal(payment.orderId, 'ord_1042');
    assert.equal(payment.status, 'created');
    assert.equal(payment.amountMinor, 499_900);
    assert.equal(ordersWith(request.idempotencyKey).length, 1);
    const made = on.fake.calls.findLast(({ call }) => CREATE.test(call));
    assert.equal(made?.body.unique_receipt, true);
  });

  const lost: Fault[] = ['reset_after', 'error_500_after', 'html_502_after'];
  for (const fault of lost)
    it(`finds the same order again after ${fault}`, async () => {
      const request = attempt();
      on.fake.faults.plan(CREATE, fault);
      await assert.rejects(on.gateway.createPayment(request), GatewayOutcomeUnknown);
      const { payment } = await on.gateway.createPayment(request);
      assert.equal(ordersWith(request.idempotencyKey).length, 1);
      assert.equal(on.fake.world.orders.has(payment.paymentId), true);
    });

  const never: Fault[] = ['reset_before', 'error_500_before', 'too_many_requests'];
  for (const fault of never)
    it(`is silent about ${fault}, and makes the order the next time`, async () => {
      const request = attempt();
      on.fake.faults.plan(CREATE, fault);
      await assert.rejects(on.gateway.createPayment(request), GatewayOutcomeUnknown);
      assert.equal(ordersWith(request.idempotencyKey).length, 0);
      await on.gateway.createPayment(request);
      assert.equal(ordersWith(request.idempotencyKey).length, 1);
    });

  it('makes one order when it is asked twice at once', async () => {
    const request = attempt();
    const [one, two] = await Promise.all([
      on.gateway.createPayment(request),
      on.gateway.createPayment(request),
    ]);
    assert.equal(one.payment.paymentId, two.payment.paymentId);
    assert.equal(ordersWith(request.idempotencyKey).length, 1);
  });

  it('does not take an order for its own whose receipt only contains the key', async () => {
    const request = attempt();
    const longer = { ...request, idempotencyKey: `${request.idempotencyKey}x` };
    const other = await on.gateway.createPayment(longer);
    const { payment } = await on.gateway.createPayment(request);
    assert.notEqual(payment.paymentId, other.payment.paymentId);
  });

  it('does not take an order with the same receipt for one of another amount', async () => {
    const request = attempt();
    await on.gateway.createPayment(request);
    const other = on.gateway.createPayment({ ...request, amountMinor: 1 });
    await assert.rejects(other, refusing('receipt_conflict'));
  });

  it('passes on that an amount is below the minimum', async () => {
    const request = on.gateway.createPayment(attempt({ amountMinor: 99 }));
    await assert.rejects(request, refusing('amount_below_minimum'));
  });

  it('notes whom and what it is for, cut to what Razorpay takes', async () => {
    const { customer, shipping } = PEOPLE;
    const details = { ...customer, shipping, description: '票'.repeat(300) };
    const { payment } = await on.gateway.createPayment(attempt({ details }));
    assert.deepEqual(on.fake.world.orders.get(payment.paymentId)?.notes, {
      description: `${'票'.repeat(255)}…`,
      customer_email: 'ada@example.com',
      customer_name: 'आदा लवलेस',
      customer_address: '510 Townsend St, Suite 7, 94103, San Francisco, CA, US',
      shipping_name: 'Anna Żółkiewska',
      shipping_address: '12 Harbour Road, Suite 7, 94103, San Francisco, CA, US',
      shipping_phone: '+91 22 1234 5678',
      orderId: 'ord_1042',
      installation: 'ins_1',
      mode: 'test',
    });
  });

  for (const [currency, amountMinor] of [
    ['JPY', 295],
    ['KWD', 99_990],
  ] as const)
    it(`sends ${amountMinor} minor units of ${currency} as they are`, async () => {
      const { payment } = await on.gateway.createPayment(attempt({ currency, amountMinor }));
      assert.equal(on.fake.world.orders.get(payment.paymentId)?.amount, amountMinor);
    });

  it('gives up the order that a new one supersedes', async () => {
    const { payment: first } = await on.gateway.createPayment(attempt());
    const supersedes = [first.paymentId];
    const { payment: second } = await on.gateway.createPayment(attempt({ supersedes }));
    assert.notEqual(second.paymentId, first.paymentId);
    assert.equal(await statusOf(first.paymentId), 'voided');
  });

  it('makes no new order when the one that it supersedes was paid meanwhile', async () => {
    const { payment: first } = await on.gateway.createPayment(attempt());
    on.fake.life.capture(on.fake.life.start(first.paymentId));
    const request = attempt({ supersedes: [first.paymentId] });
    const { payment } = await on.gateway.createPayment(request);
    const { paymentId, status } = payment;
    assert.deepEqual({ paymentId, status }, { paymentId: first.paymentId, status: 'captured' });
    assert.equal(ordersWith(request.idempotencyKey).length, 0);
  });

  async function statusOf(paymentId: string): Promise<string | undefined> {
    const asked = { orderId: 'ord_1042', paymentIds: [paymentId] };
    return (await on.gateway.fetchPayments(asked)).payments[0]?.status;
  }

  it('refuses three decimals that cannot be settled before anything is made', async () => {
    const request = attempt({ currency: 'KWD', amountMinor: 99_991 });
    await assert.rejects(on.gateway.createPayment(request), refusing('amount_not_settleable'));
    assert.equal(ordersWith(request.idempotencyKey).length, 0);
  });

  it('waits for a wrong key to be mended', async () => {
    const gateway = createRazorpayGateway({
      keyId: KEY_ID,
      keySecret: `not ${KEY_SECRET}`,
      webhookSecrets: ['any'],
      apiBase: on.fake.url,
    });
    await assert.rejects(gateway.createPayment(attempt()), GatewayOutcomeUnknown);
  });
});

describe("Razorpay's two modes", () => {
  const on = withRazorpay();

  it('do not see each other', async () => {
    const { payment } = await on.gateway.createPayment(attempt());
    const live = gatewayAt(on.fake.url, LIVE_KEY_ID);
    const { paymentId } = payment;
    assert.deepEqual(await live.fetchPayments({ orderId: 'ord_1042', paymentIds: [paymentId] }), {
      payments: [],
      missing: [paymentId],
    });
  });

  it('are told by the key, and a key of neither is not taken', () => {
    assert.throws(() => gatewayAt(on.fake.url, 'sk_test_123'), /RAZORPAY_KEY_ID/);
  });
});
