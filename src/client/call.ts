/**
 * One call by its path, for programs that learn only while they run what to call: a command line, a proxy, a load
 * generator. Where the path is known, the client's own methods are typed.
 */
import type { PayonceClient } from './index.ts';

export interface Reply<T> {
  status: number;
  headers: Headers;
  /** The answer's JSON; text that is none as it came, and null where there is nothing. */
  body: T;
  text: string;
}

export interface CallOptions {
  /** Sent as JSON; text is sent as it is. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

/** What openapi-fetch does whatever the paths are. */
interface UntypedClient {
  request(
    method: string,
    path: string,
    init: object,
  ): Promise<{ data?: unknown; error?: unknown; response: Response }>;
}

/**
 * @param path with its query, already encoded
 * @throws TypeError when the API cannot be reached
 */
export async function call<T>(
  client: PayonceClient,
  method: string,
  path: string,
  options: CallOptions = {},
): Promise<Reply<T>> {
  const { data, error, response } = await (client as unknown as UntypedClient).request(
    method.toLowerCase(),
    path,
    {
      ...options,
      parseAs: 'text',
      bodySerializer: asJson,
      pathSerializer: (given: string) => given,
    },
  );
  const { status, headers } = response;
  const answer = data ?? error ?? '';
  if (typeof answer !== 'string')
    return { status, headers, body: answer as T, text: asJson(answer) };
  return { status, headers, body: bodyOf(answer) as T, text: answer };
}

function asJson(body: unknown): string {
  return typeof body === 'string' ? body : JSON.stringify(body);
}

/** The body of a reply from its text. */
export function bodyOf(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
