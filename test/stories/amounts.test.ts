/** Amounts that are not what was asked for, currencies without cents, and money of two payments. */
import assert from 'node:assert/strict';
import { rowsOf } from '../support/books.ts';
import {
  AMOUNT,
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Shop,
  untilSettled,
} from '../support/shop.ts';
import { type Clerk, clerkOf } from './clerk.ts';
import { assertMoneyAgrees, paymentsAtGateway } from './gateway-truth.ts';

describe('an order', function () {
  this.timeout(60_000);
  let shop: Shop;
  let clerk: Clerk;

  before(async function () {
    this.timeout(300_000);
    shop = await openShop();
    clerk = clerkOf(shop);
  });

  const capture = (paymentId: string | null, amount?: number) =>
    shop.gateway('POST', `/payments/${paymentId}/capture`, amount === undefined ? {} : { amount });

  it('T34 is not paid by a hundredth of its amount, and grants nothing', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await capture(paymentId, 49);
    const order = await untilSettled(shop, id, 'partially_paid');
    assert.equal(order.amountPaid, 49);
    assert.deepEqual(await rowsOf('entitlements', id), []);
    assert.deepEqual(await rowsOf('invoices', id), []);
    await assertMoneyAgrees(shop, id);
  });

  it('T35 T38 is paid by two payments, and refunds each of them what was its own', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await capture(paymentId, 2000);
    await untilSettled(shop, id, 'partially_paid');
    const rest = await clerk.pay(id);
    assert.deepEqual([rest.status, rest.body.amount], [201, AMOUNT - 2000]);
    await capture(rest.body.id);
    await untilSettled(shop, id, 'paid');
    assert.equal((await clerk.refund(id)).status, 201);
    await untilSettled(shop, id, 'refunded');
    const payments = await paymentsAtGateway(shop, id);
    const refunded = Object.fromEntries(payments.map((p) => [p.id, p.amountRefunded]));
    assert.deepEqual(refunded, { [paymentId]: 2000, [rest.body.id ?? '']: AMOUNT - 2000 });
    await assertMoneyAgrees(shop, id);
  });

  it('T35 that is paid in part may give that part back, and is over then', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await capture(paymentId, 2000);
    await untilSettled(shop, id, 'partially_paid');
    assert.equal((await clerk.refund(id)).body.amount, 2000);
    await untilSettled(shop, id, 'refunded');
    await assertMoneyAgrees(shop, id);
  });

  for (const [currency, amount] of [
    ['JPY', 500],
    ['KWD', 1_505],
  ] as const)
    it(`T36 in ${currency} is asked for and paid in the very number of its minor units`, async () => {
      const id = newOrderId();
      await shop.call('POST', '/v1/orders', orderBody(id, { currency, amount }));
      const { body } = await clerk.pay(id);
      const [payment] = await paymentsAtGateway(shop, id);
      assert.deepEqual([payment?.currency, body.amount], [currency, amount]);
      await capture(body.id);
      const order = await untilSettled(shop, id, 'paid');
      assert.deepEqual([order.amountPaid, order.currency], [amount, currency]);
      const postings = await rowsOf('postings', id);
      assert.deepEqual(
        postings.map((row) => [row.currency, Number(row.amount_minor)]),
        [
          [currency, amount],
          [currency, amount],
        ],
      );
    });

  it('T36 of a fraction of a minor unit does not exist', async () => {
    const id = newOrderId();
    const { status } = await shop.call('POST', '/v1/orders', orderBody(id, { amount: 49.99 }));
    assert.equal(status, 422);
  });
});
