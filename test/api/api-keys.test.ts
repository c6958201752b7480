import assert from 'node:assert/strict';
import { createAuthenticate, requireScope } from '../../src/api/access/api-keys.ts';

const CLIENT = 'c'.repeat(32);
const OPS = 'o'.repeat(32);
const authenticate = createAuthenticate([
  { scope: 'client', secret: CLIENT },
  { scope: 'ops', secret: OPS },
]);

describe('an API key', () => {
  it('tells the caller and the scope', () => {
    assert.equal(authenticate(`Bearer ${CLIENT}`).scope, 'client');
    assert.equal(authenticate(`bearer ${OPS}`).scope, 'ops');
  });

  it('has an owner of its own, the same in every process, that is not the secret', () => {
    const { owner } = authenticate(`Bearer ${OPS}`);
    assert.notEqual(owner, authenticate(`Bearer ${CLIENT}`).owner);
    assert.equal(owner, createAuthenticate([{ scope: 'ops', secret: OPS }])(`Bearer ${OPS}`).owner);
    assert.ok(!owner.includes('oooo'));
  });

  it('is refused where another scope is needed, which the answer names', () => {
    requireScope(authenticate(`Bearer ${OPS}`), ['client', 'ops']);
    assert.throws(() => requireScope(authenticate(`Bearer ${CLIENT}`), ['support', 'ops']), {
      code: 'scope_insufficient',
      message: 'This key has the scope client: use one with the scope support or ops.',
    });
  });

  it('decides under its name, and without one under its id', () => {
    const [named, nameless] = ['n'.repeat(32), 'x'.repeat(32)];
    const known = createAuthenticate([
      { scope: 'support', name: 'anna', secret: named },
      { scope: 'support', secret: nameless },
    ]);
    assert.equal(known(`Bearer ${named}`).actor, 'anna');
    const { actor, owner } = known(`Bearer ${nameless}`);
    assert.equal(actor, owner);
  });

  it('keeps its owner when it gets a name, and so the answers under its idempotency keys', () => {
    const renamed = createAuthenticate([{ scope: 'ops', name: 'anna', secret: OPS }]);
    assert.equal(renamed(`Bearer ${OPS}`).owner, authenticate(`Bearer ${OPS}`).owner);
  });

  for (const wrong of ['', 'Bearer', 'Bearer ', `Basic ${CLIENT}`, CLIENT, `Bearer ${CLIENT}x`])
    it(`is not "${wrong.replace(CLIENT, '<key>')}"`, () => {
      assert.throws(() => authenticate(wrong), { code: 'credentials_invalid' });
    });

  it('is asked for where there is none', () => {
    assert.throws(() => authenticate(undefined), { code: 'credentials_missing' });
  });

  it('is refused where none is configured', () => {
    assert.throws(() => createAuthenticate([])('Bearer x'), { code: 'credentials_invalid' });
  });
});
