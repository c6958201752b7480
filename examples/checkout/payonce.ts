/** Calls Payonce for the shop. Whatever a browser asks, the key is added here and nowhere else. */

export interface Payonce {
  url: string;
  /** A key of scope `client`. */
  apiKey: string;
}

export interface PayonceAnswer {
  status: number;
  etag: string | null;
  body: unknown;
}

/** Longer than Payonce ever waits for a gateway on our behalf (`Prefer: wait`, 5 s unless told). */
const TIMEOUT_MS = 15_000;

export async function askPayonce(
  { url, apiKey }: Payonce,
  method: 'GET' | 'POST',
  path: string,
  { body, ifNoneMatch }: { body?: object; ifNoneMatch?: string | undefined } = {},
): Promise<PayonceAnswer> {
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(body && { 'content-type': 'application/json' }),
      ...(ifNoneMatch && { 'if-none-match': ifNoneMatch }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const text = await response.text();
  return {
    status: response.status,
    etag: response.headers.get('etag'),
    body: text === '' ? null : JSON.parse(text),
  };
}
