/** What the console reads beside orders: who is signed in, what waits, and what changes. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import type { ApiDependencies } from '../../src/api/api-dependencies.ts';
import { getChanges } from '../../src/api/console/changes.ts';
import { createDrain } from '../../src/api/http/drain.ts';
import { createWaiters } from '../../src/store/waiters.ts';
import { givenOrder, openShop, type Shop } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

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

  it('says that changes may have been missed when the database was away', async () => {
    const { waiters, stream } = await open();
    waiters.wakeAll(true);
    assert.match(String(stream.read()), /event: missed/);
    (stream as unknown as { destroy(): void }).destroy();
  });

  it('ends with the session of who follows', async () => {
    const { stream } = await open({ expiresAt: Date.now() + 500 });
    for await (const _ of stream);
  });

  it('ends when the process is to end', async () => {
    const { drain, stream } = await open();
    void drain.begin();
    for await (const _ of stream);
  });
});
