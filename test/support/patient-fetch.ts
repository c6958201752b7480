/** HTTP as tests speak it, on a machine that may have much else to do. */

/**
 * A server ends a connection that has been idle for seconds, and a busy machine notices that only by sending
 * something. It says nothing of the request: what only reads is sent once more.
 */
export function fetchPatiently(url: string, init: RequestInit): Promise<Response> {
  return init.method === 'GET' ? patiently(() => fetch(url, init)) : fetch(url, init);
}

/** What only reads, once more where its connection was closed. */
export function patiently<T>(read: () => Promise<T>): Promise<T> {
  return read().catch((error: unknown) => {
    if (isClosedConnection(error)) return read();
    throw error;
  });
}

/** By undici, or by the socket below it. */
const CLOSED: ReadonlySet<unknown> = new Set(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE']);

function isClosedConnection(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { cause } = error;
  return cause instanceof Error && 'code' in cause && CLOSED.has(cause.code);
}
