/** JSON as it comes from enemies and broken clients: text, because half of it is not JSON at all. */
import fc from 'fast-check';

/** Numbers that read differently to different parsers, or to none. */
const NUMBERS = [
  '-0',
  '1e400',
  '-1e400',
  '9007199254740993',
  '1e-400',
  '0x10',
  '01',
  '+1',
  'NaN',
  '1.',
  '.5',
  '1_000',
  '0.1',
  '100000000',
];

const STRINGS = [
  '""',
  '"\\u0000"',
  '"\\ud800"',
  '"\\udc00\\ud800"',
  '"\u2028"',
  '"\\u202e"',
  '"\'; drop table orders; --"',
  '"{{7*7}}"',
  '"../../etc/passwd"',
  '"%s%n"',
  '"\\x41"',
  '"4111111111111111"',
];

const KEYS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  '\\u005f_proto__',
  '',
  '\\u0000',
  'id',
  'amount',
  'then',
  'toJSON',
  'length',
  'card_number',
];

const MAX_DEPTH_OF_NESTS = 400;

const leaf = fc.oneof(
  fc.constantFrom(...NUMBERS),
  fc.constantFrom(...STRINGS),
  fc.constantFrom('null', 'true', 'false', 'undefined', 'Infinity', '{', ']', ',', '\ufeff'),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => JSON.stringify(text)),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.double().map(String),
);

const key = fc
  .oneof(fc.constantFrom(...KEYS), fc.string({ maxLength: 12 }).map(innerText))
  .map((text) => `"${text}"`);

function innerText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

const { tree } = fc.letrec<{ tree: string }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 5, depthIdentifier: 'json' },
    leaf,
    fc.array(tie('tree'), { maxLength: 6 }).map((items) => `[${items.join(',')}]`),
    fc.array(fc.tuple(key, tie('tree')), { maxLength: 6 }).map(objectOf),
  ),
}));

function objectOf(entries: [string, string][]): string {
  return `{${entries.map(([name, value]) => `${name}:${value}`).join(',')}}`;
}

const nest = fc
  .tuple(
    fc.constantFrom('[', '{"a":'),
    fc.integer({ min: 15, max: MAX_DEPTH_OF_NESTS }),
    fc.boolean(),
  )
  .map(([open, depth, isClosed]) => {
    const close = open === '[' ? ']' : '}';
    return `{"a":${open.repeat(depth)}1${isClosed ? close.repeat(depth) : ''}}`;
  });

const crowd = fc
  .integer({ min: 900, max: 3_000 })
  .map((count) => `{"a":[${Array(count).fill('1').join(',')}]}`);

/** A text that some parser might take for JSON. */
export const hostileJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 8, arbitrary: tree },
  { weight: 4, arbitrary: fc.array(fc.tuple(key, tree), { maxLength: 8 }).map(objectOf) },
  { weight: 2, arbitrary: fc.json({ maxDepth: 4 }) },
  { weight: 1, arbitrary: nest },
  { weight: 1, arbitrary: crowd },
);

/** Values for one field of a body that is good otherwise. */
export const hostileValue: fc.Arbitrary<string> = tree;
