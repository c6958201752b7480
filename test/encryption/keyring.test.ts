import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  createKeyring,
  isSealed,
  TamperedError,
  UnknownKeyError,
} from '../../src/encryption/keyring.ts';

const OLD = { id: 'k2025', key: Buffer.alloc(32, 1) };
const NEW = { id: 'k2026', key: Buffer.alloc(32, 2) };
const SECRET = Buffer.from('sbx_pay_1 4999 INR');

describe('a keyring', () => {
  const keyring = createKeyring([NEW, OLD]);

  it('opens what it sealed, whatever it was', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (plain) => {
        assert.deepEqual(keyring.open(keyring.seal(plain)), Buffer.from(plain));
      }),
    );
  });

  it('seals with its first key, under a name that can be read, and shows nothing else', () => {
    const sealed = keyring.seal(SECRET);
    assert.ok(isSealed(sealed));
    assert.ok(sealed.includes('k2026'));
    assert.ok(!sealed.includes('sbx_pay'));
  });

  it('never seals the same bytes the same way twice', () => {
    assert.notDeepEqual(keyring.seal(SECRET), keyring.seal(SECRET));
  });

  it('opens what an older key sealed, as long as that key is configured', () => {
    const sealedBefore = createKeyring([OLD]).seal(SECRET);
    assert.deepEqual(keyring.open(sealedBefore), SECRET);
    assert.throws(() => createKeyring([NEW]).open(sealedBefore), UnknownKeyError);
  });

  it('opens nothing of which one bit was changed', () => {
    const sealed = keyring.seal(SECRET);
    for (let at = 0; at < sealed.length; at += 1) {
      const changed = Buffer.from(sealed);
      changed[at] = (changed[at] ?? 0) ^ 1;
      assert.throws(
        () => keyring.open(changed),
        (error) => error instanceof TamperedError || error instanceof UnknownKeyError,
      );
    }
  });

  it('opens nothing that was cut short or never sealed', () => {
    const sealed = keyring.seal(SECRET);
    for (let length = 0; length < sealed.length; length += 1)
      assert.throws(() => keyring.open(sealed.subarray(0, length)));
    assert.throws(() => keyring.open(SECRET), TamperedError);
  });
});
