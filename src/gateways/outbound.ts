/**
 * The way out to one gateway. It goes to that gateway's own address and nowhere else, follows no redirect
 * and takes no answer of any size: what a gateway answers is input like any other.
 */

/** The largest answers of most calls are lists of a hundred payments, some hundred kilobytes. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** @throws OutboundRefusal before anything is sent, or when the answer is too large. */
export type OutboundFetch = (url: URL | string, init: RequestInit) => Promise<Response>;

/** A call that was not made, or an answer that was not read. */
export class OutboundRefusal extends Error {
  override readonly name = 'OutboundRefusal';
}

/**
 * @param baseUrl the only origin that is ever called
 * @param maxAnswerBytes for what is known to answer with more
 */
export function createOutboundFetch(
  baseUrl: string,
  maxAnswerBytes = MAX_ANSWER_BYTES,
): OutboundFetch {
  const { origin } = new URL(baseUrl);
  return async (url, init) => {
    if (new URL(url).origin !== origin) throw new OutboundRefusal(`only ${origin} may be called`);
    const response = await fetch(url, { ...init, redirect: 'error' });
    const body = await readAtMost(response, maxAnswerBytes);
    const { status, headers } = response;
    return new Response(HAS_NO_BODY.has(status) ? null : body, { status, headers });
  };
}

/** Statuses for which a response with a body cannot even be made. */
const HAS_NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

/** Counted while it comes in, as an announced length may be wrong, and a small file may unpack to a large one. */
async function readAtMost(response: Response, maxBytes: number): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop ends the connection.
    if (size > maxBytes) throw new OutboundRefusal(`the answer has more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}
