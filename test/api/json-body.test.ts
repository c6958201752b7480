import assert from 'node:assert/strict';
import { readJsonObject } from '../../src/api/http/json-body.ts';
import { Problem } from '../../src/api/problems/problem.ts';

function refusal(text: string | Buffer): string {
  try {
    readJsonObject(Buffer.from(text));
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return 'taken';
}

describe('a JSON body', () => {
  it('is read as it stands', () => {
    const text = '{"a": [1, {"b": "x:{,\\"["}], "c": null, "d": "\\ud83d\\ude00"}';
    assert.deepEqual(readJsonObject(Buffer.from(text)), JSON.parse(text));
  });

  it('takes one key in two different objects', () => {
    assert.equal(refusal('{"a": {"id": 1}, "b": {"id": 2}, "c": [{"id": 3}, {"id": 4}]}'), 'taken');
  });

  it('takes a string that looks like a repeated key', () => {
    assert.equal(refusal('{"a": "\\"a\\":", "b": "a"}'), 'taken');
  });

  const refused: [string, string | Buffer, string][] = [
    ['an empty body', '', 'json_invalid'],
    ['cut short', '{"a": 1', 'json_invalid'],
    ['followed by something', '{} {}', 'json_invalid'],
    ['an array', '[]', 'json_invalid'],
    ['a number', '1', 'json_invalid'],
    ['null', 'null', 'json_invalid'],
    ['marked with a BOM', '\ufeff{}', 'json_invalid'],
    ['not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), 'json_invalid'],
    ['with a key twice', '{"a": 1, "a": 1}', 'json_duplicate_key'],
    ['with a key twice, spelt differently', '{"a": 1, "\\u0061": 2}', 'json_duplicate_key'],
    ['with a key twice further in', '{"x": [{"a": 1, "b": {}, "a": 2}]}', 'json_duplicate_key'],
    ['with __proto__', '{"x": {"__proto__": {}}}', 'json_forbidden_key'],
    ['with an escaped __proto__', '{"\\u005f_proto__": 1}', 'json_forbidden_key'],
    ['with constructor', '{"constructor": {}}', 'json_forbidden_key'],
    ['17 levels deep', `{"a":${'['.repeat(16)}${']'.repeat(16)}}`, 'json_too_complex'],
    ['of 1,001 values', `{"a":[${'1,'.repeat(1000)}1]}`, 'json_too_complex'],
  ];
  for (const [what, text, code] of refused)
    it(`that is ${what} is refused as ${code}`, () => assert.equal(refusal(text), code));

  it('may be 16 levels deep', () => {
    assert.equal(refusal(`{"a":${'['.repeat(15)}${']'.repeat(15)}}`), 'taken');
  });
});
