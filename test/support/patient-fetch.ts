/** HTTP as tests speak it, on a machine that may have much else to do. */

/**
 * A server ends a connection that has been idle for seconds, and a busy machine notices that only by sending
 * something. It says nothing of the request: what only reads is sent once more.
 */
export function fetchPatiently(url: string, init: RequestInit): Promise<Response> {
  if (init.method !== 'GET') return fetch(url, init);
  return fetch(url, init).catch((error: unknown) => {
    if (isClosedConnection(error)) return fetch(url, init);
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
