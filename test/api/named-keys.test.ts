/** Keys with names and scopes, on an API of its own: who may do what, and who did it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { runCli } from '../../src/cli/run.ts';
import { call } from '../../src/client/index.ts';
import { createKeyring } from '../../src/encryption/keyring.ts';
import { openDatabase } from '../../src/store/database.ts';
import { parkEvent } from '../../src/store/parked-events.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { WAIT } from '../support/operator-client.ts';
import { openPatiently } from '../support/patient-database.ts';
import { placeAt } from '../support/place.ts';
import {
  clientOf,
  givenOrder,
  givenPendingOrder,
  newOrderId,
  openShop,
  type Problem,
  type Reply,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

const LIMIT = 1000;

const KEYS = {
  shop: 's'.repeat(32),
  anna: 'a'.repeat(32),
  bob: 'b'.repeat(32),
  olga: 'o'.repeat(32),
  nameless: 'n'.repeat(32),
};
type Person = keyof typeof KEYS;

interface Event {
  type: string;
  outcome: string;
  at: string;
  actor: string | null;
  note: string | null;
}

let api: Beside;
let shop: Shop;

before(async function () {
  this.timeout(300_000);
  shop = await openShop();
  api = await startBeside('server', {
    API_KEYS: [
      `client:shop:${KEYS.shop}`,
      `support:anna:${KEYS.anna}`,
      `support:bob:${KEYS.bob}`,
      `ops:olga:${KEYS.olga}`,
      `ops:${KEYS.nameless}`,
    ].join(),
    SUPPORT_REFUND_LIMITS: `INR:${LIMIT}`,
    CLIENT_REQUESTS_PER_SECOND: '0',
    OPS_REQUESTS_PER_SECOND: '0',
  });
});
after(() => api.stop());

function as<T>(
  person: Person,
  method: string,
  path: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Reply<T>> {
  const options = { body, headers: { ...WAIT, ...headers } };
  return call<T>(clientOf(api.apiUrl, KEYS[person]), method, path, options);
}

function refund(
  person: Person,
  id: string,
  amount: number,
  { key = randomUUID(), reason = 'as agreed' } = {},
): Promise<Reply<Problem>> {
  const headers = { 'idempotency-key': key };
  return as(person, 'POST', `/v1/orders/${id}/refunds`, { amount, reason }, headers);
}

async function decisionsOn(id: string): Promise<Event[]> {
  const { body } = await as<{ events: Event[] }>(
    'anna',
    'GET',
    `/v1/orders/${id}/events?decisions=true`,
  );
  return body.events;
}

async function givenPaidOrder(more: object = {}): Promise<string> {
  const { id, paymentId } = await givenPendingOrder(shop, more);
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilSettled(shop, id, 'paid');
  return id;
}

async function givenOrderInReview(): Promise<Order> {
  const { id, paymentId } = await givenPendingOrder(shop);
  await as('shop', 'POST', `/v1/orders/${id}/cancel`, { reason: 'the customer has called' });
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
  return (await as<Order>('anna', 'GET', `/v1/orders/${id}`)).body;
}

function decide(person: Person, { id, reviews }: Order, decision: string, note: string) {
  const [review] = reviews;
  const body = { decision, version: review?.version, note };
  return as<Problem>(person, 'POST', `/v1/orders/${id}/reviews/${review?.id}`, body);
}

describe('a key of the scope support', function () {
  this.timeout(120_000);

  /** Written down a second time on purpose, as a read-only key that may write is found out too late. */
  const ALLOWED = [
    'get /v1/orders',
    'get /v1/orders/{id}',
    'get /v1/orders/{id}/events',
    'get /v1/orders/{id}/invoice.pdf',
    'get /v1/orders/{id}/refunds/{refundId}/credit-note.pdf',
    'get /v1/customers/{id}/entitlements',
    'get /v1/parked-events',
    'get /v1/parked-events/{id}',
    'get /v1/key',
    'get /v1/overview',
    'get /v1/overview/day',
    'get /v1/overview/lists',
    'get /v1/overview/orders',
    'get /v1/effects',
    'get /v1/disputes',
    'post /v1/orders/{id}/refunds',
    'post /v1/orders/{id}/reviews/{reviewId}',
  ];

  // A stream of changes does not end; see test/api/console.test.ts.
  for (const { method, path } of ROUTES.filter((one) => one.path !== '/v1/changes')) {
    const route = `${method} ${path}`;
    const isAllowed = ALLOWED.includes(route);
    it(`${isAllowed ? 'may' : 'may not'} ${route}`, async () => {
      const place = path.replace(/\{\w+\}/g, '1');
      const body = method === 'post' ? {} : undefined;
      const { status, body: problem } = await as<Problem>(
        'anna',
        method.toUpperCase(),
        place,
        body,
      );
      if (isAllowed) return assert.notEqual(status, 403);
      assert.deepEqual([status, problem.code], [403, 'scope_insufficient']);
      assert.match(
        problem.detail,
        /^This key has the scope support: use one with the scope .*ops\.$/,
      );
    });
  }

  it('may give back of an order as much as the limit, in however many refunds', async () => {
    const id = await givenPaidOrder();
    const key = randomUUID();
    assert.equal((await refund('anna', id, 600, { key })).status, 201);
    const over = await refund('bob', id, 401);
    assert.deepEqual([over.status, over.body.code], [403, 'refund_over_limit']);
    assert.match(over.body.detail, /SUPPORT_REFUND_LIMITS.*use a key of the scope ops/);
    assert.equal((await refund('bob', id, 400)).status, 201);
    const again = await refund('anna', id, 600, { key });
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.equal((await refund('anna', id, 1)).status, 403);
    assert.equal((await refund('olga', id, 3999)).status, 201);
    await untilSettled(shop, id, 'refunded');
  });

  it('is held to the limit by two refunds at once', async () => {
    const id = await givenPaidOrder();
    const replies = await Promise.all([refund('anna', id, LIMIT), refund('bob', id, LIMIT)]);
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 403]);
  });

  it('may not give back all that is left where that is more, nor any other currency', async () => {
    const id = await givenPaidOrder();
    const headers = { 'idempotency-key': randomUUID() };
    const all = await as<Problem>('anna', 'POST', `/v1/orders/${id}/refunds`, {}, headers);
    assert.deepEqual([all.status, all.body.code], [403, 'refund_over_limit']);
    const inEuro = await givenPaidOrder({ currency: 'EUR' });
    assert.equal((await refund('anna', inEuro, 1)).body.code, 'refund_over_limit');
  });
});

