/**
 * Signals as somebody sends them who reaches the Temporal server and means no good: names, encodings and
 * contents that no order offers. None of them may ever be a signal that is right by chance.
 */
import fc from 'fast-check';
import { AMOUNT, CURRENCY } from '../support/shop.ts';
import { hostileJson, hostileValue } from './json-trees.ts';

export interface RawPayload {
  metadata?: Record<string, Uint8Array>;
  data?: Uint8Array;
}

export interface HostileSignal {
  what: string;
  name: string;
  payloads: RawPayload[];
}

/** Below the server's limit of 2 MB for one payload. */
const MAX_BYTES = 1_500_000;

export const encoded = (encoding: string, data: string | Uint8Array): RawPayload => ({
  metadata: { encoding: Buffer.from(encoding) },
  data: Buffer.from(data),
});
export const json = (text: string): RawPayload => encoded('json/plain', text);

/** Needing more than an id, they cannot be right by chance. */
const DEMANDING = ['webhook', 'refund', 'review', 'retry'];
const OFFERED = [...DEMANDING, 'pay', 'verify', 'sync', 'cancel'];
const UNKNOWN = [
  'launch',
  '__proto__',
  'constructor',
  'toString',
  'Webhook',
  'webhook ',
  'x'.repeat(255),
  '\u202ewebhook',
  '__temporal_x',
  '__stack_trace',
];

const signal = (what: string, name: string, ...payloads: RawPayload[]): HostileSignal => ({
  what,
  name,
  payloads,
});

/** What each signal needs beside its id, and every field with which it is wrong. */
const NEEDED: Record<string, [whole: object, fields: string[]]> = {
  refund: [{ requestKey: 'k', amountMinor: 1 }, ['requestKey']],
  review: [
    { reviewId: 'rev_1', decision: 'approve', version: 1, note: 'x' },
    ['reviewId', 'decision', 'note'],
  ],
  retry: [{ key: 'x:issue_invoice:1' }, ['key']],
};
/** No id, text, amount, currency or decision anywhere, in JSON. */
const NOWHERE_RIGHT = [
  'null',
  '[]',
  '{}',
  '-1',
  '0.5',
  '""',
  '" "',
  '"\\u0000"',
  '{"toString":1}',
  '[["x"]]',
  'true',
  `"${'x'.repeat(1_001)} "`,
];

const spoiltField = fc
  .tuple(fc.constantFrom(...Object.keys(NEEDED)), fc.nat(), fc.constantFrom(...NOWHERE_RIGHT))
  .map(([name, at, value]) => {
    const [whole, fields] = NEEDED[name] ?? [{}, []];
    const field = fields[at % fields.length] ?? 'key';
    const body = { id: `evil_${at}`, ...whole, [field]: '<here>' };
    return signal(
      `${name} with ${field} ${value}`,
      name,
      json(JSON.stringify(body).replace('"<here>"', value)),
    );
  });

const spoiltFact = fc
  .tuple(
    fc.constantFrom('type', 'paymentId', 'amountMinor', 'currency'),
    fc.constantFrom(...NOWHERE_RIGHT),
  )
  .map(([field, value]) => {
    const fact = {
      type: 'payment.captured',
      paymentId: 'p',
      amountMinor: AMOUNT,
      currency: CURRENCY,
    };
    const body = JSON.stringify({ id: 'evil', fact: { ...fact, [field]: '<here>' } });
    return signal(
      `a fact with ${field} ${value}`,
      'webhook',
      json(body.replace('"<here>"', value)),
    );
  });

const spoiltId = fc
  .tuple(fc.constantFrom(...OFFERED), fc.constantFrom(...NOWHERE_RIGHT), hostileValue)
  .map(([name, id, more]) =>
    signal(`${name} with id ${id}`, name, json(`{"more":${more},"id":${id}}`)),
  );

const ENCODINGS = [
  'json/plain',
  'json/protobuf',
  'binary/protobuf',
  'binary/plain',
  'binary/null',
  'binary/encrypted',
  'x/y',
  '',
  'JSON/PLAIN',
  'json/plain\0',
];

/** Bytes under any encoding; all are as wrong as the first, so even an honest one finds no signal. */
const spoiltBytes = fc
  .tuple(
    fc.constantFrom(...OFFERED),
    fc.constantFrom(...ENCODINGS),
    fc.uint8Array({ maxLength: 300 }),
  )
  .map(([name, encoding, bytes]) =>
    signal(`${name} in bytes, as ${encoding}`, name, encoded(encoding, bytes)),
  );

const withoutSense = fc
  .tuple(fc.constantFrom(...DEMANDING, ...UNKNOWN), hostileJson)
  .map(([name, text]) => signal(`${name} with ${text.slice(0, 40)}`, name, json(text)));

const ofOddForm = fc.constantFrom(...OFFERED).chain((name) =>
  fc.constantFrom(
    signal(`${name} with nothing`, name),
    signal(`${name} with a payload of nothing`, name, {}),
    signal(`${name} with metadata alone`, name, {
      metadata: { encoding: Buffer.from('json/plain') },
    }),
    signal(`${name} with data alone`, name, { data: Buffer.from('{"id":"x"}') }),
    signal(`${name} with an encoding of bytes`, name, {
      metadata: { encoding: Buffer.from([0xff, 0]) },
      data: Buffer.from('{}'),
    }),
    signal(`${name} with a first of two that is null`, name, json('null'), json('{"id":"x"}')),
    signal(`${name} sealed by nobody`, name, encoded('binary/encrypted', 'POE1\x02k1')),
  ),
);

const large = fc
  .tuple(fc.constantFrom(...DEMANDING), fc.integer({ min: 200_000, max: MAX_BYTES }), fc.boolean())
  .map(([name, size, isDeep]) => {
    const text = isDeep
      ? `${'['.repeat(size / 2)}${']'.repeat(size / 2)}`
      : `{"id":"${'x'.repeat(size)}"}`;
    return signal(`${name} of ${size} bytes${isDeep ? ', nested' : ''}`, name, json(text));
  });

export const hostileSignal: fc.Arbitrary<HostileSignal> = fc.oneof(
  { weight: 6, arbitrary: spoiltField },
  { weight: 6, arbitrary: spoiltFact },
  { weight: 4, arbitrary: spoiltId },
  { weight: 5, arbitrary: spoiltBytes },
  { weight: 6, arbitrary: withoutSense },
  { weight: 5, arbitrary: ofOddForm },
  { weight: 1, arbitrary: large },
);
