/** Whom an order is for, and where it goes: told to its gateway, and not to Temporal. */
import assert from 'node:assert/strict';
import { razorpayBehind } from '../fakes/razorpay/driver.ts';
import { stripeBehind } from '../fakes/stripe/driver.ts';
import { PEOPLE } from '../support/people.ts';
import { newOrderId, openShop, orderBody, type Shop } from '../support/shop.ts';
import { driverOf, sharedStack } from '../support/stack.ts';
import { temporalClient } from '../support/temporal.ts';

describe('an order with its people', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async function () {
    this.timeout(300_000);
    shop = await openShop();
  });

  async function openPayment(gateway: string): Promise<{ id: string; paymentId: string }> {
    const id = newOrderId();
    const { customer, ...others } = PEOPLE;
    const people = { ...others, customer: { ...customer, id: `cus_${id}` } };
    await shop.call('POST', '/v1/orders', orderBody(id, { gateway, ...people }));
    const wait = { prefer: 'wait=30' };
    const path = `/v1/orders/${id}/payments`;
    const { body } = await shop.call<{ id: string }>('POST', path, {}, wait);
    return { id, paymentId: body.id };
  }

  it('tells Stripe what it is for, whom, and where it goes', async () => {
    const { paymentId } = await openPayment('stripe');
    const stripe = stripeBehind(driverOf(await sharedStack(), 'stripe'));
    const { description, receipt_email, shipping } = stripe.account.intentOf(paymentId);
    assert.deepEqual([description, receipt_email], [PEOPLE.description, PEOPLE.customer.email]);
    assert.equal((shipping as { name: string }).name, PEOPLE.shipping.name);
  });

  it('tells Razorpay in the notes of its order, which has no other field for it', async () => {
    const { paymentId } = await openPayment('razorpay');
    const razorpay = razorpayBehind(driverOf(await sharedStack(), 'razorpay'));
    const { notes = {} } = razorpay.world.orders.get(paymentId) ?? {};
    const { description, customer_email, customer_name, shipping_name } = notes as Record<
      string,
      string
    >;
    assert.deepEqual(
      [description, customer_email, customer_name, shipping_name],
      [PEOPLE.description, PEOPLE.customer.email, PEOPLE.customer.name, PEOPLE.shipping.name],
    );
  });

  for (const gateway of ['stripe', 'razorpay'])
    it(`at ${gateway} leaves nothing of them in Temporal`, async () => {
      const { id } = await openPayment(gateway);
      const handle = (await temporalClient()).workflow.getHandle(id);
      const kept = JSON.stringify([await handle.fetchHistory(), await handle.describe()], bytes);
      const { customer, shipping, description } = PEOPLE;
      const told = [customer.email, customer.name, customer.address.line1, description];
      for (const text of [...told, shipping.name, shipping.address.line1, shipping.phone])
        assert.ok(!kept.includes(text), `${text} is in Temporal`);
      assert.ok(kept.includes(id));
    });
});

/** Payloads as the text that is in them. */
function bytes(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  const isBytes = typeof value === 'object' && value !== null && 'type' in value;
  if (isBytes && value.type === 'Buffer') return Buffer.from(value as never).toString();
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
}
