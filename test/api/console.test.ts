/** What the console reads beside orders: who is signed in, what waits, and what changes. */
import assert from 'node:assert/strict';
import { mock } from 'node:test';
import pWaitFor from 'p-wait-for';
import type { ApiDependencies } from '../../src/api/api-dependencies.ts';
import { getChanges } from '../../src/api/console/changes.ts';
import { getKey } from '../../src/api/console/overview.ts';
import { createDrain } from '../../src/api/http/drain.ts';
import { createWaiters } from '../../src/store/waiters.ts';
import {
  AMOUNT,
  CURRENCY,
  givenOrder,
  givenPendingOrder,
  openShop,
  type Shop,
  untilSettled,
} from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';
import { deliverUntilTaken, signedBody, signedEvent } from '../support/webhooks.ts';

const WEBHOOKS = '/webhooks/sandbox';
const HOUR_MS = 3_600_000;

let stack: SharedStack;
let shop: Shop;

before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
  shop = await openShop();
});

const as = (key: string) => ({ headers: { authorization: `Bearer ${key}` } });

describe('GET /v1/key', () => {
  it('says whose key it is', async () => {
    for (const scope of ['client', 'ops'] as const) {
      const response = await fetch(`${stack.apiUrl}/v1/key`, as(stack.keys[scope]));
      const { scope: said, actor } = (await response.json()) as Record<string, string>;
      assert.equal(said, scope);
      assert.match(String(actor), /./);
    }
  });

  it('says how much of one order the caller may give back and write off', async () => {
    const policy = { supportRefundLimits: { INR: 1000 }, writeOffLimits: { INR: 500 } };
    const limitsOf = async (scope: string) => {
      const { body } = await getKey.run(
        { caller: { scope, actor: 'anna' } } as never,
        { policy } as unknown as ApiDependencies,
      );
      const { refundLimits, writeOffLimits } = body as Record<string, object | null>;
      return [refundLimits, writeOffLimits];
    };
    assert.deepEqual(await limitsOf('client'), [{}, {}]);
    assert.deepEqual(await limitsOf('support'), [{ INR: 1000 }, {}]);
    assert.deepEqual(await limitsOf('ops'), [null, { INR: 500 }]);
  });
});

describe('GET /v1/overview', () => {
  it('counts the orders by state', async () => {
    await givenOrder(shop);
    const { status, body } = await shop.call<{ orders: { name: string; count: number }[] }>(
      'GET',
      '/v1/overview',
    );
    assert.equal(status, 200);
    assert.ok(body.orders.some(({ name, count }) => name === 'initiated' && count > 0));
  });
});

describe('GET /v1/overview/lists', () => {
  it('counts what each list has, also for a key of the scope support alone', async () => {
    await givenOrder(shop);
    type Counts = Record<string, { count: number; hasMore: boolean }>;
    const { status, body } = await shop.call<Counts>('GET', '/v1/overview/lists');
    assert.equal(status, 200);
    assert.deepEqual(Object.keys(body), [
      ...['orders', 'reviews', 'disputes', 'openDisputes', 'parkedEvents'],
      ...['openDifferences', 'stuckEffects'],
    ]);
    assert.ok((body.orders?.count ?? 0) > 0);
    assert.equal(body.orders?.hasMore, false);
  });
});

