/** Keys with names and scopes, on an API of its own: who may do what, and who did it. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { runCli } from '../../src/cli/run.ts';
import { call } from '../../src/client/index.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import {
  clientOf,
  givenPendingOrder,
  openShop,
  type Problem,
  type Reply,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';

const WAIT = { prefer: 'wait=30' };
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
    'post /v1/orders/{id}/refunds',
    'post /v1/orders/{id}/reviews/{reviewId}',
  ];

  for (const { method, path } of ROUTES) {
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
