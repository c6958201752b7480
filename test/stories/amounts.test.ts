/** Amounts that are not what was asked for, currencies without cents, and money of two payments. */
import assert from 'node:assert/strict';
import { fingerprintOf } from '../../src/api/http/canonical-json.ts';
import type { RefundView } from '../../src/domain/view.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { rowsOf } from '../support/books.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { ledgerOf, newOrder } from '../support/order-fixtures.ts';
import { openPatiently } from '../support/patient-database.ts';
import { textOf } from '../support/pdf.ts';
import { type Place, placeAt } from '../support/place.ts';
import { REFUNDS } from '../support/scenarios/refunds.ts';
import { partlyPaid } from '../support/scenarios/scenario.ts';
import {
  AMOUNT,
  clientOf,
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';

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
      const { id, paymentId } = await partlyPaid(place);
      const rest = await place.pay(id);
      assert.deepEqual([rest.status, rest.body.amount], [201, AMOUNT - 2000]);
      await place.gateway.capture(rest.body.id ?? '');
      await untilSettled(shop, id, 'paid');
      const { status, body } = await place.refund(id);
      const { amount, parts } = body as unknown as RefundView & { parts: RefundView[] };
      assert.deepEqual([status, amount], [201, AMOUNT]);
      assert.deepEqual(
        parts.map((part) => [part.paymentId, part.amount]),
        [
          [paymentId, 2000],
          [rest.body.id, AMOUNT - 2000],
        ],
      );
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
      const { id, refund } = await REFUNDS['refunded-when-partly-paid'](place);
      assert.equal(refund.body.amount, 2000);
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
    'T36 is paid to the thousandth, or refused before there is an order where that cannot be',
    async (place) => {
      if (place.can('take thousandths')) return paidIn(place, 'KWD', 1_505);
      const { status, body } = await refusedOrder(place, { currency: 'KWD', amount: 1_505 });
      assert.deepEqual([status, body.code], [422, 'amount_unsupported']);
      assert.match(body.detail, /takes KWD in steps of 0\.010 KWD\./);
    },
  );

  atEachGateway(
    'T36 refunds to the thousandth, or says at once why that part cannot be refunded',
    async (place) => {
      const id = await place.order({ currency: 'KWD', amount: 1_510 });
      await place.gateway.capture((await place.pay(id)).body.id ?? '');
      await untilSettled(shop, id, 'paid');
      const { status, body } = await place.refund(id, { amount: 505 });
      if (place.can('take thousandths')) assert.deepEqual([status, body.amount], [201, 505]);
      else {
        const { code, detail } = body as unknown as Problem;
        assert.deepEqual([status, code], [422, 'amount_unsupported']);
        assert.match(detail, /takes KWD in steps of 0\.010 KWD\./);
      }
      // A part has no minimum.
      assert.equal((await place.refund(id, { amount: 10 })).status, 201);
      const [payment] = await place.gateway.paymentsOf(id);
      assert.deepEqual(payment?.refundsMinor, place.can('take thousandths') ? [505, 10] : [10]);
    },
  );

  const rounds = Array.from({ length: 5 });
  it('that the gateway refuses for its amount may be clicked again and again, and is answered with the reason', async () => {
    const id = newOrderId();
    const money = { currency: 'TWD', amount: 1500 };
    await shop.call('POST', '/v1/orders', orderBody(id, { gateway: 'stripe', ...money }));
    for (const _ of rounds) {
      const { status, body } = await shop.call<Problem>('POST', `/v1/orders/${id}/payments`, {});
      assert.deepEqual([status, body.code], [422, 'payment_refused']);
    }
    const { payments } = await untilOrder(shop, id, ({ state }) => state === 'failed', 'failed');
    assert.deepEqual(
      payments.map(({ attempt }) => attempt),
      [1],
    );
  });

  for (const [currency, amount] of [
    ['IDR', 120_000_000],
    ['COP', 150_000_000],
  ] as const)
    atEachGateway(`of ${amount} minor units of ${currency} is paid like any other`, (place) =>
      paidIn(place, currency, amount),
    );

  for (const [currency, amount, printed] of [
    ['HUF', 499_900, '4,999.00 HUF'],
    ['IDR', 120_000_000, '1,200,000.00 IDR'],
    ['COP', 150_000_000, '1,500,000.00 COP'],
    ['PKR', 250_000, '2,500.00 PKR'],
    ['IQD', 250_000, '250.000 IQD'],
  ] as const)
    it(`of ${amount} minor units of ${currency} has an invoice over ${printed}, in its customer's script`, async () => {
      const place = await placeAt('sandbox');
      const customer = { email: 'ada@example.com', name: 'Łódź 王小明' };
      const id = newOrderId();
      const body = { customer: { ...customer, id: `cus_${id}` }, description: 'दो टिकट' };
      await shop.call('POST', '/v1/orders', orderBody(id, { currency, amount, ...body }));
      await place.gateway.capture((await place.pay(id)).body.id ?? '');
      await untilSettled(shop, id, 'paid');
      const { keys } = await sharedStack();
      const { data } = await clientOf(shop.apiUrls[0] ?? '', keys.client).GET(
        '/v1/orders/{id}/invoice.pdf',
        { params: { path: { id } }, parseAs: 'arrayBuffer' },
      );
      assert.ok(data);
      const text = textOf(Buffer.from(data));
      for (const part of [printed, customer.name]) assert.ok(text.includes(part), text);
      assert.doesNotMatch(text, /\?/);
    });

  const tooSmall = { stripe: [49, '0.50 INR'], razorpay: [99, '1.00 INR'] } as const;
  for (const [gateway, [amount, least]] of Object.entries(tooSmall))
    it(`below the least that ${gateway} takes is refused at once, with the rule`, async () => {
      const reply = await shop.call<Problem>(
        'POST',
        '/v1/orders',
        orderBody(newOrderId(), { gateway, amount }),
      );
      assert.deepEqual([reply.status, reply.body.code], [422, 'amount_unsupported']);
      assert.match(reply.body.detail, new RegExp(`takes at least ${least}`));
    });

  const onlyTheGatewayKnows = {
    stripe: [{ currency: 'TWD', amount: 1500 }, 'amount_too_small'],
    razorpay: [{ currency: 'INR', amount: 50_000_100 }, 'amount_above_maximum'],
  } as const;
  for (const [gateway, [money, reason]] of Object.entries(onlyTheGatewayKnows))
    it(`that ${gateway} alone knows it does not take is refused with its reason, and not to be tried again`, async () => {
      const id = newOrderId();
      await shop.call('POST', '/v1/orders', orderBody(id, { gateway, ...money }));
      const { status, body } = await shop.call<Problem>('POST', `/v1/orders/${id}/payments`, {});
      assert.deepEqual([status, body.code], [422, 'payment_refused']);
      assert.match(body.detail, new RegExp(`reason: ${reason}\\.`));
      assert.doesNotMatch(body.detail, /try again/);
      await untilOrder(shop, id, ({ state }) => state === 'failed', 'failed');
    });

  for (const currency of ['HRK', 'SLL', 'ZWL', 'ANG', 'CUC', 'BGN'])
    it(`is refused in ${currency}, which is withdrawn`, async () => {
      const reply = await shop.call<Problem>(
        'POST',
        '/v1/orders',
        orderBody(newOrderId(), { currency }),
      );
      assert.deepEqual([reply.status, reply.body.code], [422, 'currency_unsupported']);
    });

  it('from before its currency was withdrawn is answered as it is when it is sent again', async () => {
    const database = openPatiently((await sharedStack()).databaseUrl);
    const id = newOrderId();
    const body = orderBody(id, { currency: 'BGN' });
    const ledger = ledgerOf(id);
    const terms = { ...ledger.terms, currency: 'BGN' };
    const fingerprint = fingerprintOf(body);
    await insertOrder(database, newOrder(id, { ledger: { ...ledger, terms }, fingerprint }));
    await database.close();
    const { status } = await shop.call('POST', '/v1/orders', body);
    assert.equal(status, 200);
  });

  function refusedOrder(place: Place, money: object) {
    const body = orderBody(newOrderId(), { gateway: place.gateway.name, ...money });
    return shop.call<Problem>('POST', '/v1/orders', body);
  }

  it('T36 of a fraction of a minor unit does not exist', async () => {
    const id = newOrderId();
    const { status } = await shop.call('POST', '/v1/orders', orderBody(id, { amount: 49.99 }));
    assert.equal(status, 422);
  });
});
