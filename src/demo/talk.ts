/** HTTP to the API, with its key, and to the sandbox gateway. */
import { randomUUID } from 'node:crypto';
import type { RunningStack } from '../dev/processes/process-file.ts';

export interface Reply<T> {
  status: number;
  headers: Headers;
  body: T;
}

type Talk = <T>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Reply<T>>;

export function talkTo({ apiUrl, sandboxUrl, keys }: RunningStack): { api: Talk; gateway: Talk } {
  return {
    api: (method, path, body, headers) =>
      send(`${apiUrl}${path}`, method, body, {
        authorization: `Bearer ${keys.client}`,
        ...headers,
      }),
    gateway: (method, path, body) =>
      send(`${sandboxUrl}${path}`, method, body, { 'idempotency-key': randomUUID() }),
  };
}

async function send<T>(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string>,
): Promise<Reply<T>> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as T,
  };
}
