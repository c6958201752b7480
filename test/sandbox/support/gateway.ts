/** A started sandbox gateway with a receiver for its webhooks, and the calls tests make. */

import { randomUUID } from 'node:crypto';
import { createLogger } from '../../../src/logs/create-logger.ts';
import { type Sandbox, startSandbox } from '../../../src/sandbox/sandbox.ts';
import type { StoreLocation } from '../../../src/sandbox/store/store.ts';
import { type Receiver, startReceiver } from './receiver.ts';

export const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

export type Reply = {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
};

export type Payment = {
  readonly id: string;
  readonly orderId: string;
  readonly status: string;
  readonly authorizedUntil: string | null;
  readonly amountCaptured: number;
  readonly amountRefunded: number;
  readonly checkoutUrl: string;
  readonly captures: readonly { captureId: string; amount: number; reversed: boolean }[];
  readonly refunds: readonly { id: string; status: string; amount: number }[];
  readonly disputes: readonly { id: string; status: string; amount: number }[];
};

export type SentWebhook = {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly deliveredAt: string | null;
  readonly attempts: readonly { at: string; status: number | null; error?: string }[];
};

export type Calls = ReturnType<typeof callsOf>;

const NO_KEY: Readonly<Record<string, string>> = {};

export function callsOf(baseUrl: string) {
  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers = NO_KEY,
    timeoutMs = 5_000,
  ): Promise<Reply> {
    const response = await fetch(baseUrl + path, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const json = (await response.json()) as Reply['body'];
    return { status: response.status, headers: response.headers, body: json };
  }
  const post = (path: string, body: unknown = {}, headers = NO_KEY) =>
    call('POST', path, body, headers);
  const get = async <T>(path: string): Promise<T> => (await call('GET', path)).body as T;
  return {
    call,
    post,
    get,
    create: async (orderId = `ord_${randomUUID()}`, more: object = {}): Promise<Payment> => {
      const body = { orderId, amount: 4_999, currency: 'INR', ...more };
      const reply = await post('/payments', body, { 'idempotency-key': randomUUID() });
      return reply.body as Payment;
    },
    payment: (id: string) => get<Payment>(`/payments/${id}`),
    refund: (id: string, body: unknown = {}, key: string = randomUUID()) =>
      post(`/payments/${id}/refunds`, body, { 'idempotency-key': key }),
    paymentsOf: async (orderId: string) =>
      (await get<{ payments: Payment[] }>(`/payments?orderId=${orderId}`)).payments,
    webhooksOf: async (orderId: string) =>
      (await get<{ webhooks: SentWebhook[] }>(`/webhooks?orderId=${orderId}`)).webhooks,
    setFaults: (plan: unknown) => call('PUT', '/faults', plan),
  };
}

export type Gateway = Calls & {
  readonly sandbox: Sandbox;
  readonly receiver: Receiver;
  readonly close: () => Promise<void>;
};

export async function startGateway(
  store: StoreLocation = ':memory:',
  receiver?: Receiver,
): Promise<Gateway> {
  const target = receiver ?? (await startReceiver());
  const webhooks = { url: target.url, secret: SECRET };
  const log = createLogger({ name: 'sandbox', level: 'silent' });
  const sandbox = await startSandbox({ store, port: 0, webhooks, log });
  return {
    ...callsOf(sandbox.url),
    sandbox,
    receiver: target,
    close: async () => {
      await sandbox.close();
      if (receiver === undefined) await target.close();
    },
  };
}
