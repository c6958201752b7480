/** The API through the shipped client, with the shop's key, and the sandbox gateway by HTTP. */
import { randomUUID } from 'node:crypto';
import { call, createPayonceClient, type Reply } from '../client/index.ts';
import type { RunningStack } from '../dev/processes/process-file.ts';

type Talk = <T>(
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<Pick<Reply<T>, 'status' | 'headers' | 'body'>>;

export function talkTo({ apiUrl, sandboxUrl, keys }: RunningStack): { api: Talk; gateway: Talk } {
  const client = createPayonceClient({ baseUrl: apiUrl, apiKey: keys.client });
  return {
    api: (method, path, body, headers = {}) => call(client, method, path, { body, headers }),
    gateway: (method, path, body) => askGateway(`${sandboxUrl}${path}`, method, body),
  };
}

async function askGateway<T>(url: string, method: string, body: unknown) {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as T,
  };
}
