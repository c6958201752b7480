/** Adyen's own OpenAPI schemas (`scripts/adyen-openapi.ts` says from where), by which both ends are checked. */
import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

interface Vendored {
  commit: string;
  /** By event code, the schema of a webhook. */
  bodies: Readonly<Record<string, string>>;
  checkout: Readonly<Record<string, object>>;
  webhooks: Readonly<Record<string, object>>;
}

const vendored = JSON.parse(
  readFileSync(new URL('./openapi.json', import.meta.url), 'utf8'),
) as Vendored;

// A format of OpenAPI such as int32 is none of JSON Schema's.
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema({ $id: 'checkout', components: { schemas: vendored.checkout } });
ajv.addSchema({ $id: 'webhooks', components: { schemas: vendored.webhooks } });

function validatorOf(file: 'checkout' | 'webhooks', name: string): ValidateFunction {
  const found = ajv.getSchema(`${file}#/components/schemas/${name}`);
  if (found === undefined) throw new Error(`Adyen's OpenAPI of ${file} has no ${name}`);
  return found;
}

/** What is wrong with a request or an answer; null where nothing is. */
export function wrongInCheckout(schema: string, value: unknown): string | null {
  return wrong(validatorOf('checkout', schema), value);
}

export function wrongInWebhook(eventCode: string, value: unknown): string | null {
  const schema = vendored.bodies[eventCode];
  if (schema === undefined) return `Adyen's OpenAPI has no ${eventCode}`;
  return wrong(validatorOf('webhooks', schema), value);
}

function wrong(validate: ValidateFunction, value: unknown): string | null {
  if (validate(value)) return null;
  return ajv.errorsText(validate.errors);
}
