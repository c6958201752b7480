/** Amounts that are not what was asked for, currencies without cents, and money of two payments. */
import assert from 'node:assert/strict';
import { rowsOf } from '../support/books.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import type { Place } from '../support/place.ts';
import {
  AMOUNT,
  newOrderId,
  openShop,
  orderBody,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';

/** The least that every gateway of the list takes. */
const A_FIFTIETH = 100;

describe('an order', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async function () {
    this.timeout(300_000);
    shop = await openShop();
  });

  atEachGateway(
    'T34 is not paid by a fiftieth of its amount, and grants nothing',
    async (place) => {
      const { id } = await place.orderPaidBy(A_FIFTIETH);
      const order = await untilSettled(shop, id, 'partially_paid');
      assert.equal(order.amountPaid, A_FIFTIETH);
      assert.deepEqual(await rowsOf('entitlements', id), []);
      assert.deepEqual(await rowsOf('invoices', id), []);
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'T35 T38 is paid by two payments, and refunds each of them what was its own',
    async (place) => {
      const { id, paymentId } = await place.orderPaidBy(2000);
      await untilSettled(shop, id, 'partially_paid');
      const rest = await place.pay(id);
      assert.deepEqual([rest.status, rest.body.amount], [201, AMOUNT - 2000]);
      await place.gateway.capture(rest.body.id ?? '');
      await untilSettled(shop, id, 'paid');
      assert.equal((await place.refund(id)).status, 201);
      await untilSettled(shop, id, 'refunded');
      const payments = await place.gateway.paymentsOf(id);
      const refunded = Object.fromEntries(payments.map((p) => [p.paymentId, p.refundsMinor]));
      assert.deepEqual(refunded, { [paymentId]: [2000], [rest.body.id ?? '']: [AMOUNT - 2000] });
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'T35 that is paid in part may give that part back, and is over then',
    async (place) => {
      const { id } = await place.orderPaidBy(2000);
      await untilSettled(shop, id, 'partially_paid');
      assert.equal((await place.refund(id)).body.amount, 2000);
      await untilSettled(shop, id, 'refunded');
      await place.assertMoneyAgrees(id);
    },
  );

  async function paidIn(place: Place, currency: string, amount: number): Promise<void> {
    const id = await place.order({ currency, amount });
    const { body } = await place.pay(id);
    assert.equal(body.amount, amount);
    await place.gateway.capture(body.id ?? '');
    const order = await untilSettled(shop, id, 'paid');
    assert.deepEqual([order.amountPaid, order.currency], [amount, currency]);
    const [payment] = await place.gateway.paymentsOf(id);
    assert.deepEqual([payment?.currency, payment?.capturedMinor], [currency, amount]);
    const postings = await rowsOf('postings', id);
    assert.deepEqual(
      postings.map((row) => [row.currency, Number(row.amount_minor)]),
      [
        [currency, amount],
        [currency, amount],
      ],
    );
  }

  for (const [currency, amount] of [
    ['JPY', 500],
    ['KWD', 1_510],
  ] as const)
    atEachGateway(
      `T36 in ${currency} is asked for and paid in the very number of its minor units`,
      (place) => paidIn(place, currency, amount),
    );

  atEachGateway(
    'T36 is paid to the thousandth, or refused before any money moves where that cannot be',
    async (place) => {
      if (place.can('take thousandths')) return paidIn(place, 'KWD', 1_505);
      const id = await place.order({ currency: 'KWD', amount: 1_505 });
      const { body } = await place.pay(id);
      assert.equal(body.code, 'gateway_declined');
      const order = await untilOrder(shop, id, ({ state }) => state === 'failed', 'failed');
      assert.equal(order.amountPaid, 0);
      assert.deepEqual(await place.gateway.paymentsOf(id), []);
    },
  );

  it('T36 of a fraction of a minor unit does not exist', async () => {
    const id = newOrderId();
    const { status } = await shop.call('POST', '/v1/orders', orderBody(id, { amount: 49.99 }));
    assert.equal(status, 422);
  });
});