describe('GET /v1/overview/day', () => {
  interface Time {
    withinMs: number | null;
    count: number;
  }
  interface Day {
    hours: {
      from: string;
      ordersCreated: number;
      repeatedEvents: number;
      money: { currency: string; captured: number; refunded: number }[];
    }[];
    webhooks: { since: string } & Record<'answered' | 'taken', Time[]>;
  }
  const read = async (): Promise<Day> => (await shop.call<Day>('GET', '/v1/overview/day')).body;
  /** Of all hours: an order may be made in one and paid in the next. */
  const totals = ({ hours }: Day) => {
    const total = (of: (hour: Day['hours'][number]) => number): number =>
      hours.reduce((sum, hour) => sum + of(hour), 0);
    const money = (side: 'captured' | 'refunded') =>
      total((hour) => hour.money.find(({ currency }) => currency === 'KWD')?.[side] ?? 0);
    return {
      created: total(({ ordersCreated }) => ordersCreated),
      repeated: total(({ repeatedEvents }) => repeatedEvents),
      captured: money('captured'),
      refunded: money('refunded'),
    };
  };

  async function deliverTwice(): Promise<void> {
    const { id: orderId, paymentId } = await givenPendingOrder(shop);
    const event = signedEvent('payment.failed', { orderId, paymentId, amount: AMOUNT });
    const place = { apiUrls: [stack.apiUrl] };
    for (const _ of ['first', 'again'])
      await deliverUntilTaken(place, { path: WEBHOOKS, ...event });
  }

  it('has what was captured, refunded and repeated in each of the last hours', async () => {
    const before = totals(await read());
    const order = await givenPendingOrder(shop, { amount: 10_050, currency: 'KWD' });
    await shop.gateway('POST', `/payments/${order.paymentId}/capture`, {});
    await untilSettled(shop, order.id, 'paid');
    await shop.call(
      'POST',
      `/v1/orders/${order.id}/refunds`,
      { amount: 4_000 },
      {
        ...{ prefer: 'wait=30', 'idempotency-key': order.id },
      },
    );
    await deliverTwice();
    await pWaitFor(async () => {
      const { refunded, repeated } = totals(await read());
      return refunded === before.refunded + 4_000 && repeated > before.repeated;
    });
    const day = await read();
    const after = totals(day);
    assert.equal(after.captured - before.captured, 10_050);
    assert.ok(after.created >= before.created + 2);
    const ends = day.hours.map(({ from }) => Date.parse(from));
    assert.deepEqual(
      ends.slice(1).map((at, i) => at - (ends[i] ?? 0)),
      Array(23).fill(3_600_000),
    );
    assert.ok(Date.now() - (ends.at(-1) ?? 0) < 3_660_000);
  });

  /** Of one API process, as each counts its own: all of them, or those up to a time and not sooner. */
  async function counted(what: 'answered' | 'taken', withinMs?: number): Promise<number> {
    const response = await fetch(`${stack.apiUrl}/v1/overview/day`, as(stack.keys.ops));
    const { webhooks } = (await response.json()) as Day;
    assert.equal(webhooks[what].at(-1)?.withinMs, null);
    return webhooks[what]
      .filter((time) => withinMs === undefined || time.withinMs === withinMs)
      .reduce((sum, { count }) => sum + count, 0);
  }

  it('counts webhooks by how long they took, each once', async () => {
    const before = await counted('answered');
    await deliverTwice();
    const after = await counted('answered');
    assert.ok(after >= before + 2, `${before} and then ${after}`);
  });

  it('counts webhooks by the time since their event, once an event', async () => {
    const { id: orderId, paymentId } = await givenPendingOrder(shop);
    const place = { apiUrls: [stack.apiUrl] };
    const data = { orderId, paymentId, amount: AMOUNT, currency: CURRENCY };
    const timestamp = new Date(Date.now() - 2 * HOUR_MS).toISOString();
    const late = signedBody(JSON.stringify({ type: 'payment.failed', timestamp, data }));
    const before = await counted('taken', 6 * HOUR_MS);
    for (const _ of ['first', 'again']) await deliverUntilTaken(place, { path: WEBHOOKS, ...late });
    assert.equal(await counted('taken', 6 * HOUR_MS), before + 1);
    // One of just now is none of them, and one without a time is counted nowhere.
    const all = await counted('taken');
    await deliverUntilTaken(place, { path: WEBHOOKS, ...signedEvent('payment.failed', data) });
    const timeless = signedBody(JSON.stringify({ type: 'payment.failed', data }));
    await deliverUntilTaken(place, { path: WEBHOOKS, ...timeless });
    assert.equal(await counted('taken', 6 * HOUR_MS), before + 1);
    assert.ok((await counted('taken')) >= all + 1);
  });
});

