/** PayPal's own OpenAPI schemas (`scripts/paypal-openapi.ts` says from where), by which both ends are checked. */
import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';

interface Vendored {
  commit: string;
  files: Readonly<
    Record<
      string,
      { calls: Readonly<Record<string, Call>>; schemas: Readonly<Record<string, object>> }
    >
  >;
}

interface Call {
  request: { $ref: string } | null;
  answer: { $ref: string } | null;
  takesRequestId: boolean;
}

const vendored = JSON.parse(
  readFileSync(new URL('./openapi.json', import.meta.url), 'utf8'),
) as Vendored;

// Formats are PayPal's own, and none of JSON Schema's; its patterns have braces that are no pattern of Unicode's.
const ajv = new Ajv({
  strict: false,
  validateFormats: false,
  unicodeRegExp: false,
  allErrors: true,
});
const calls = Object.entries(vendored.files).flatMap(([file, { calls: ofFile, schemas }]) => {
  ajv.addSchema({ $id: file, components: { schemas } });
  return Object.entries(ofFile).map(([name, call]) => ({ file, name, ...call }));
});

interface Exchanged {
  method: string;
  path: string;
  headers: Readonly<Record<string, unknown>>;
  body: unknown;
  answer: { status: number; body: unknown };
}

/** What is wrong with a call and its answer; empty where nothing is. */
export function wrongIn({ method, path, headers, body, answer }: Exchanged): string[] {
  const called = `${method.toLowerCase()} ${path}`;
  const call = calls.find(({ name }) => patternOf(name).test(called));
  if (call === undefined) return [`PayPal's OpenAPI has no ${called}`];
  const { file, name, request, takesRequestId } = call;
  const key = headers['paypal-request-id'];
  return [
    ...(key !== undefined && !takesRequestId ? [`${name} lists no PayPal-Request-Id`] : []),
    ...(request === null ? [] : wrong(file, request.$ref, body, `${name}, its request`)),
    ...(call.answer === null || answer.status >= 300 || answer.body === null
      ? []
      : wrong(file, call.answer.$ref, answer.body, `${name}, its answer`)),
  ];
}

function patternOf(name: string): RegExp {
  return new RegExp(`^${name.replaceAll(/\{\w+\}/g, '[A-Z0-9-]+')}$`);
}

function wrong(file: string, reference: string, value: unknown, what: string): string[] {
  const validate = ajv.getSchema(file + reference);
  if (validate === undefined) throw new Error(`PayPal's OpenAPI of ${file} has no ${reference}`);
  return validate(value) ? [] : [`${what}: ${ajv.errorsText(validate.errors)}`];
}
