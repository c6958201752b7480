/** Orders over HTTP, against the running stack. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import type { RefundView } from '../../src/domain/view.ts';
import { givenEvents } from '../support/given-events.ts';
import { openPatiently } from '../support/patient-database.ts';
import { PEOPLE } from '../support/people.ts';
import {
  givenOrder,
  givenPendingOrder,
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  type Shop,
  untilSettled,
  untilTaken,
} from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';

const CROWD = 50;

let shop: Shop;

before(async function () {
  this.timeout(300_000);
  shop = await openShop();
});

describe('a new order', () => {
  it('is answered with its place and its first state', async () => {
    const id = newOrderId();
    const content = { description: 'Two tickets', metadata: { seat: '12' }, expiresIn: 60 };
    const { customer: person, shipping } = PEOPLE;
    const customer = { ...person, id: 'cus_7' };
    const body = { ...orderBody(id), ...content, customer, shipping };
    const created = await shop.call<Order>('POST', '/v1/orders', body);
    assert.equal(created.status, 201);
    assert.equal(created.headers.get('location'), `/v1/orders/${id}`);
    const { createdAt, updatedAt, expiresAt, ...order } = created.body;
    assert.equal(Date.parse(expiresAt) - Date.parse(createdAt), 60_000);
    assert.equal(updatedAt, createdAt);
    assert.deepEqual(order, {
      id,
      state: 'initiated',
      version: 1,
      amount: 4999,
      currency: 'INR',
      capture: 'automatic',
      amountAuthorized: 0,
      amountPaid: 0,
      amountRefunded: 0,
      amountDiscounted: 0,
      amountFees: 0,
      amountWrittenOff: 0,
      gateway: 'sandbox',
      customer,
      access: { status: 'none', byHand: false },
      shipping,
      description: 'Two tickets',
      metadata: { seat: '12' },
      payments: [],
      refunds: [],
      disputes: [],
      reviews: [],
      effects: [],
      gatewayFailure: null,
      lostRun: null,
      counters: { duplicates: 0, stale: 0, rejected: 0 },
      late: false,
    });
  });

  it(`is new once for ${CROWD} requests at once`, async () => {
    const body = orderBody(newOrderId());
    const replies = await Promise.all(
      Array.from({ length: CROWD }, () =>
        untilTaken(() => shop.call<Order>('POST', '/v1/orders', body)),
      ),
    );
    const created = replies.filter(({ status }) => status === 201);
    const replayed = replies.filter(({ status }) => status === 200);
    assert.deepEqual([created.length, replayed.length], [1, CROWD - 1]);
    for (const { headers } of replayed) assert.equal(headers.get('idempotent-replayed'), 'true');
    assert.equal(created[0]?.headers.get('idempotent-replayed'), null);
  });

  it('is the same order when its keys come in another order', async () => {
    const body = { ...orderBody(newOrderId()), metadata: { a: '1', b: '2' } };
    await shop.call('POST', '/v1/orders', body);
    const reversed = Object.fromEntries(Object.entries(body).reverse());
    assert.equal((await shop.call('POST', '/v1/orders', reversed)).status, 200);
  });
});

describe('an order that is read', () => {
  it('is not sent again while nothing is new', async () => {
    const id = await givenOrder(shop);
    const first = await shop.call('GET', `/v1/orders/${id}`);
    const etag = String(first.headers.get('etag'));
    assert.match(etag, /^"v1\b/);
    const again = await shop.call('GET', `/v1/orders/${id}`, undefined, { 'if-none-match': etag });
    assert.deepEqual([again.status, again.body], [304, null]);
  });

  it('is sent again after every change', async () => {
    const id = await givenOrder(shop);
    const { headers } = await shop.call('GET', `/v1/orders/${id}`);
    const etag = String(headers.get('etag'));
    await shop.call('POST', `/v1/orders/${id}/payments`, {});
    const again = await shop.call('GET', `/v1/orders/${id}`, undefined, { 'if-none-match': etag });
    assert.equal(again.status, 200);
  });

  it('shows at least what the last answer showed, from every process', async () => {
    const id = await givenOrder(shop);
    const cancelled = await shop.call<Order>('POST', `/v1/orders/${id}/cancel`, {});
    for (const _ of shop.apiUrls) {
      const { body } = await shop.call<Order>('GET', `/v1/orders/${id}`);
      assert.ok(body.version >= cancelled.body.version);
    }
  });

  it('tells a long story page by page, and a first page of fifty unless asked', async () => {
    const id = await givenOrder(shop);
    await givenEvents((await sharedStack()).databaseUrl, id, 120);
    interface Page {
      events: { eventId: string }[];
      nextCursor: string | null;
    }
    const page = async (query: string) =>
      (await shop.call<Page>('GET', `/v1/orders/${id}/events${query}`)).body;
    const first = await page('');
    assert.equal(first.events.length, 50);
    const second = await page(`?limit=70&cursor=${first.nextCursor}`);
    assert.deepEqual(
      [...first.events, ...second.events].map(({ eventId }) => eventId),
      Array.from({ length: 120 }, (_, index) => `evt_${index + 1}`),
    );
    assert.equal(second.nextCursor, null);
    for (const [query, code] of [
      ['?limit=201', 'query_invalid'],
      ['?cursor=nonsense', 'cursor_invalid'],
    ]) {
      const { status, body } = await shop.call<{ code: string }>(
        'GET',
        `/v1/orders/${id}/events${query}`,
      );
      assert.deepEqual([status, body.code], [422, code]);
    }
  });

  it('tells its story, oldest first', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    interface Events {
      events: { at: string; type: string; outcome: string; reason: string; version: number }[];
    }
    const { events } = (await shop.call<Events>('GET', `/v1/orders/${id}/events`)).body;
    assert.deepEqual([events[0]?.type, events[0]?.outcome], ['pay', 'applied']);
    assert.ok(events.some(({ reason }) => reason === 'pending → paid'));
    const times = events.map(({ at }) => Date.parse(at));
    assert.deepEqual(
      times,
      times.toSorted((a, b) => a - b),
    );
  });
});

describe('a list of orders', () => {
  interface Page {
    orders: Order[];
    nextCursor: string | null;
  }

  it('goes through all of a customer, newest first, page by page', async () => {
    const customer = { id: `cus_list_${newOrderId()}` };
    const ids: string[] = [];
    for (const id of [newOrderId(), newOrderId(), newOrderId()]) {
      await shop.call('POST', '/v1/orders', { ...orderBody(id), customer });
      ids.unshift(id);
    }
    const path = `/v1/orders?customer=${customer.id}&limit=2`;
    const first = (await shop.call<Page>('GET', path)).body;
    const second = (await shop.call<Page>('GET', `${path}&cursor=${first.nextCursor}`)).body;
    assert.equal(second.nextCursor, null);
    assert.deepEqual(
      [...first.orders, ...second.orders].map(({ id }) => id),
      ids,
    );
  });

  it('is filtered by state', async () => {
    const customer = { id: `cus_state_${newOrderId()}` };
    const [open, cancelled] = [newOrderId(), newOrderId()];
    for (const id of [open, cancelled])
      await shop.call('POST', '/v1/orders', { ...orderBody(id), customer });
    await shop.call('POST', `/v1/orders/${cancelled}/cancel`, {});
    const path = `/v1/orders?customer=${customer.id}&state=cancelled&needsReview=false`;
    const { orders } = (await shop.call<Page>('GET', path)).body;
    assert.deepEqual(
      orders.map(({ id }) => id),
      [cancelled],
    );
  });
});

describe('an order that support looks for', () => {
  interface Page {
    orders: Order[];
    nextCursor: string | null;
  }
  const mark = randomUUID().slice(0, 8);
  const email = `Ada+${mark}@Example.com`;
  let id: string;
  let paymentId: string;
  let createdAt: string;
  let invoice: string;
  let refund: RefundView;

  before(async () => {
    const customer = { id: `cus_${mark}`, email };
    ({ id, paymentId } = await givenPendingOrder(shop, { customer }));
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
    const key = { 'idempotency-key': `refund-of-${id}` };
    await shop.call('POST', `/v1/orders/${id}/refunds`, { amount: 100 }, key);
    const order = (await shop.call<Order>('GET', `/v1/orders/${id}`)).body;
    createdAt = order.createdAt;
    [refund] = order.refunds as [RefundView];
    const database = openPatiently((await sharedStack()).databaseUrl);
    const { rows } = await database.pool.query<{ number: string }>(
      'select number from invoices where order_id = $1',
      [id],
    );
    await database.close();
    invoice = rows[0]?.number ?? '';
    await givenOrder(shop, { customer: { id: `cus_${mark}_2`, email: `eve+${mark}@example.com` } });
  });

  const searches: [what: string, query: () => Record<string, string>][] = [
    ['the id of its payment', () => ({ paymentId })],
    ['our id of its refund', () => ({ refundId: refund.id })],
    ["the gateway's id of its refund", () => ({ refundId: refund.refundId ?? '' })],
    [
      'its e-mail address with a plus sign, in another case',
      () => ({ email: email.toLowerCase() }),
    ],
    ['the number of its invoice', () => ({ invoiceNumber: invoice })],
    ['that number as it is printed', () => ({ invoiceNumber: `INV-${invoice.padStart(6, '0')}` })],
    [
      'all that is known of it',
      () => ({
        paymentId,
        email,
        invoiceNumber: invoice,
        customer: `cus_${mark}`,
        createdFrom: createdAt,
        createdTo: createdAt,
        gateway: 'sandbox',
        currency: 'INR',
        amount: '4999',
        state: 'paid',
        needsReview: 'false',
      }),
    ],
    [
      'its customer and the day of its creation alone',
      () => ({
        customer: `cus_${mark}`,
        createdFrom: createdAt.slice(0, 10),
        createdTo: createdAt.slice(0, 10),
      }),
    ],
  ];
  for (const [what, query] of searches)
    it(`is found by ${what}`, async () => {
      const path = `/v1/orders?${new URLSearchParams(query())}`;
      const { status, body } = await shop.call<Page>('GET', path);
      assert.deepEqual([status, body.orders.map((order) => order.id)], [200, [id]]);
    });

  it('is not found by a time before its creation', async () => {
    const createdTo = new Date(Date.parse(createdAt) - 1).toISOString();
    const query = new URLSearchParams({ paymentId, createdTo });
    assert.deepEqual((await shop.call<Page>('GET', `/v1/orders?${query}`)).body.orders, []);
  });

  it('is not paged with the cursor of another query or another list', async () => {
    const next = async (path: string) => (await shop.call<Page>('GET', path)).body.nextCursor;
    const ofOrders = await next('/v1/orders?limit=1');
    const ofEvents = await next(`/v1/orders/${id}/events?limit=1`);
    for (const cursor of [ofOrders, ofEvents]) {
      const path = `/v1/orders?gateway=sandbox&cursor=${cursor}`;
      const { status, body } = await shop.call<Problem>('GET', path);
      assert.deepEqual([status, body.code], [422, 'cursor_invalid']);
      assert.match(body.detail, /of another query: send the parameters of the page before/);
    }
  });
});

describe('a paid order', () => {
  let id: string;

  before(async () => {
    id = (await givenPaidOrder()).id;
  });

  async function givenPaidOrder(): Promise<{ id: string }> {
    const pending = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${pending.paymentId}/capture`, {});
    await untilSettled(shop, pending.id, 'paid');
    return pending;
  }

  it('has an invoice', async () => {
    const { keys } = await sharedStack();
    const response = await fetch(`${shop.apiUrls[0]}/v1/orders/${id}/invoice.pdf`, {
      headers: { authorization: `Bearer ${keys.client}` },
    });
    assert.equal(response.headers.get('content-type'), 'application/pdf');
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.equal(bytes.subarray(0, 5).toString(), '%PDF-');
  });

  it('has a credit note for each refund, by the id of the refund', async () => {
    const { id } = await givenPaidOrder();
    const key = { 'idempotency-key': randomUUID() };
    const partly = { amount: 1000 };
    const made = await shop.call<RefundView>('POST', `/v1/orders/${id}/refunds`, partly, key);
    const path = `/v1/orders/${id}/refunds/${made.body.refundId}/credit-note.pdf`;
    await untilSettled(shop, id, 'paid');
    const { keys } = await sharedStack();
    const headers = { authorization: `Bearer ${keys.client}` };
    const response = await fetch(`${shop.apiUrls[0]}${path}`, { headers });
    assert.equal(response.headers.get('content-type'), 'application/pdf');
    const bytes = Buffer.from(await response.arrayBuffer());
    assert.match(bytes.toString('latin1'), /\(Credit note CN-\d{6}\)/);
    const other = path.replace(String(made.body.refundId), 'sbx_ref_none');
    const missing = await shop.call<Problem>('GET', other);
    assert.deepEqual([missing.status, missing.body.code], [404, 'credit_note_not_found']);
  });

  it('entitles its customer', async () => {
    interface Entitlements {
      entitlements: { orderId: string; grantedAt: string; revokedAt: string | null }[];
    }
    const path = `/v1/customers/cus_${id}/entitlements`;
    const { entitlements } = (await shop.call<Entitlements>('GET', path)).body;
    assert.deepEqual(
      entitlements.map(({ orderId, revokedAt }) => ({ orderId, revokedAt })),
      [{ orderId: id, revokedAt: null }],
    );
  });
});