describe('GET /v1/overview/orders', () => {
  const count = (query: string) =>
    shop.call<{ count: number; hasMore: boolean; code?: string }>(
      'GET',
      `/v1/overview/orders?${query}`,
    );

  it('counts what a search finds', async () => {
    const id = await givenOrder(shop);
    const { body: order } = await shop.call<{ customer: { id: string } }>(
      'GET',
      `/v1/orders/${id}`,
    );
    const customer = encodeURIComponent(order.customer.id);
    const listed = await shop.call<{ orders: object[] }>(
      'GET',
      `/v1/orders?customer=${customer}&state=initiated&limit=200`,
    );
    const { status, body } = await count(`customer=${customer}&state=initiated`);
    assert.equal(status, 200);
    assert.deepEqual(body, { count: listed.body.orders.length, hasMore: false });
    assert.deepEqual((await count('customer=nobody')).body, { count: 0, hasMore: false });
  });

  it('refuses what a search refuses, and knows no pages', async () => {
    for (const query of ['createdFrom=2026-02-01&createdTo=2026-01-01', 'limit=10', 'state=odd']) {
      const { status, body } = await count(query);
      assert.deepEqual([status, body.code], [422, 'query_invalid'], query);
    }
  });
});

describe('GET /v1/changes', () => {
  it('names each order that changes, as server-sent events', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${stack.apiUrl}/v1/changes`, {
      ...as(stack.keys.ops),
      signal: leaving.signal,
    });
    assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
    let said = '';
    const read = (async () => {
      for await (const piece of response.body ?? []) said += Buffer.from(piece).toString();
    })().catch(() => {});
    const id = await givenOrder(shop);
    await shop.call('POST', `/v1/orders/${id}/cancel`, {}, { prefer: 'wait=30' });
    await pWaitFor(() => said.includes(`event: changed\ndata: ${id}\n\n`), { timeout: 30_000 });
    leaving.abort();
    await read;
  });

  interface Told {
    waiters: ReturnType<typeof createWaiters>;
    drain: ReturnType<typeof createDrain>;
    stream: AsyncIterable<Buffer> & { readableLength: number; read(): Buffer | null };
  }

  async function open(caller: { expiresAt?: number } = {}): Promise<Told> {
    const waiters = createWaiters();
    const drain = createDrain();
    const dependencies = { feed: { watch: waiters.watch }, drain };
    const { body } = await getChanges.run(
      { caller } as never,
      dependencies as unknown as ApiDependencies,
    );
    return { waiters, drain, stream: body as never };
  }

  it('tells a reader that was too slow to look at everything, and keeps nothing for it', async () => {
    const { waiters, stream } = await open();
    for (let i = 0; i < 100_000; i += 1) waiters.wake(`ord_${i}`);
    assert.ok(stream.readableLength < 200_000, `${stream.readableLength} bytes are kept`);
    let said = '';
    for await (const piece of stream) {
      said += String(piece);
      if (said.includes('event: missed')) break;
    }
    assert.doesNotMatch(said, /ord_99999\b/);
  });

  it('says that a list has changed where no order has', async () => {
    const { waiters, stream } = await open();
    waiters.wake('');
    assert.match(String(stream.read()), /event: lists\ndata:\n\n/);
    (stream as unknown as { destroy(): void }).destroy();
  });

  it('says that changes may have been missed when the database was away', async () => {
    const { waiters, stream } = await open();
    waiters.wakeAll(true);
    assert.match(String(stream.read()), /event: missed/);
    (stream as unknown as { destroy(): void }).destroy();
  });

  it('ends after a minute, so that a key that has ended follows no longer', async () => {
    mock.timers.enable({ apis: ['setInterval'] });
    try {
      const { stream } = await open();
      const ended = (async () => {
        for await (const _ of stream);
      })();
      mock.timers.tick(60_000);
      await ended;
    } finally {
      mock.timers.reset();
    }
  });

  it('ends with the session or the key of who follows', async () => {
    const { stream } = await open({ expiresAt: Date.now() + 500 });
    for await (const _ of stream);
  });

  it('ends when the process is to end', async () => {
    const { drain, stream } = await open();
    void drain.begin();
    for await (const _ of stream);
  });
});
