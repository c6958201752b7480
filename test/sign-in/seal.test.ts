import assert from 'node:assert/strict';
import { createSeal } from '../../src/sign-in/seal.ts';

const [OLD, NEW] = ['o'.repeat(32), 'n'.repeat(32)];
const soon = () => Date.now() + 60_000;

describe('what a browser keeps', () => {
  const seal = createSeal('session', [NEW, OLD]);

  it('opens as it was, and cannot be read', async () => {
    const sealed = await seal.close({ actor: 'anna' }, soon());
    assert.equal((await seal.open(sealed))?.actor, 'anna');
    assert.doesNotMatch(Buffer.from(sealed.replaceAll('.', ''), 'base64url').toString(), /anna/);
  });

  it('does not open after its end', async () => {
    const sealed = await seal.close({}, Date.now() - 1_000);
    assert.equal(await seal.open(sealed), null);
  });

  it('does not open where anything in it was changed', async () => {
    const sealed = await seal.close({ scope: 'support' }, soon());
    for (let at = 0; at < sealed.length; at += 7) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`;
      assert.equal(await seal.open(changed), null, `at ${at}`);
    }
  });

  it('opens with the secret from before, and no more once that is gone', async () => {
    const before = await createSeal('session', [OLD]).close({ actor: 'anna' }, soon());
    assert.equal((await seal.open(before))?.actor, 'anna');
    assert.equal(await createSeal('session', [NEW]).open(before), null);
  });

  it('does not open as something else: an attempt is no session', async () => {
    const attempt = await createSeal('sign-in', [NEW]).close({ scope: 'ops' }, soon());
    assert.equal(await seal.open(attempt), null);
  });

  it('does not open where it was never sealed', async () => {
    const head = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    for (const text of ['', 'x', '....', `${head}.e30.`, `${head}....`, 'a'.repeat(9_000)])
      assert.equal(await seal.open(text), null, text.slice(0, 20));
  });
});
