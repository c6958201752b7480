/** Bytes that only look like HTTP: what a parser, a proxy or a smuggler could stumble over. */
import fc from 'fast-check';

/** What it is, and its bytes. */
export type RawWire = [what: string, bytes: Buffer];

const HOST = 'Host: localhost\r\nConnection: close\r\n';

const FIXED: [string, string][] = [
  ['nothing but line ends', '\r\n\r\n\r\n'],
  ['an HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ['a TLS hello', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ['HTTP/0.9', 'GET /healthz\r\n\r\n'],
  ['HTTP/1.0', 'GET /healthz HTTP/1.0\r\n\r\n'],
  ['HTTP/9.9', `GET /healthz HTTP/9.9\r\n${HOST}\r\n`],
  ['bare line feeds', 'GET /healthz HTTP/1.1\nHost: x\n\n'],
  ['bare carriage returns', 'GET /healthz HTTP/1.1\rHost: x\r\r'],
  ['two spaces', `GET  /healthz  HTTP/1.1\r\n${HOST}\r\n`],
  ['no target', `GET HTTP/1.1\r\n${HOST}\r\n`],
  ['a target of stars', `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`],
  ['a target of bytes', `GET /\xff\xfe\x80 HTTP/1.1\r\n${HOST}\r\n`],
  ['an authority', `CONNECT localhost:443 HTTP/1.1\r\n${HOST}\r\n`],
  ['a long target', `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n${HOST}\r\n`],
  ['a space before the colon', `GET /healthz HTTP/1.1\r\nHost : x\r\n${HOST}\r\n`],
  ['a header that folds', `GET /healthz HTTP/1.1\r\n${HOST}X: a\r\n b\r\n\r\n`],
  ['a header of one byte', `GET /healthz HTTP/1.1\r\n${HOST}X\r\n\r\n`],
  ['two hosts', `GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n${HOST}\r\n`],
  [
    'chunks and a length',
    `POST /webhooks/sandbox HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\n\r\n`,
  ],
  [
    'a length and chunks spelt oddly',
    `POST /webhooks/sandbox HTTP/1.1\r\n${HOST}Content-Length: 4\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    'a smuggled request',
    'POST /webhooks/sandbox HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\nGET /v1/orders HTTP/1.1\r\nHost: x\r\n\r\n',
  ],
  [
    'a request with a body that is a request',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: 40\r\n\r\nGET /v1/orders HTTP/1.1\r\nHost: x\r\n\r\n',
  ],
  [
    'a chunk size of a gigabyte',
    `POST /webhooks/stripe HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n40000000\r\nx`,
  ],
  [
    'a chunk extension of 20 KB',
    `POST /webhooks/stripe HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n1;${'a'.repeat(20_000)}\r\nx\r\n0\r\n\r\n`,
  ],
  [
    'trailers',
    `POST /webhooks/stripe HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\nAuthorization: Bearer x\r\n\r\n`,
  ],
  [
    'a request to nobody in particular',
    `GET http://evil.test:99999/v1/orders HTTP/1.1\r\n${HOST}\r\n`,
  ],
  [
    'an upgrade',
    'GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: AAAA\r\n\r\n',
  ],
  [
    'an upgrade to h2c',
    'GET /v1/orders HTTP/1.1\r\nHost: x\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n',
  ],
  ['documents by a way around', `GET /docs/../v1/orders HTTP/1.1\r\n${HOST}\r\n`],
  ['documents beyond the folder', `GET /docs/%2e%2e/%2e%2e/package.json HTTP/1.1\r\n${HOST}\r\n`],
  ['documents by a broken name', `GET /docs/%zz HTTP/1.1\r\n${HOST}\r\n`],
  ['documents by NUL', `GET /docs/%00 HTTP/1.1\r\n${HOST}\r\n`],
  ['a range of documents', `GET /docs/swagger-ui.css HTTP/1.1\r\n${HOST}Range: bytes=9-2\r\n\r\n`],
  [
    'documents that must have changed',
    `GET /docs/swagger-ui.css HTTP/1.1\r\n${HOST}If-Match: "x"\r\n\r\n`,
  ],
];

/** A good request with bytes changed, left out or repeated. */
const garbled = fc
  .tuple(
    fc.constantFrom(
      `GET /v1/orders?limit=1 HTTP/1.1\r\n${HOST}Authorization: Bearer x\r\n\r\n`,
      `POST /v1/orders HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{}`,
    ),
    fc.array(fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 3 }), fc.nat({ max: 3 })), {
      minLength: 1,
      maxLength: 5,
    }),
  )
  .map(([good, changes]) =>
    changes.reduce((bytes, [at, more, drop]) => {
      const cut = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, cut), more, bytes.subarray(cut + drop)]);
    }, Buffer.from(good)),
  );

/** Their rest never comes: the server has to end them itself. */
export const STALLED: RawWire[] = [
  ['half a head', Buffer.from('GET /v1/orders HTTP/1.1\r\nHost: x\r\nX-Slow')],
  [
    'half a body',
    Buffer.from(
      'POST /webhooks/sandbox HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{}',
    ),
  ],
];

export const rawWire: fc.Arbitrary<RawWire> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom(...FIXED).map(([what, text]) => wire(what, latin1(text))),
  },
  { weight: 3, arbitrary: garbled.map((bytes) => wire('a garbled request', bytes)) },
  {
    weight: 1,
    arbitrary: fc
      .uint8Array({ maxLength: 600 })
      .map((all) => wire('random bytes', Buffer.from(all))),
  },
);

function wire(what: string, bytes: Buffer): RawWire {
  return [what, bytes];
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
