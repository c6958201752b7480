import assert from 'node:assert/strict';
import type { IncomingMessage } from 'node:http';
import {
  idempotencyKeyOf,
  isNoneMatch,
  requireJson,
  waitOf,
} from '../../src/api/http/request-headers.ts';

function message(...headers: [string, string][]): IncomingMessage {
  const joined = new Map<string, string>();
  for (const [name, value] of headers)
    joined.set(name, joined.has(name) ? `${joined.get(name)}, ${value}` : value);
  return { headers: Object.fromEntries(joined) } as unknown as IncomingMessage;
}

describe('Idempotency-Key', () => {
  const key = 'k'.repeat(16);

  it('is taken bare or quoted', () => {
    assert.equal(idempotencyKeyOf(message(['idempotency-key', key])), key);
    assert.equal(idempotencyKeyOf(message(['idempotency-key', `"${key}"`])), key);
  });

  it('may be absent', () => assert.equal(idempotencyKeyOf(message()), null));

  it('is taken with up to 255 characters', () => {
    const longest = 'k'.repeat(255);
    assert.equal(idempotencyKeyOf(message(['idempotency-key', longest])), longest);
  });

  // A quote on one side alone is a character of the key like any other.
  it('keeps a quote that is not closed', () => {
    for (const open of [`"${key}`, `${key}"`, `${key}"x"`])
      assert.equal(idempotencyKeyOf(message(['idempotency-key', open])), open);
  });

  const wrong = ['short', 'k'.repeat(256), `${key} x`, `${key}é`, '', `x "${key}"`, `"${key}" x`];
  for (const value of wrong)
    it(`is refused as "${value.slice(0, 20)}"`, () => {
      assert.throws(() => idempotencyKeyOf(message(['idempotency-key', value])), {
        code: 'idempotency_key_invalid',
      });
    });

  it('is refused when sent twice', () => {
    const twice = message(['idempotency-key', key], ['idempotency-key', key]);
    assert.throws(() => idempotencyKeyOf(twice), { code: 'idempotency_key_invalid' });
  });
});

describe('Prefer: wait', () => {
  const wait = (value: string) => waitOf(message(['prefer', value]));

  it('is five seconds when not said', () => {
    assert.deepEqual(waitOf(message()), { waitMs: 5000, applied: {} });
  });

  it('is taken in seconds and confirmed', () => {
    assert.deepEqual(wait('wait=10'), {
      waitMs: 10_000,
      applied: { 'preference-applied': 'wait=10' },
    });
    assert.equal(wait('respond-async, wait=0').waitMs, 0);
    assert.equal(wait('wait = 7').waitMs, 7_000);
  });

  it('ends at thirty', () => {
    assert.deepEqual(wait('wait=31').applied, { 'preference-applied': 'wait=30' });
  });

  it('is ignored when it cannot be read', () => {
    for (const value of ['wait=abc', 'wait=-1', 'wait', 'await=3', 'waiting=3'])
      assert.deepEqual(wait(value), { waitMs: 5000, applied: {} }, value);
  });
});

describe('Content-Type', () => {
  it('is JSON in UTF-8', () => {
    requireJson(message(['content-type', 'application/json']));
    requireJson(message(['content-type', 'application/json; charset=UTF-8']));
  });

  for (const value of ['', 'text/plain', 'application/json; charset=latin1', 'application/jsonx'])
    it(`is not "${value}"`, () => {
      assert.throws(() => requireJson(message(['content-type', value])), {
        code: 'content_type_unsupported',
      });
    });

  it('does not excuse an encoding', () => {
    const zipped = message(['content-type', 'application/json'], ['content-encoding', 'gzip']);
    assert.throws(() => requireJson(zipped), { code: 'content_encoding_unsupported' });
  });
});

describe('If-None-Match', () => {
  it('matches one of a list, weak or strong, or anything', () => {
    assert.ok(isNoneMatch('"v1", W/"v2"', '"v2"'));
    assert.ok(isNoneMatch('*', '"v2"'));
    assert.ok(!isNoneMatch('"v1"', '"v2"'));
    assert.ok(!isNoneMatch(undefined, '"v2"'));
    assert.ok(!isNoneMatch('"aW/v2"', '"av2"'));
  });
});