describe('a key of the scope client', function () {
  this.timeout(120_000);

  it('is told which scope a search and a refund need', async () => {
    for (const [method, path] of [
      ['GET', '/v1/orders'],
      ['POST', '/v1/orders/ord_1/refunds'],
    ] as const) {
      const { status, body } = await as<Problem>(
        'shop',
        method,
        path,
        method === 'GET' ? undefined : {},
      );
      assert.deepEqual([status, body.code], [403, 'scope_insufficient']);
      assert.equal(
        body.detail,
        'This key has the scope client: use one with the scope support or ops.',
      );
    }
  });
});

describe('what is decided about an order', function () {
  this.timeout(120_000);

  it('has who decided, when and why, for every kind of decision', async () => {
    const order = await givenOrderInReview();
    await decide('bob', order, 'approve', 'she wants it after all');
    await untilSettled(shop, order.id, 'paid');
    await refund('anna', order.id, 100, { reason: 'a scratch' });
    await as('olga', 'POST', `/v1/orders/${order.id}/sync`, {});
    const events = await decisionsOn(order.id);
    assert.deepEqual(
      events.map(({ type, actor, note, outcome }) => [type, actor, note, outcome]),
      [
        ['cancel', 'shop', 'the customer has called', 'applied'],
        ['review', 'bob', 'she wants it after all', 'applied'],
        ['refund', 'anna', 'a scratch', 'applied'],
        ['sync', 'olga', null, 'duplicate'],
      ],
    );
    assert.ok(events.every(({ at }) => Date.now() - Date.parse(at) < 120_000));
  });

  it('is under the id of a key that has no name, as the log has it', async () => {
    const id = await givenPaidOrder();
    await refund('nameless', id, 100);
    assert.match((await decisionsOn(id))[0]?.actor ?? '', /^[0-9a-f]{16}$/);
  });

  it('is nothing that customers or gateways do', async () => {
    const id = await givenPaidOrder();
    assert.deepEqual(await decisionsOn(id), []);
    const { body } = await as<{ events: Event[] }>('anna', 'GET', `/v1/orders/${id}/events`);
    assert.ok(body.events.length > 1);
    assert.ok(body.events.every(({ actor, note }) => actor === null && note === null));
  });

  it('is refused with who was first, where two decide a review at once', async () => {
    const order = await givenOrderInReview();
    const [anna, bob] = await Promise.all([
      decide('anna', order, 'approve', 'yes'),
      decide('bob', order, 'reject', 'no'),
    ]);
    const [winner, loser] = anna.status === 200 ? ['anna', bob] : ['bob', anna];
    assert.deepEqual([loser.status, loser.body.code], [409, 'review_already_decided']);
    assert.match(loser.body.detail, new RegExp(`^${winner} has decided\\. `));
    const reviews = (await decisionsOn(order.id)).filter(({ type }) => type === 'review');
    assert.deepEqual(
      reviews.map(({ outcome }) => outcome),
      ['applied', 'rejected'],
    );
    assert.equal(reviews[0]?.actor, winner);
  });

  it('is printed by the command line, with the order and in its timeline', async () => {
    const order = await givenOrderInReview();
    await decide('bob', order, 'approve', 'she wants it after all');
    for (const command of ['show', 'timeline']) {
      const out: string[] = [];
      const code = await runCli([command, order.id], {
        env: { PAYONCE_URL: api.apiUrl, PAYONCE_API_KEY: KEYS.anna },
        out: (text) => out.push(text),
        err: (text) => out.push(text),
      });
      assert.equal(code, 0, out.join());
      assert.match(out.join('\n'), /bob .*she wants it after all/);
      assert.match(out.join('\n'), /shop .*the customer has called/);
    }
  });
});

