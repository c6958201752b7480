/**
 * The people around an order, speaking HTTP to the real stack: the shop's frontend, the customer at
 * the gateway, the operator. Every order here is new and belongs to one test.
 */

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import pWaitFor from 'p-wait-for';
import { call, createPayonceClient, type PayonceClient } from '../../src/client/index.ts';
import type { Stack } from '../../src/dev/stack/stack.ts';
import type { OrderView } from '../../src/domain/view.ts';
import type { FaultPlan } from '../../src/sandbox/faults/fault-plan.ts';
import { fetchPatiently, patiently } from './patient-fetch.ts';
import { sharedStack } from './stack.ts';

/** The longest that anything in a healthy stack takes on a busy two-core machine. */
const PATIENCE_MS = 90_000;
const GLANCE_MS = 250;
const TOO_MANY_REQUESTS = 429;

export const AMOUNT = 4999;
export const CURRENCY = 'INR';

export interface Reply<T> {
  status: number;
  headers: Headers;
  body: T;
}

export interface Shop {
  apiUrls: readonly string[];
  /** Sends to the API processes in turn. */
  call<T>(
    method: string,
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Reply<T>>;
  /** Sends to the sandbox gateway. */
  gateway<T>(
    method: string,
    path: string,
    body?: unknown,
    idempotencyKey?: string,
  ): Promise<Reply<T>>;
}

export interface Problem {
  code: string;
  detail: string;
  status: number;
}

export function newOrderId(): string {
  return `ord_${randomUUID().replaceAll('-', '').slice(0, 20)}`;
}

export async function openShop(): Promise<Shop> {
  return shopOn(await sharedStack());
}

export function shopOn({ apiUrls, sandboxUrl, keys }: Stack): Shop {
  const clients = apiUrls.map((url) => clientOf(url, keys.ops));
  let turn = 0;
  return {
    apiUrls,
    call: <T>(method: string, path: string, body?: unknown, headers = {}) => {
      turn += 1;
      const client = clients[turn % clients.length] as PayonceClient;
      const send = () => call<T>(client, method, path, { body, headers });
      return method === 'GET' ? patiently(send) : send();
    },
    gateway: (method, path, body, idempotencyKey = randomUUID()) =>
      askGateway(`${sandboxUrl}${path}`, method, body, idempotencyKey),
  };
}

/** The shipped client; what a test sends is sent once, with the keys that the test gives. */
export function clientOf(baseUrl: string, apiKey: string): PayonceClient {
  return createPayonceClient({ baseUrl, apiKey, maxRetries: 0, makesKeys: false });
}

async function askGateway<T>(
  url: string,
  method: string,
  body: unknown,
  idempotencyKey: string,
): Promise<Reply<T>> {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const response = await fetchPatiently(url, {
    method,
    headers: { 'idempotency-key': idempotencyKey, ...json },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: (text === '' ? null : JSON.parse(text)) as T,
  };
}

export function orderBody(id: string, more: object = {}): object {
  return {
    id,
    amount: AMOUNT,
    currency: CURRENCY,
    gateway: 'sandbox',
    customer: { id: `cus_${id}` },
    ...more,
  };
}

/** An order that exists: sent again, as shops do, where a busy machine was too slow for the first time. */
export async function givenOrder(shop: Shop, more: object = {}): Promise<string> {
  const id = newOrderId();
  await pWaitFor(
    async () => {
      const { status, body } = await shop.call('POST', '/v1/orders', orderBody(id, more));
      if (status >= 400 && status < 500 && status !== TOO_MANY_REQUESTS)
        throw new Error(`order ${id} is refused: ${JSON.stringify(body)}`);
      return status < 300;
    },
    { interval: GLANCE_MS },
  );
  return id;
}

/** An order with one payment open at the gateway, and that payment's id. */
export async function givenPendingOrder(
  shop: Shop,
  more: object = {},
): Promise<{ id: string; paymentId: string }> {
  const id = await givenOrder(shop, more);
  return { id, paymentId: await openPayment(shop, id) };
}

/** Does something while the sandbox fails like that, and ends its faults whatever comes of it. */
export async function withFaults<T>(
  shop: Shop,
  faults: FaultPlan,
  act: () => Promise<T>,
): Promise<T> {
  await shop.gateway('PUT', '/faults', faults);
  try {
    return await act();
  } finally {
    await shop.gateway('PUT', '/faults', {});
  }
}

/**
 * Clicks until the gateway has named the payment: on a busy machine it, or Temporal, may be too slow for the
 * first click. A definite no stays one.
 */
function openPayment(shop: Shop, orderId: string): Promise<string> {
  const path = `/v1/orders/${orderId}/payments`;
  return pWaitFor(
    async () => {
      const { status, body } = await shop.call<{ id?: string | null }>(
        'POST',
        path,
        {},
        { prefer: 'wait=30' },
      );
      if (status >= 400 && status < 500)
        throw new Error(`order ${orderId} has no payment: ${JSON.stringify(body)}`);
      return body.id != null && pWaitFor.resolveWith(body.id);
    },
    { interval: GLANCE_MS },
  );
}

/** Sends again what a busy API answers 503, as every client is to. */
export async function untilTaken<R extends { status: number }>(send: () => Promise<R>): Promise<R> {
  const giveUpAt = Date.now() + PATIENCE_MS;
  for (;;) {
    const reply = await send();
    if (reply.status !== 503 || Date.now() > giveUpAt) return reply;
    await setTimeout(GLANCE_MS);
  }
}

export async function readOrder(shop: Shop, id: string): Promise<OrderView> {
  const answer = await untilTaken(() => shop.call<OrderView>('GET', `/v1/orders/${id}`));
  assert.equal(answer.status, 200, `order ${id}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** Waits until the order is in the state, with every effect done. */
export async function untilSettled(shop: Shop, id: string, state: string): Promise<OrderView> {
  return untilOrder(
    shop,
    id,
    (order) => order.state === state && order.effects.every((effect) => effect.status === 'done'),
    `${state} with every effect done`,
  );
}

export async function untilOrder(
  shop: Shop,
  id: string,
  isSo: (order: OrderView) => boolean,
  what: string,
): Promise<OrderView> {
  let last: OrderView | undefined;
  const giveUpAt = Date.now() + PATIENCE_MS;
  await pWaitFor(
    async () => {
      last = await readOrder(shop, id);
      return isSo(last) || Date.now() > giveUpAt;
    },
    { interval: GLANCE_MS },
  );
  if (last === undefined || !isSo(last))
    throw new Error(`order ${id} never was ${what}: ${JSON.stringify(last, null, 1)}`);
  return last;
}
