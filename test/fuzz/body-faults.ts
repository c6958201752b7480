/** What can be wrong with the body of a request: its bytes, its JSON, its fields, and how it is announced. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { type Draft, type Fault, fault } from './draft.ts';
import { HOPELESS_HEADS } from './framing-faults.ts';
import { hostileJson, hostileValue } from './json-trees.ts';
import { CANARY } from './target-faults.ts';

const withBody = (change: (body: Buffer) => Buffer | string) => (draft: Draft) => ({
  ...draft,
  body: Buffer.from(change(draft.body)),
});

/** Puts a member in front of the others. */
const inject = (member: string) =>
  withBody((body) =>
    body
      .toString('latin1')
      .replace(/^\{(?=(.?))/, (_all, next) => `{${member}${next === '}' ? '' : ','}`),
  );

const UTF16 = 'utf16le';

/** No body with it can be taken, whatever it holds. */
const HOPELESS_BODIES: Fault[] = [
  fault(
    'no body',
    true,
    withBody(() => ''),
  ),
  fault(
    'a BOM',
    true,
    withBody((body) => Buffer.concat([Buffer.from('\ufeff'), body])),
  ),
  fault(
    'no UTF-8',
    true,
    withBody((body) => Buffer.concat([Buffer.from([0xc3, 0x28]), body])),
  ),
  fault(
    'UTF-16',
    true,
    withBody((body) => Buffer.from(body.toString(), UTF16)),
  ),
  fault(
    'NUL behind the end',
    true,
    withBody((body) => `${body}\0`),
  ),
  fault(
    'two documents',
    true,
    withBody((body) => `${body}${body}`),
  ),
  fault(
    'an array',
    true,
    withBody((body) => `[${body}]`),
  ),
  fault(
    'half of it',
    true,
    withBody((body) => body.subarray(0, -1)),
  ),
  fault(
    '33 KiB',
    true,
    withBody((body) => `${body}${' '.repeat(33 * 1024)}`),
  ),
  fault('gzip unannounced', true, withBody(gzipSync)),
  fault('__proto__', true, inject('"__proto__":{"isAdmin":true}')),
  fault('constructor', true, inject('"constructor":{"prototype":{"isAdmin":true}}')),
  fault('__proto__ in disguise', true, inject('"\\u005f_proto__":{"toString":1}')),
  fault('a key twice', true, inject('"a":1,"\\u0061":2')),
  fault('an unknown field', true, inject(`"isAdmin":"${CANARY}"`)),
  fault('a card number', true, inject('"note":"4111 1111 1111 1111"')),
  fault('a card field', true, inject('"cvc":"123"')),
];

export const bytes: fc.Arbitrary<Fault> = fc.oneof(
  fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })).map(([at, byte]) =>
    fault(
      'another byte',
      false,
      withBody((body) => {
        if (body.length > 0) body[at % body.length] = byte;
        return body;
      }),
    ),
  ),
  fc.nat().map((at) =>
    fault(
      'cut off',
      false,
      withBody((body) => body.subarray(0, at % (body.length + 1))),
    ),
  ),
  fc.tuple(fc.nat(), fc.uint8Array({ maxLength: 20 })).map(([at, more]) =>
    fault(
      'bytes in the middle',
      false,
      withBody((body) => {
        const cut = at % (body.length + 1);
        return Buffer.concat([body.subarray(0, cut), more, body.subarray(cut)]);
      }),
    ),
  ),
  fc.uint8Array({ maxLength: 400 }).map((all) =>
    fault(
      'random bytes',
      false,
      withBody(() => Buffer.from(all)),
    ),
  ),
);

export const trees: fc.Arbitrary<Fault> = hostileJson.map((text) =>
  fault(
    'hostile JSON',
    false,
    withBody(() => text),
  ),
);

/** A good body with one field that is not. */
export const fields: fc.Arbitrary<Fault> = fc.tuple(fc.nat(), hostileValue).map(([at, value]) =>
  fault(
    'a hostile field',
    false,
    withBody((body) => spoilField(body, at, value)),
  ),
);

const MARK = '"\u0001"';

/** One value anywhere in the document becomes the given text, JSON or not. */
function spoilField(body: Buffer, at: number, value: string): string {
  let count = 0;
  const document: unknown = JSON.parse(body.toString() || '{}', (_key, inner: unknown) => {
    count += 1;
    return inner;
  });
  let left = at % count;
  const marked = JSON.stringify(document, (_key, inner: unknown) => {
    left -= 1;
    return left === -1 ? '\u0001' : inner;
  });
  return marked.replace('"\\u0001"', MARK).replace(MARK, () => value);
}

/** Only for endpoints that take a body. */
export const bodyFault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...HOPELESS_BODIES) },
  { weight: 2, arbitrary: fc.constantFrom(...HOPELESS_HEADS) },
  { weight: 3, arbitrary: bytes },
  { weight: 4, arbitrary: trees },
  { weight: 4, arbitrary: fields },
);
