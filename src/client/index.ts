/**
 * A typed client of the HTTP API, for shops that are written in TypeScript. Paths, bodies and answers are
 * typed from the API's own OpenAPI document; nothing here knows what a path means.
 */
import createClient, { type Client } from 'openapi-fetch';
import type { components, paths } from './schema.ts';
import { sendAgain } from './send-again.ts';

export { type CallOptions, call, type Reply } from './call.ts';
export { type Download, downloadFile, uploadFile } from './transfer.ts';
export type { components, paths };

/** A few seconds in all: longer than a restart, shorter than a customer's patience. */
const MAX_RETRIES = 3;
/** The largest page there is. */
const PAGE_SIZE = '200';

export interface ClientOptions {
  /** For instance `http://127.0.0.1:3000`. */
  baseUrl: string;
  /** A key of scope `client` or `ops`; sent as a bearer token and nowhere else. */
  apiKey: string;
  /** How often a request is sent again when no answer came, or one with `Retry-After`; 3 unless told. */
  maxRetries?: number;
  /** Whether a POST without an Idempotency-Key is given one; yes unless told. For callers with keys of their own. */
  makesKeys?: boolean;
}

export type PayonceClient = Client<paths, `${string}/${string}`>;

/**
 * Makes a client. Its methods resolve to `{ data, error, response }`: `error` is the API's problem
 * (RFC 9457), whose `code` says what to do. All repeats of one call carry one Idempotency-Key: the one that was
 * given or one that is made for it.
 *
 * @throws TypeError from a call when the API cannot be reached
 */
export function createPayonceClient(options: ClientOptions): PayonceClient {
  const { baseUrl, apiKey, maxRetries = MAX_RETRIES, makesKeys = true } = options;
  const client = createClient<paths, `${string}/${string}`>({
    baseUrl,
    headers: { authorization: `Bearer ${apiKey}` },
    redirect: 'error',
    fetch: sendAgain(maxRetries),
  });
  if (makesKeys) client.use({ onRequest: ({ request }) => withKey(request) });
  return client;
}

function withKey(request: Request): Request {
  if (request.method === 'POST' && !request.headers.has('idempotency-key'))
    request.headers.set('idempotency-key', crypto.randomUUID());
  return request;
}

export type OrderEvent =
  paths['/v1/orders/{id}/events']['get']['responses'][200]['content']['application/json']['events'][number];

/**
 * Everything that happened to an order, oldest first, page after page.
 *
 * @throws Error with the problem's code and detail when the API refuses
 */
export async function* listOrderEvents(
  client: PayonceClient,
  id: string,
): AsyncGenerator<OrderEvent, void> {
  let cursor: string | undefined;
  do {
    const { data, error } = await client.GET('/v1/orders/{id}/events', {
      params: { path: { id }, query: { limit: PAGE_SIZE, ...(cursor && { cursor }) } },
    });
    if (data === undefined) throw new Error(`${error?.code}: ${error?.detail}`);
    yield* data.events;
    cursor = data.nextCursor ?? undefined;
  } while (cursor !== undefined);
}
