import assert from 'node:assert/strict';
import fc from 'fast-check';
import { copyOf } from '../../src/domain/copy.ts';
import { holds } from '../support/property.ts';

/** Everything that lies in a value, itself included, and is no plain value. */
function partsOf(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(partsOf)];
}

describe('a copy of plain JSON', () => {
  holds(
    'is the same as through text, and shares nothing with what was copied',
    fc.property(
      fc.json().map((text) => JSON.parse(text) as unknown),
      (value) => {
        const copy = copyOf(value);
        assert.equal(JSON.stringify(copy), JSON.stringify(value));
        const shared = new Set(partsOf(value));
        assert.ok(partsOf(copy).every((part) => !shared.has(part)));
      },
    ),
  );

  it('has a key that names a prototype as any other', () => {
    const copy = copyOf(JSON.parse('{"__proto__": {"polluted": [1]}}') as object);
    assert.deepEqual(Object.entries(copy), [['__proto__', { polluted: [1] }]]);
    assert.equal(Object.getPrototypeOf(copy), Object.prototype);
  });
});
