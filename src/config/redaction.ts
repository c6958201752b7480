/**
 * Keeps the values of secret variables out of whatever prints a configuration: JSON, `console.log`, an error's
 * details. They are found by value, wherever in it they lie. What the program itself reads is unchanged.
 */
import { inspect } from 'node:util';
import type { Variables } from './variable.ts';
import { VARIABLES } from './variables.ts';

/** What stands in a secret's place. */
const REDACTED = '[redacted]';

/** Makes the configuration, and all in it, show `[redacted]` where a value of a secret variable is. */
export function redacting<T extends object>(
  config: T,
  settings: object,
  table: Variables = VARIABLES,
): T {
  const secrets = new Set<unknown>();
  for (const [name, { about }] of Object.entries(table))
    if (about.secret && name in settings)
      collect(settings[name as keyof typeof settings], about.shown ?? [], secrets);
  SECRETS.set(config, secrets);
  return hide(config, secrets);
}

const SECRETS = new WeakMap<object, ReadonlySet<unknown>>();

/** The values of a configuration's secrets as text, for what must never write one. */
export function secretValuesOf(config: object): string[] {
  return [...(SECRETS.get(config) ?? [])].map((value) =>
    Buffer.isBuffer(value) ? value.toString('base64') : String(value),
  );
}

/** Texts and keys within a value, but for the fields of its entries that may be shown. */
function collect(value: unknown, shown: readonly string[], into: Set<unknown>): void {
  if (typeof value === 'string' || Buffer.isBuffer(value)) into.add(value);
  else if (typeof value === 'object' && value !== null)
    for (const [field, inner] of Object.entries(value))
      if (!shown.includes(field)) collect(inner, shown, into);
}

function hide<T extends object>(value: T, secrets: ReadonlySet<unknown>): T {
  if (secrets.has(value)) return showAs(value, () => REDACTED);
  for (const inner of Object.values(value))
    if (typeof inner === 'object' && inner !== null) hide(inner, secrets);
  const shownOf = (inner: unknown) => (secrets.has(inner) ? REDACTED : inner);
  return showAs(value, () =>
    Array.isArray(value)
      ? value.map(shownOf)
      : Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shownOf(inner)])),
  );
}

/**
 * Not enumerable, so that comparing and spreading see the plain object. One list may lie in two places of a
 * configuration, and is then made to show itself twice.
 */
function showAs<T extends object>(value: T, show: () => unknown): T {
  return Object.defineProperties(value, {
    toJSON: { value: show, configurable: true },
    [inspect.custom]: { value: show, configurable: true },
  });
}
