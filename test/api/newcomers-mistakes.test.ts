/** What people send first, and what the answer tells them to change. */
import assert from 'node:assert/strict';
import {
  AMOUNT,
  newOrderId,
  openShop,
  orderBody,
  type Shop,
  untilSettled,
} from '../support/shop.ts';

interface Refused {
  errors?: { pointer: string; message: string }[];
  detail: string;
}

describe('a first order that is refused', () => {
  let shop: Shop;

  before(async function () {
    this.timeout(300_000);
    shop = await openShop();
  });

  const rows: [string, object, string, string][] = [
    [
      'with an amount in rupees',
      { amount: 49.99 },
      '/amount',
      'must be a whole number of minor units, such as 4999 for 49.99 INR, without a decimal point',
    ],
    [
      'with an amount in quotes',
      { amount: '4999' },
      '/amount',
      'must be a whole number of minor units, such as 4999 for 49.99 INR, written without quotes',
    ],
    ['with an amount beyond all', { amount: 1e20 }, '/amount', 'must be at most 9007199254740991'],
    [
      'without an amount',
      { amount: undefined },
      '/amount',
      'is missing: send a whole number of minor units, such as 4999 for 49.99 INR',
    ],
    ['without an id', { id: undefined }, '/id', 'is missing: send a text'],
    ['without a customer', { customer: undefined }, '/customer', 'is missing: send an object'],
    ['with a customer as text', { customer: 'cus_7' }, '/customer', 'must be an object'],
    [
      'with a number in the metadata',
      { metadata: { plan: 7 } },
      '/metadata/plan',
      'must be a text',
    ],
    [
      'in a currency that is none',
      { currency: 'XXY' },
      '/currency',
      'must be the upper-case ISO 4217 code, such as INR, of a currency in use',
    ],
  ];
  for (const [what, change, pointer, message] of rows)
    it(`${what} says what to change`, async () => {
      const order = { ...orderBody(newOrderId()), ...change };
      const { status, body } = await shop.call<Refused>('POST', '/v1/orders', order);
      assert.equal(status, 422);
      assert.deepEqual(body.errors, [{ pointer, message }]);
    });
});

describe('a call without a body', () => {
  let shop: Shop;

  before(async function () {
    this.timeout(300_000);
    shop = await openShop();
  });

  it('is enough where nothing has to be said: a button pays, verifies and cancels', async () => {
    const id = newOrderId();
    await shop.call('POST', '/v1/orders', orderBody(id));
    const paid = await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`);
    assert.equal(paid.status, 201, JSON.stringify(paid.body));
    await shop.gateway('POST', `/payments/${paid.body.id}/capture`, {});
    const verified = await shop.call('POST', `/v1/orders/${id}/verify`);
    assert.equal(verified.status, 200);
    const { amountPaid } = await untilSettled(shop, id, 'paid');
    assert.equal(amountPaid, AMOUNT);
  });

  it('is refused where there is something to say', async () => {
    const { status, body } = await shop.call<Refused>('POST', '/v1/orders');
    assert.deepEqual(
      [status, body.detail],
      [415, 'Send Content-Type: application/json, in UTF-8.'],
    );
  });

  it('is the same request as one with an empty object, under one Idempotency-Key', async () => {
    const id = newOrderId();
    await shop.call('POST', '/v1/orders', orderBody(id));
    const key = { 'idempotency-key': `of-a-button-${id}` };
    const first = await shop.call<{ id: string }>(
      'POST',
      `/v1/orders/${id}/payments`,
      undefined,
      key,
    );
    const second = await shop.call<{ id: string }>('POST', `/v1/orders/${id}/payments`, {}, key);
    assert.equal(second.body.id, first.body.id);
    assert.equal(second.headers.get('idempotent-replayed'), 'true');
  });
});

describe('an order that is not there', () => {
  it('says that its id may be wrong', async () => {
    const shop = await openShop();
    const { status, body } = await shop.call<Refused>('GET', '/v1/orders/nope');
    assert.deepEqual(
      [status, body.detail],
      [404, 'No order has this id: correct it, or create the order with POST /v1/orders first.'],
    );
  });
});
