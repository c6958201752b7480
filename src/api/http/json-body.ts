/**
 * Reads a request body as JSON, once, at the edge. It takes less than JSON.parse does: whatever two
 * parsers could read differently, or a database could not store, is refused here.
 */
import { Problem } from '../problems/problem.ts';

/** No document of this API is deeper than 3; deeper ones are made to exhaust a stack. */
const MAX_DEPTH = 16;
/** Metadata has at most 50 keys; this many values are made to exhaust memory. */
const MAX_VALUES = 1_000;
/** Names that reach the prototype when an object is copied carelessly. */
const FORBIDDEN_KEYS = new Set(['__proto__', 'constructor', 'prototype']);
/** Strings whole, so that braces inside them are not counted; then what opens, closes and separates. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export type JsonObject = Record<string, unknown>;

/** @throws Problem `json_invalid`, `json_too_complex`, `json_forbidden_key` or `json_duplicate_key`. */
export function readJsonObject(raw: Buffer): JsonObject {
  const text = decode(raw);
  const value = parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new Problem('json_invalid', { detail: 'The top level must be a JSON object.' });
  checkKeys(text);
  return value as JsonObject;
}

function decode(raw: Buffer): string {
  if (raw.length === 0)
    throw new Problem('json_invalid', {
      detail: 'The body is empty: send a JSON object, {} at least.',
    });
  try {
    return decoder.decode(raw);
  } catch {
    throw new Problem('json_invalid', { detail: 'The body is not UTF-8: encode it as UTF-8.' });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem('json_invalid', { detail: 'The body is not JSON: send one JSON object.' });
  }
}

/** One open container; an array has no keys. */
type Container = Set<string> | null;

/** Walks the tokens of a text that is known to be JSON. */
function checkKeys(text: string): void {
  const open: Container[] = [];
  let values = 0;
  let previous = '';
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === '{' || token === '[') open.push(token === '{' ? new Set() : null);
    if (token === '}' || token === ']') open.pop();
    if (token === ':') addKey(open.at(-1), previous);
    if (token === ',' || token === '{' || token === '[') values += 1;
    if (open.length > MAX_DEPTH || values > MAX_VALUES) throw new Problem('json_too_complex');
    previous = token;
  }
}

/** Keys are compared as they read, not as they are spelt: `"a"` and `"\u0061"` are one key. */
function addKey(keys: Container | undefined, spelt: string): void {
  const key = JSON.parse(spelt) as string;
  if (FORBIDDEN_KEYS.has(key)) throw new Problem('json_forbidden_key');
  if (keys?.has(key)) throw new Problem('json_duplicate_key');
  keys?.add(key);
}
