/**
 * Cuts out of PayPal's own OpenAPI files what its stand-in checks requests and answers by: the files themselves have a
 * megabyte. Run it with a clone of https://github.com/paypal/paypal-rest-api-specifications:
 *
 *     node --import tsx scripts/paypal-openapi.ts FOLDER COMMIT
 */
import { writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { z } from 'zod';

const TARGET = 'test/fakes/paypal/openapi.json';

/** The calls that are checked, by the file that has them. */
const CALLS = {
  checkout_orders_v2: [
    'post /v2/checkout/orders',
    'get /v2/checkout/orders/{id}',
    'patch /v2/checkout/orders/{id}',
    'post /v2/checkout/orders/{id}/capture',
    'post /v2/checkout/orders/{id}/authorize',
  ],
  payments_payment_v2: [
    'get /v2/payments/authorizations/{authorization_id}',
    'post /v2/payments/authorizations/{authorization_id}/capture',
    'post /v2/payments/authorizations/{authorization_id}/void',
    'get /v2/payments/captures/{capture_id}',
    'post /v2/payments/captures/{capture_id}/refund',
  ],
  customer_disputes_v1: ['get /v1/customer/disputes', 'get /v1/customer/disputes/{id}'],
  notifications_webhooks_v1: ['get /v1/notifications/webhooks'],
} as const;

const contentSchema = z.object({ 'application/json': z.object({ schema: z.unknown() }) });
const bodySchema = z.object({ content: contentSchema });
const operationSchema = z.object({
  requestBody: z.union([bodySchema, z.object({ $ref: z.string() })]).optional(),
  parameters: z.array(z.object({ $ref: z.string().optional(), name: z.string().optional() })),
  responses: z.record(z.string(), z.object({ content: contentSchema.optional() })),
});
const documentSchema = z.object({
  info: z.object({ version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())),
  components: z.object({
    schemas: z.record(z.string(), z.unknown()),
    parameters: z.record(z.string(), z.object({ name: z.string() })).optional(),
    requestBodies: z.record(z.string(), z.unknown()).optional(),
  }),
});
type Document = z.infer<typeof documentSchema>;

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

/** Request and answer of a call, and whether it knows of request ids. */
function callOf({ paths, components }: Document, call: string) {
  const [method = '', path = ''] = call.split(' ');
  const { requestBody, parameters, responses } = operationSchema.parse(paths[path]?.[method]);
  const body =
    requestBody !== undefined && '$ref' in requestBody
      ? bodySchema.parse(components.requestBodies?.[nameOf(requestBody.$ref)])
      : requestBody;
  const answer = responses['200'] ?? responses['201'];
  const names = parameters.map(
    ({ $ref = '', name }) => name ?? components.parameters?.[nameOf($ref)]?.name,
  );
  return {
    request: withoutWords(body?.content['application/json'].schema ?? null),
    answer: withoutWords(answer?.content?.['application/json'].schema ?? null),
    takesRequestId: names.includes('PayPal-Request-Id'),
  };
}

function nameOf(reference: string): string {
  return reference.split('/').at(-1) ?? '';
}

function withAll(schemas: Document['components']['schemas'], text: string) {
  const taken = new Map<string, unknown>();
  const waiting = namesIn(text);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (taken.has(name)) continue;
    const schema = withoutWords(schemas[name]);
    taken.set(name, schema);
    waiting.push(...namesIn(JSON.stringify(schema)));
  }
  return Object.fromEntries([...taken].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function namesIn(text: string): string[] {
  return [...text.matchAll(REFERENCE)].map(([, name = '']) => name);
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

const files = await Promise.all(
  Object.entries(CALLS).map(async ([name, names]) => {
    const text = await git('show', `${commit}:openapi/${name}.json`);
    const document = documentSchema.parse(JSON.parse(text));
    const calls = Object.fromEntries(names.map((call) => [call, callOf(document, call)]));
    const schemas = withAll(document.components.schemas, JSON.stringify(calls));
    return [name, { version: document.info.version, calls, schemas }] as const;
  }),
);
const vendored = {
  source: 'https://github.com/paypal/paypal-rest-api-specifications',
  commit: (await git('rev-parse', commit)).trim(),
  committedAt: (await git('show', '-s', '--format=%cs', commit)).trim(),
  files: Object.fromEntries(files),
};
await writeFile(TARGET, `${JSON.stringify(vendored)}\n`);
console.log(`${TARGET}: ${vendored.commit} of ${vendored.committedAt}`);
