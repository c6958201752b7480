/**
 * Cuts out of Adyen's own OpenAPI files what its stand-in checks requests and webhooks by: the files themselves have more
 * than a megabyte. Run it with a clone of https://github.com/Adyen/adyen-openapi:
 *
 *     node --import tsx scripts/adyen-openapi.ts FOLDER COMMIT
 */
import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { z } from 'zod';

const TARGET = 'test/fakes/adyen/openapi.json';

/** The schemas that are checked against, by the file that has them; what they refer to comes along. */
const ROOTS = {
  'CheckoutService-v72': [
    'PaymentMethodsRequest',
    'PaymentLinkRequest',
    'PaymentLinkResponse',
    'UpdatePaymentLinkRequest',
    'PaymentCaptureRequest',
    'PaymentCaptureResponse',
    'PaymentCancelRequest',
    'PaymentCancelResponse',
    'StandalonePaymentCancelRequest',
    'StandalonePaymentCancelResponse',
    'PaymentRefundRequest',
    'PaymentRefundResponse',
    'ServiceError',
  ],
  'Webhooks-v1': [],
} as const;

const documentSchema = z.object({
  webhooks: z.record(z.string(), z.unknown()).optional(),
  paths: z.record(z.string(), z.unknown()).optional(),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});
type Document = z.infer<typeof documentSchema>;

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;
/** Of a webhook: the schema of its body. */
const BODY = /"requestBody":.*?"schema":\{"\$ref":"#\/components\/schemas\/([^"]+)"/;

/** The event codes that Payonce reads. */
const EVENT_CODES = [
  'AUTHORISATION',
  'CANCELLATION',
  'CANCEL_OR_REFUND',
  'CAPTURE',
  'CAPTURE_FAILED',
  'CHARGEBACK',
  'CHARGEBACK_REVERSED',
  'EXPIRE',
  'ISSUER_RESPONSE_TIMEFRAME_EXPIRED',
  'NOTIFICATION_OF_CHARGEBACK',
  'NOTIFICATION_OF_FRAUD',
  'OFFER_CLOSED',
  'PREARBITRATION_LOST',
  'PREARBITRATION_OPEN',
  'PREARBITRATION_WON',
  'REFUND',
  'REFUNDED_REVERSED',
  'REFUND_FAILED',
  'REQUEST_FOR_INFORMATION',
  'SECOND_CHARGEBACK',
  'TECHNICAL_CANCEL',
];

function withAll(schemas: Document['components']['schemas'], roots: readonly string[]) {
  const taken = new Map<string, unknown>();
  const waiting = [...roots];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (taken.has(name)) continue;
    const schema = withoutWords(schemas[name]);
    taken.set(name, schema);
    for (const [, found = ''] of JSON.stringify(schema).matchAll(REFERENCE)) waiting.push(found);
  }
  return Object.fromEntries([...taken].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Descriptions and examples check nothing. */
function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(
    ([key, inner]) =>
      !((key === 'description' || key === 'title') && typeof inner === 'string') &&
      key !== 'example' &&
      !key.startsWith('x-'),
  );
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutWords(inner)]));
}

const [folder = '', commit = 'HEAD'] = process.argv.slice(2);
const git = async (...args: string[]): Promise<string> =>
  (await execa('git', ['-C', folder, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;
const load = async (name: string): Promise<Document> =>
  documentSchema.parse(JSON.parse(await git('show', `${commit}:json/${name}.json`)));

const [checkout, webhooks] = await Promise.all(Object.keys(ROOTS).map(load));
if (checkout === undefined || webhooks === undefined) throw new Error('two files are needed');
const posts = webhooks.webhooks ?? webhooks.paths ?? {};
const bodies = Object.fromEntries(
  EVENT_CODES.map((code) => [
    code,
    BODY.exec(JSON.stringify(posts[`/${code}`] ?? posts[code]))?.[1] ?? '',
  ]),
);
const vendored = {
  source: 'https://github.com/Adyen/adyen-openapi',
  commit: (await git('rev-parse', commit)).trim(),
  files: Object.keys(ROOTS),
  bodies,
  checkout: withAll(checkout.components.schemas, ROOTS['CheckoutService-v72']),
  webhooks: withAll(webhooks.components.schemas, Object.values(bodies)),
};
await writeFile(TARGET, `${JSON.stringify(vendored)}\n`);
console.log(`${TARGET}: ${vendored.commit}`);
