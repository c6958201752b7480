/**
 * A request as it is being spoilt: parts that faults change before they become bytes. Nothing here is
 * checked or escaped, because what goes over the wire has to be wrong on purpose.
 */

export interface Draft {
  method: string;
  path: string;
  /** With its question mark, or empty. */
  query: string;
  headers: [name: string, value: string][];
  body: Buffer;
}

/** One thing that is wrong with a request. */
export interface Fault {
  what: string;
  /** No request with it may be answered with success. */
  isFatal: boolean;
  apply(draft: Draft): Draft;
}

export function fault(what: string, isFatal: boolean, apply: (draft: Draft) => Draft): Fault {
  return { what, isFatal, apply };
}

export function withHeader(draft: Draft, name: string, value: string): Draft {
  const { headers } = withoutHeader(draft, name);
  return { ...draft, headers: [...headers, [name, value]] };
}

export function withoutHeader(draft: Draft, name: string): Draft {
  return { ...draft, headers: draft.headers.filter(([given]) => given.toLowerCase() !== name) };
}

/** A length is announced unless a fault has announced another one, or chunks. */
export function bytesOf({ method, path, query, headers, body }: Draft): Buffer {
  const isFramed = headers.some(([name]) => /^(content-length|transfer-encoding)$/i.test(name));
  const framed: Draft['headers'] =
    isFramed || body.length === 0 ? headers : [...headers, ['content-length', String(body.length)]];
  const lines = framed.map(([name, value]) => `${name}: ${value}`);
  const head = [`${method} ${path}${query} HTTP/1.1`, ...lines].join('\r\n');
  return Buffer.concat([Buffer.from(`${head}\r\n\r\n`, 'latin1'), body]);
}

/** In chunks of a few bytes, as a client that does not know the length sends them. */
export function chunked(body: Buffer, size: number): Buffer {
  const chunks: Buffer[] = [];
  for (let at = 0; at < body.length; at += size) {
    const part = body.subarray(at, at + size);
    chunks.push(Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n'));
  }
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]);
}
