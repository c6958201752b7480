/** What can be wrong with the head of an API request: who asks, how, where, and in which headers. */
import fc from 'fast-check';
import type { Route } from '../../src/api/http/route.ts';
import { type Draft, type Fault, fault, withHeader, withoutHeader } from './draft.ts';
import { anyByte, CANARY, methods, paths, queries } from './target-faults.ts';
import type { World } from './world.ts';

const set = (name: string, value: string) => (draft: Draft) => withHeader(draft, name, value);
const add = (name: string, value: string) => (draft: Draft) => ({
  ...draft,
  headers: [...draft.headers, [name, value]] as Draft['headers'],
});

function header(name: string, value: string, isFatal: boolean): Fault {
  return fault(`${name}: ${JSON.stringify(value.slice(0, 40))}`, isFatal, set(name, value));
}

const visible = fc.string({ unit: 'grapheme-ascii', maxLength: 60 });

function credentials({ scope }: Route, { keys }: World): fc.Arbitrary<Fault> {
  const wrong = [
    fault('no credentials', true, (draft) => withoutHeader(draft, 'authorization')),
    header('authorization', `Bearer ${CANARY.repeat(3)}`, true),
    header('authorization', `Basic ${Buffer.from(`x:${CANARY}`).toString('base64')}`, true),
    header('authorization', `Bearer ${keys.ops.slice(0, -1)}`, true),
    header('authorization', 'Bearer', true),
    fault('a key in the query', true, (draft) => ({
      ...withoutHeader(draft, 'authorization'),
      query: `?key=${keys.ops}&authorization=Bearer%20${keys.ops}`,
    })),
  ];
  const clients = fault("a client's key", true, set('authorization', `Bearer ${keys.client}`));
  return fc.oneof(
    fc.constantFrom(...wrong, ...(scope === 'client' ? [] : [clients])),
    visible.map((text) => header('authorization', `Bearer ~${text}`, true)),
    anyByte.map((text) => header('authorization', `Bearer ~${text}`, true)),
  );
}

/** Refused wherever they come, since they cannot be read. */
export const UNREADABLE: Fault[] = [
  fault('a header without a name', true, add('', 'x')),
  fault('a header with a space in its name', true, add('x y', 'z')),
  fault('a header with NUL', true, add('x-nul', 'a\0b')),
  fault('a folded header', true, add('x-fold', 'a\r\n b\x01')),
  fault('17 KiB in a header', true, add('x-long', 'a'.repeat(17 * 1024))),
  fault('no Host', true, (draft) => withoutHeader(draft, 'host')),
  fault('Content-Length twice', true, (draft) =>
    add('content-length', '7')(add('content-length', '5')(draft)),
  ),
  fault('a negative Content-Length', true, add('content-length', '-1')),
  fault('Content-Length beyond numbers', true, add('content-length', '9'.repeat(40))),
  fault('lengths of two kinds', true, (draft) =>
    add('transfer-encoding', 'chunked')(add('content-length', '5')(draft)),
  ),
];

const ODD: [string, string][] = [
  ['expect', '100-continue'],
  ['expect', 'the-unexpected'],
  ['upgrade', 'websocket'],
  ['upgrade', 'h2c'],
  ['connection', 'close, upgrade'],
  ['x-forwarded-for', CANARY],
  ['x-forwarded-host', 'evil.test'],
  ['x-http-method-override', 'DELETE'],
  ['x-original-url', '/v1/orders'],
  ['forwarded', 'for=_x;host=evil.test'],
  ['range', 'bytes=5-1,-9'],
  ['if-none-match', '*'],
  ['if-none-match', `"${'x'.repeat(4000)}"`],
  ['if-match', '"v1"'],
  ['accept', 'text/html'],
  ['accept-encoding', 'br;q=99'],
  ['te', 'trailers'],
  ['trailer', 'authorization'],
  ['cookie', '__proto__=1; a[b]=c'],
  ['prefer', 'wait=-1'],
  ['prefer', `wait=${'9'.repeat(30)}`],
  ['prefer', 'respond-async, wait="0"'],
  ['host', ''],
  ['host', 'a b'],
  ['host', 'evil.test'],
  ['host', 'evil.test:99999'],
  ['origin', 'null'],
  ['origin', 'https://evil.test'],
  ['x-request-id', `${CANARY}\t`],
];

export const odd: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom(...ODD).map(([name, value]) => header(name, value, false)),
  fc
    .tuple(fc.constantFrom('x-a', 'accept', 'prefer', 'if-none-match', 'host', 'cookie'), anyByte)
    .map(([name, value]) => header(name, value, false)),
  fc.integer({ min: 50, max: 2_500 }).map((count) =>
    fault(`${count} headers`, false, (draft) => ({
      ...draft,
      headers: [
        ...draft.headers,
        ...Array.from({ length: count }, () => ['a', '1'] as [string, string]),
      ],
    })),
  ),
);

const WRONG_KEYS = [
  '',
  'short',
  `${CANARY} with space`,
  'é'.repeat(20),
  '\t'.repeat(20),
  'k'.repeat(256),
  '"unclosed-but-long-enough'.repeat(20),
];

const idempotency: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom(...WRONG_KEYS).map((key) => header('idempotency-key', key, true)),
  fc.constant(fault('two keys', true, add('Idempotency-Key', `second-${CANARY}`))),
  fc.nat({ max: 3 }).map((n) => header('idempotency-key', `one-key-for-many-${n}`, false)),
  visible.map((key) => header('idempotency-key', key, false)),
);

/** Whatever may be wrong with the head of a request to this endpoint. */
export function headFault(route: Route, world: World): fc.Arbitrary<Fault> {
  return fc.oneof(
    { weight: 3, arbitrary: credentials(route, world) },
    { weight: 1, arbitrary: methods },
    { weight: 3, arbitrary: paths },
    { weight: 2, arbitrary: fc.constantFrom(...UNREADABLE) },
    { weight: 3, arbitrary: odd },
    ...(route.method === 'post' ? [{ weight: 3, arbitrary: idempotency }] : []),
    ...(route.query ? [{ weight: 6, arbitrary: queries }] : []),
  );
}
