/**
 * Keeps secrets of a configuration out of whatever prints it: JSON, `console.log`, an error's details.
 * What the program itself reads is unchanged.
 */
import { inspect } from 'node:util';

/** What stands in a secret's place. */
export const REDACTED = '[redacted]';

/** Addresses are among them: they may hold a password, or a token in their path. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'secret',
  'secretKey',
  'keySecret',
  'webhookSecrets',
  'key',
  'token',
  'databaseUrl',
  'crmUrl',
  'accessUrl',
]);

/** Makes the object, and all in it, show `[redacted]` where a secret is. */
export function redacting<T extends object>(value: T): T {
  for (const [name, inner] of Object.entries(value)) {
    if (typeof inner !== 'object' || inner === null) continue;
    if (SECRET_FIELDS.has(name)) showAs(inner, () => REDACTED);
    else redacting(inner);
  }
  return showAs(value, () => (Array.isArray(value) ? [...value] : withoutSecrets(value)));
}

function withoutSecrets(value: object): object {
  const shown = Object.entries(value).map(([name, inner]) => [
    name,
    SECRET_FIELDS.has(name) ? REDACTED : inner,
  ]);
  return Object.fromEntries(shown);
}

/** Not enumerable, so that comparing and spreading see the plain object. */
function showAs<T extends object>(value: T, show: () => unknown): T {
  return Object.defineProperties(value, {
    toJSON: { value: show },
    [inspect.custom]: { value: show },
  });
}
