/** What can be wrong with how a body is announced: its type, its coding, its length. */
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { chunked, type Fault, fault, withHeader, withoutHeader } from './draft.ts';
import { CANARY } from './target-faults.ts';

export const HOPELESS_HEADS: Fault[] = [
  fault('no content type', true, (draft) => withoutHeader(draft, 'content-type')),
  ...[
    'text/plain',
    'application/json; charset=utf-16',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/json, text/html',
    `x/${CANARY}`,
    '/',
  ].map((type) =>
    fault(`content type ${type}`, true, (draft) => withHeader(draft, 'content-type', type)),
  ),
  ...['gzip', 'deflate', 'br', 'identity, gzip', 'x'].map((coding) =>
    fault(`encoding ${coding}`, true, (draft) => withHeader(draft, 'content-encoding', coding)),
  ),
  fault('gzip announced', true, (draft) =>
    withHeader({ ...draft, body: gzipSync(draft.body) }, 'content-encoding', 'gzip'),
  ),
  fault('deflate announced', true, (draft) =>
    withHeader({ ...draft, body: deflateSync(draft.body) }, 'content-encoding', 'deflate'),
  ),
];

/** Announced in another way than usual, and sometimes wrongly. */
export const framing: fc.Arbitrary<Fault> = fc.oneof(
  fc.integer({ min: 1, max: 9 }).map((size) =>
    fault(`chunks of ${size}`, false, (draft) => ({
      ...withHeader(draft, 'transfer-encoding', 'chunked'),
      body: chunked(draft.body, size),
    })),
  ),
  fc
    .constantFrom(
      'zz\r\n',
      '-1\r\n',
      '5\r\nab\r\n0\r\n\r\n',
      'FFFFFFFFFFFFFFFFF\r\n',
      '1;ext="\0"\r\na',
    )
    .map((body) =>
      fault('bad chunks', true, (draft) => ({
        ...withHeader(draft, 'transfer-encoding', 'chunked'),
        body: Buffer.from(body),
      })),
    ),
  fc
    .constantFrom('xchunked', 'gzip, chunked', 'chunked, chunked', 'identity', '\x0bchunked')
    .map((coding) =>
      fault(`transfer-encoding ${JSON.stringify(coding)}`, false, (draft) =>
        withHeader(draft, 'transfer-encoding', coding),
      ),
    ),
  fc
    .integer({ min: 0, max: 3 })
    .map((length) =>
      fault('more bytes than announced', false, (draft) =>
        withHeader(draft, 'content-length', String(Math.min(length, draft.body.length))),
      ),
    ),
);