interface Parked {
  id: string;
  status: string;
  orderId: string | null;
  type: string | null;
  paymentId: string | null;
  amount: number | null;
  currency: string | null;
  decidedBy: string | null;
  decidedAt: string | null;
  note: string | null;
  body: string | null;
  bodyEncoding: string | null;
}

describe('a parked event', function () {
  this.timeout(120_000);

  const pathOf = (id: string) => `/v1/parked-events/${id}`;

  const read = async (person: Person, id: string) =>
    (await as<Parked>(person, 'GET', pathOf(id))).body;

  async function givenParked(): Promise<{ orderId: string; id: string }> {
    const orderId = newOrderId();
    const data = { orderId, paymentId: `sbx_pay_${orderId}`, amount: 4999 };
    const { body } = await deliverTo(shop, signedEvent('payment.pending', data));
    assert.equal(body.status, 'parked');
    const listed = await as<{ events: Parked[] }>('anna', 'GET', '/v1/parked-events?limit=200');
    return { orderId, id: listed.body.events.find((event) => event.orderId === orderId)?.id ?? '' };
  }

  it('is read with its type, payment and money, and for ops alone with its body', async () => {
    const { orderId, id } = await givenParked();
    const { body: _, bodyEncoding, ...seen } = await read('anna', id);
    assert.deepEqual(
      [seen.type, seen.paymentId, seen.amount, seen.currency, _, bodyEncoding],
      ['payment.pending', `sbx_pay_${orderId}`, 4999, 'INR', null, null],
    );
    const whole = await read('olga', id);
    assert.equal(whole.bodyEncoding, 'utf8');
    assert.equal(JSON.parse(whole.body ?? '').orderId, orderId);
  });

  it('is read as base64 where its body is no text', async () => {
    const database = openPatiently((await sharedStack()).databaseUrl);
    const bytes = Buffer.from([0xff, 0xfe, 0x00]);
    const id = await parkEvent(database, { ...unread(), body: bytes });
    await database.close();
    const { body, bodyEncoding } = await read('olga', id);
    assert.deepEqual([body, bodyEncoding], [bytes.toString('base64'), 'base64']);
  });

  it('names what is missing where it was sealed with a key that is not configured', async () => {
    const { databaseUrl } = await sharedStack();
    const keyring = createKeyring([{ id: 'k1', key: Buffer.alloc(32, 5) }]);
    const database = openDatabase(databaseUrl, keyring);
    const id = await parkEvent(database, { ...unread(), body: Buffer.from('{}') });
    await database.close();
    assert.equal((await read('anna', id)).status, 'parked');
    const { status, body } = await as<Problem>('olga', 'GET', pathOf(id));
    assert.deepEqual([status, body.code], [409, 'parked_event_sealed']);
    assert.match(body.detail, /PAYLOAD_KEYS/);
    assert.equal((await as('olga', 'POST', `${pathOf(id)}/close`, { note: 'lost' })).status, 200);
  });

  const unread = () => ({
    gateway: 'sandbox',
    reason: 'event_unprocessable',
    orderId: null,
    eventId: `evt_${randomUUID()}`,
  });

  it('is closed once, by who was first and for that reason', async () => {
    const { id } = await givenParked();
    for (const [person, note] of [
      ['olga', 'of staging'],
      ['nameless', 'no use'],
    ] as const) {
      const { status, body } = await as<Parked>(person, 'POST', `${pathOf(id)}/close`, { note });
      assert.deepEqual(
        [status, body.status, body.decidedBy, body.note],
        [200, 'closed', 'olga', 'of staging'],
      );
      assert.ok(body.decidedAt);
    }
  });

  it('is delivered again with who wished it and why, however often', async () => {
    const { orderId, id } = await givenParked();
    const again = (person: Person, body?: object) =>
      as<Problem>(person, 'POST', `${pathOf(id)}/redeliver`, body);
    assert.equal((await again('olga', { note: 'x' })).body.code, 'parked_event_not_deliverable');
    await stopSweeping(id);
    await givenOrder(shop, { id: orderId });
    assert.equal((await again('olga', { note: 'the shop was late' })).status, 202);
    assert.equal((await again('nameless')).status, 202);
    const { status, decidedBy, note } = await read('anna', id);
    assert.deepEqual([status, decidedBy, note], ['redelivered', 'olga', 'the shop was late']);
  });

  /** The sweeper delivers by itself what is not too old. */
  async function stopSweeping(id: string): Promise<void> {
    const database = openPatiently((await sharedStack()).databaseUrl);
    const old = "update parked_events set received_at = now() - interval '1 year' where id = $1";
    await database.pool.query(old, [id]);
    await database.close();
  }

  it('is attached to its order with who did so and why, there and in its order', async () => {
    const place = await placeAt('sandbox');
    const orderId = await place.order();
    await place.captureStrange(orderId, { maker: 'another installation' });
    const find = async () =>
      (
        await as<{ events: Parked[] }>('anna', 'GET', '/v1/parked-events?limit=200')
      ).body.events.find((event) => event.orderId === orderId);
    await pWaitFor(async () => (await find()) !== undefined);
    const id = (await find())?.id ?? '';
    const attached = await as('olga', 'POST', `${pathOf(id)}/attach`, { note: 'the old shop' });
    assert.equal(attached.status, 200);
    const { status, decidedBy, note } = await read('anna', id);
    assert.deepEqual([status, decidedBy, note], ['attached', 'olga', 'the old shop']);
    assert.deepEqual(
      (await decisionsOn(orderId)).map(({ type, actor, note: why }) => [type, actor, why]),
      [['attach', 'olga', 'the old shop']],
    );
  });

  it('is printed by the command line', async () => {
    const { orderId, id } = await givenParked();
    const out: string[] = [];
    const env = { PAYONCE_URL: api.apiUrl, PAYONCE_API_KEY: KEYS.olga };
    const print = (text: string) => out.push(text);
    assert.equal(await runCli(['event', id], { env, out: print, err: print }), 0);
    assert.match(out.join(), /payment\.pending from sandbox/);
    assert.match(
      out.join(),
      new RegExp(`order ${orderId}, payment sbx_pay_${orderId}, amount .*49.99`),
    );
    assert.match(out.join(), /Body \(utf8\)\n\{.*"kind":"fact"/);
  });

  it('is none under another id', async () => {
    for (const person of ['anna', 'olga'] as const) {
      const { status, body } = await as<Problem>(person, 'GET', pathOf('999999999'));
      assert.deepEqual([status, body.code], [404, 'parked_event_not_found']);
    }
  });
});
