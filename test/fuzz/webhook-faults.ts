/** What can be wrong with a webhook after it was signed: none of it may ever reach an order. */
import fc from 'fast-check';
import { type Fault, fault, withHeader, withoutHeader } from './draft.ts';
import { HOPELESS_HEADS } from './framing-faults.ts';
import { CANARY } from './target-faults.ts';
import { type GatewayName, type Signing, signatureHeaderOf } from './webhook-drafts.ts';

type Rewrite = (value: string) => string;

/** The header as it is, rewritten. */
function rewritten(what: string, name: string, rewrite: Rewrite, isFatal = true): Fault {
  return fault(`${name} ${what}`, isFatal, (draft) => {
    const value = draft.headers.find(([given]) => given === name)?.[1] ?? '';
    return withHeader(draft, name, rewrite(value));
  });
}

/** The first digit of the last signature in the header. */
const otherDigit: Rewrite = (value) =>
  value.replace(
    /(.*(?:v1[,=]|^))(.)/,
    (_all, before, digit) => before + (digit === 'a' ? 'b' : 'a'),
  );

const SIGNATURES: [string, Rewrite][] = [
  ['is empty', () => ''],
  ['is something else', () => CANARY],
  ['is cut off', (value) => value.slice(0, -8)],
  ['has another digit', otherDigit],
  ['has digits that are none', (value) => value.replace(/.{6}$/, 'zz!*zz')],
  ['is of another version', (value) => value.replace(/v1|^/, 'v9')],
  ['is very long', (value) => `${value}${'0'.repeat(8_000)}`],
  ['comes in NULs', () => '\0'.repeat(64)],
  ['is all zeros', (value) => value.replace(/[0-9A-Za-z+/=]{40,}/, '0'.repeat(64))],
  ['is of a hundred', (value) => Array(100).fill(value.replace(/.$/, '_')).join(' ')],
];

const TIMES = [
  '0',
  '-1',
  '1e9',
  'NaN',
  '99999999999',
  '',
  ' 1 ',
  '0x5f5e100',
  '1795000000000000000000',
  '１２３',
];

/** Where a gateway signs its time, in a header of its own or inside the signature's. */
function times(gateway: GatewayName): Fault[] {
  if (gateway === 'razorpay') return [];
  if (gateway === 'sandbox')
    return TIMES.map((time) => rewritten(`is ${time}`, 'webhook-timestamp', () => time));
  return TIMES.map((time) =>
    rewritten(`says t=${time}`, 'stripe-signature', (value) => value.replace(/t=\d+/, `t=${time}`)),
  );
}

function elsewhere(gateway: GatewayName): Fault[] {
  const other = gateway === 'stripe' ? 'sandbox' : 'stripe';
  return [
    other,
    'acme',
    '__proto__',
    'constructor',
    'toString',
    `${gateway}%00`,
    `${gateway}/`,
    '%zz',
    '..',
    '',
  ].map((name) =>
    fault(`sent to ${name}`, true, (draft) => ({ ...draft, path: `/webhooks/${name}` })),
  );
}

const BODIES: Fault[] = [
  fault('a space more', true, (draft) => ({
    ...draft,
    body: Buffer.concat([draft.body, Buffer.from(' ')]),
  })),
  fault('a byte less', true, (draft) => ({ ...draft, body: draft.body.subarray(1) })),
  fault('another amount', true, (draft) => ({
    ...draft,
    body: Buffer.from(`${draft.body} `.replace(/\d/, '7')),
  })),
  fault('no body', true, (draft) => ({ ...draft, body: Buffer.alloc(0) })),
];

/** As JSON has them between quotes: what a database, Temporal or a path could choke on. */
const ODD_ORDER_IDS = [
  '',
  ' ',
  '\\u0000',
  'ord_\\u0000x',
  '\\ud800',
  '\\u2028',
  '..',
  '../../ord_1',
  '__proto__',
  'a/b?c#d',
  'é'.repeat(70),
  'x'.repeat(300),
  'x'.repeat(5_000),
];

/** Signed, and about an order that cannot be. */
export const oddOrderId: fc.Arbitrary<Fault> = fc.constantFrom(...ODD_ORDER_IDS).map((id) =>
  fault(`about order "${id.slice(0, 20)}"`, false, (draft) => ({
    ...draft,
    body: Buffer.from(draft.body.toString().replaceAll(/ord_[0-9a-f]{20}/g, () => id)),
  })),
);

/** Whatever breaks the tie between a body and its signature. */
export function tampering(gateway: GatewayName): fc.Arbitrary<Fault> {
  const header = signatureHeaderOf(gateway);
  const ids: Fault[] =
    gateway === 'sandbox' ? [rewritten('is another', 'webhook-id', () => 'evt_other')] : [];
  return fc.constantFrom(
    ...SIGNATURES.map(([what, rewrite]) => rewritten(what, header, rewrite)),
    fault('no signature', true, (draft) => withoutHeader(draft, header)),
    fault('two signatures', true, (draft) => ({
      ...draft,
      headers: [...draft.headers, [header, CANARY]],
    })),
    ...times(gateway),
    ...ids,
    ...elsewhere(gateway),
    ...BODIES,
    ...HOPELESS_HEADS,
  );
}

/** Signed in form, by somebody else or at another time. */
export function wrongSigning(gateway: GatewayName): fc.Arbitrary<Signing> {
  const another = { offS: 0, secret: `whsec_${Buffer.alloc(32, 9).toString('base64')}` };
  const off = [-301, -86_400, 310, 86_400].map((offS) => ({ offS }));
  return fc.constantFrom(another, ...(gateway === 'razorpay' ? [] : off));
}
