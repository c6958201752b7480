/** A customer's personal data over HTTP and by the command line: known, corrected, erased. */
import assert from 'node:assert/strict';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import { runCli } from '../../src/cli/run.ts';
import { PEOPLE } from '../support/people.ts';
import { placeAt } from '../support/place.ts';
import {
  clientOf,
  givenOrder,
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  type Shop,
  untilSettled,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

const NOTE = 'ticket 17';

let stack: SharedStack;
let shop: Shop;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

interface Known {
  orders: (Order & { papers: { kind: string; email: string | null; name: string | null }[] })[];
  changes: { kind: string; actor: string; note: string; finishedAt: string | null }[];
}

async function known(customer: string): Promise<Known> {
  const path = `/v1/customers/${customer}/personal-data`;
  const { status, body } = await shop.call<Known>('GET', path);
  assert.equal(status, 200, JSON.stringify(body));
  return body;
}

function correct(id: string, email: string, note = NOTE) {
  return shop.call<Order & Problem>('POST', `/v1/orders/${id}/customer`, { email, note });
}

async function payonce(...args: string[]): Promise<{ code: number; out: string }> {
  const said: string[] = [];
  const code = await runCli(args, {
    env: { PAYONCE_URL: stack.apiUrl, PAYONCE_API_KEY: stack.keys.ops },
    out: (text) => said.push(text),
    err: (text) => said.push(text),
  });
  return { code, out: said.join('\n') };
}

describe('a mistyped e-mail address', function () {
  this.timeout(120_000);

  it('is corrected; the order is found by the new one alone, and its ETag is another', async () => {
    const id = newOrderId();
    const wrong = `${id}@exmaple.com`;
    const right = `${id}@example.com`;
    await shop.call(
      'POST',
      '/v1/orders',
      orderBody(id, { customer: { id: `cus_${id}`, email: wrong } }),
    );
    const before = await shop.call('GET', `/v1/orders/${id}`);
    const { status, body } = await correct(id, right);
    assert.deepEqual([status, body.customer.email], [200, right]);
    const since = { 'if-none-match': before.headers.get('etag') ?? '' };
    assert.equal((await shop.call('GET', `/v1/orders/${id}`, undefined, since)).status, 200);
    const found = async (email: string): Promise<number> =>
      (await shop.call<{ orders: Order[] }>('GET', `/v1/orders?email=${email}`)).body.orders.length;
    assert.deepEqual([await found(wrong), await found(right)], [0, 1]);
  });

  it('still answers the shop that creates the order again as it did', async () => {
    const id = newOrderId();
    const body = orderBody(id, { customer: { id: `cus_${id}`, email: 'ada@exmaple.com' } });
    await shop.call('POST', '/v1/orders', body);
    await correct(id, 'ada@example.com');
    const again = await shop.call<Order>('POST', '/v1/orders', body);
    assert.deepEqual([again.status, again.body.customer.email], [200, 'ada@example.com']);
  });

  for (const [what, body, pointer] of [
    ['no address', { note: NOTE }, '/email'],
    ['what is none', { email: 'ada', note: NOTE }, '/email'],
    ['no reason', { email: 'ada@example.com' }, '/note'],
  ] as const)
    it(`is refused with ${what}, which is named`, async () => {
      const id = await givenOrder(shop);
      const reply = await shop.call<Problem & { errors: { pointer: string }[] }>(
        'POST',
        `/v1/orders/${id}/customer`,
        body,
      );
      assert.deepEqual([reply.status, reply.body.code], [422, 'validation_failed']);
      assert.deepEqual(
        reply.body.errors.map((error) => error.pointer),
        [pointer],
      );
    });

  it('is for operators: a client’s key is refused', async () => {
    const id = await givenOrder(shop);
    const { response } = await clientOf(stack.apiUrl, stack.keys.client).POST(
      '/v1/orders/{id}/customer',
      { params: { path: { id } }, body: { email: 'ada@example.com', note: NOTE } },
    );
    assert.equal(response.status, 403);
  });

  it('is corrected by payonce correct-email, and payonce show and timeline say so', async () => {
    const id = await givenOrder(shop);
    const email = `${id}@example.com`;
    const { code, out } = await payonce('correct-email', id, '--email', email, '--note', NOTE);
    assert.equal(code, 0, out);
    assert.equal((await known(`cus_${id}`)).orders[0]?.customer.email, email);
    for (const command of ['show', 'timeline']) {
      const said = (await payonce(command, id)).out;
      assert.match(said, /customer\.corrected/);
      assert.ok(said.includes(NOTE), said);
    }
  });
});

describe('what is known of a customer', function () {
  this.timeout(120_000);

  it('is all that the shop sent, what papers print, and who changed it', async () => {
    const id = newOrderId();
    const customer = { id: `cus_${id}`, ...PEOPLE.customer };
    await shop.call('POST', '/v1/orders', orderBody(id, { ...PEOPLE, customer, amount: 0 }));
    await untilSettled(shop, id, 'paid');
    const { orders } = await known(customer.id);
    const [order] = orders;
    assert.deepEqual(
      [order?.customer.name, order?.shipping?.phone, order?.description],
      [PEOPLE.customer.name, PEOPLE.shipping.phone, PEOPLE.description],
    );
    assert.deepEqual(
      order?.papers.map(({ kind, email, name }) => [kind, email, name]),
      [['invoice', PEOPLE.customer.email, PEOPLE.customer.name]],
    );
  });

  it('is printed as one JSON by payonce customer-data, and is no customer where no order names it', async () => {
    const id = await givenOrder(shop);
    const { code, out } = await payonce('customer-data', `cus_${id}`);
    assert.equal(code, 0, out);
    assert.equal((JSON.parse(out) as Known).orders[0]?.id, id);
    const missing = await payonce('customer-data', 'cus_nobody');
    assert.equal(missing.code, 1);
    assert.match(missing.out, /customer_not_found: No order names this customer/);
  });
});

describe('a customer who wants to be forgotten', function () {
  this.timeout(180_000);

  it('is erased from an order at rest, which still says what was paid; a refund after that names whom the invoice names', async () => {
    const place = await placeAt('sandbox');
    const { id } = await place.closedOrder();
    const customer = `cus_${id}`;
    await correct(id, `${id}@example.com`);
    const { code, out } = await payonce('erase-customer', customer, '--note', NOTE);
    assert.deepEqual([code, out], [0, 'Erased in 1 orders.']);
    const { orders, changes } = await known(customer);
    const [order] = orders;
    assert.deepEqual([order?.customer.email, order?.state], [undefined, 'paid']);
    assert.match(order?.customer.erasedAt ?? '', /^20/);
    assert.deepEqual(
      changes.map(({ kind, note, finishedAt }) => [kind, note, finishedAt !== null]),
      [
        ['correction', NOTE, true],
        ['erasure', NOTE, true],
      ],
    );
    const refused = await correct(id, 'ada@example.com');
    assert.deepEqual([refused.status, refused.body.code], [409, 'personal_data_erased']);
  });

  it('keeps what an open order needs, and is told which', async () => {
    const id = await givenOrder(shop, {
      customer: { id: `cus_${newOrderId()}`, email: 'ada@example.com' },
    });
    const { body } = await shop.call<Order>('GET', `/v1/orders/${id}`);
    const { code, out } = await payonce('erase-customer', body.customer.id, '--note', NOTE);
    assert.equal(code, 0, out);
    assert.match(
      out,
      new RegExp(`Erased in 0 orders.*\\n.*by themselves.*\\n {2}${id} \\(order_open\\)`),
    );
    assert.equal((await known(body.customer.id)).orders[0]?.customer.email, 'ada@example.com');
  });

  it('is refused under an id that no order names', async () => {
    const path = '/v1/customers/cus_nobody/erasure';
    const { status, body } = await shop.call<Problem>('POST', path, { note: NOTE });
    assert.deepEqual([status, body.code], [404, 'customer_not_found']);
  });
});
