/** The typed client against the real API, straight and through a network that loses answers. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { clientTypes } from '../../scripts/generate-client.ts';
import {
  call,
  createPayonceClient,
  listOrderEvents,
  type PayonceClient,
} from '../../src/client/index.ts';
import { givenEvents } from '../support/given-events.ts';
import { AMOUNT, CURRENCY, newOrderId } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

/** What the network does to one request: nothing, or it loses the answer, or it answers by itself. */
type Mishap = 'none' | 'answer lost' | 'busy';

interface Network {
  url: string;
  mishaps: Mishap[];
  /** The Idempotency-Key of each request, in order. */
  keys: (string | undefined)[];
  close(): void;
}

const terms = (id: string) => ({
  id,
  amount: AMOUNT,
  currency: CURRENCY,
  gateway: 'sandbox',
  customer: { id: 'cus_client' },
});

let stack: SharedStack;
before(async function () {
  this.timeout(300_000);
  stack = await sharedStack();
});

async function openNetwork(): Promise<Network> {
  const mishaps: Mishap[] = [];
  const keys: Network['keys'] = [];
  const server: Server = createServer(async (request, response) => {
    keys.push(request.headers['idempotency-key'] as string | undefined);
    const mishap = mishaps.shift() ?? 'none';
    if (mishap === 'busy') return response.writeHead(503, { 'retry-after': '0' }).end('{}');
    const answer = await forward(request);
    if (mishap === 'answer lost') return request.socket.destroy();
    return pass(answer, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, mishaps, keys, close: () => server.close() };
}

async function forward(request: IncomingMessage): Promise<Response> {
  const { host: _, connection: __, ...headers } = request.headers;
  const body = await buffer(request);
  return fetch(`${stack.apiUrl}${request.url}`, {
    method: request.method ?? 'GET',
    headers: headers as Record<string, string>,
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
}

async function pass(answer: Response, response: ServerResponse): Promise<void> {
  const type = answer.headers.get('content-type') ?? 'application/json';
  response.writeHead(answer.status, { 'content-type': type });
  response.end(Buffer.from(await answer.arrayBuffer()));
}

describe('the types of the client', () => {
  it('have every path of the API that is served', async () => {
    const answer = await fetch(`${stack.apiUrl}/openapi.json`);
    const { paths } = (await answer.json()) as { paths: object };
    const types = await clientTypes();
    for (const path of Object.keys(paths)) assert.ok(types.includes(`  "${path}": {`), path);
  });
});

describe('the client', () => {
  let client: PayonceClient;
  let network: Network;
  beforeEach(async () => {
    network = await openNetwork();
    client = createPayonceClient({ baseUrl: network.url, apiKey: stack.keys.ops });
  });
  afterEach(() => network.close());

  it('starts an order, opens its payment and reads it, all typed', async () => {
    const id = newOrderId();
    const { data: order } = await client.POST('/v1/orders', { body: terms(id) });
    assert.equal(order?.state, 'initiated');
    const path = { id };
    const { data: payment } = await client.POST('/v1/orders/{id}/payments', {
      params: { path },
      body: {},
    });
    assert.equal(payment?.attempt, 1);
    const { data: read } = await client.GET('/v1/orders/{id}', { params: { path } });
    assert.equal(read?.payments[0]?.id, payment?.id);
  });

  it('opens one payment when the answer to the click is lost', async () => {
    const id = newOrderId();
    await client.POST('/v1/orders', { body: terms(id) });
    network.mishaps.push('answer lost', 'answer lost');
    const params = { path: { id } };
    const { data } = await client.POST('/v1/orders/{id}/payments', { params, body: {} });
    assert.equal(data?.attempt, 1);
    const [, ...clicks] = network.keys;
    assert.equal(clicks.length, 3);
    assert.equal(new Set(clicks).size, 1, 'one call has one key, however often it is sent');
    const { data: order } = await client.GET('/v1/orders/{id}', { params });
    assert.equal(order?.payments.length, 1);
  });

  it('sends again what was answered with Retry-After, and gives up with that answer', async () => {
    const path = { id: newOrderId() };
    network.mishaps.push('busy', 'none');
    const { error } = await client.GET('/v1/orders/{id}', { params: { path } });
    assert.equal(error?.code, 'order_not_found');
    network.mishaps.push('busy', 'busy', 'busy', 'busy');
    const { response } = await client.GET('/v1/orders/{id}', { params: { path } });
    assert.equal(response.status, 503);
    assert.deepEqual(network.mishaps, []);
  });

  it('lists everything that happened to an order, page after page', async () => {
    const id = newOrderId();
    await client.POST('/v1/orders', { body: terms(id) });
    await givenEvents(stack.databaseUrl, id, 450);
    const seen: string[] = [];
    for await (const { eventId } of listOrderEvents(client, id)) seen.push(eventId);
    assert.deepEqual(
      seen,
      Array.from({ length: 450 }, (_, index) => `evt_${index + 1}`),
    );
    const nobody = listOrderEvents(client, newOrderId());
    await assert.rejects(nobody.next(), /^Error: order_not_found: /);
  });

  it('makes no key where its caller keeps keys', async () => {
    const keeping = { baseUrl: network.url, apiKey: stack.keys.ops, makesKeys: false };
    const id = newOrderId();
    await createPayonceClient(keeping).POST('/v1/orders', { body: terms(id) });
    assert.deepEqual(network.keys, [undefined]);
  });

  it('calls a path that is learned while the program runs, and gives status, headers and body', async () => {
    const id = newOrderId();
    const created = await call<{ state: string }>(client, 'POST', '/v1/orders', {
      body: terms(id),
    });
    assert.deepEqual([created.status, created.body.state], [201, 'initiated']);
    const page = await call<{ orders: unknown[] }>(client, 'GET', '/v1/orders?limit=1');
    assert.equal(page.body.orders.length, 1);
    assert.ok(page.headers.get('content-type')?.startsWith('application/json'));
  });

  it('sends text as it is, so that a wrong body is answered with its problem', async () => {
    const reply = await call<{ code: string }>(client, 'POST', '/v1/orders', { body: '{"id":' });
    assert.deepEqual([reply.status, reply.body.code], [400, 'json_invalid']);
  });

  it('keeps the key that it was given', async () => {
    const params = {
      path: { id: newOrderId() },
      header: { 'Idempotency-Key': 'a-refund-of-my-own-1' },
    };
    const body = { amount: AMOUNT, reason: 'broken' };
    const { error } = await client.POST('/v1/orders/{id}/refunds', { params, body });
    assert.equal(error?.code, 'order_not_found');
    assert.deepEqual(network.keys, ['a-refund-of-my-own-1']);
  });
});
