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

  describe('with an end', () => {
    const at = Date.parse('2026-12-01T10:00:00Z');
    const [expiring, revoked, nameless] = ['e'.repeat(32), 'r'.repeat(32), 'n'.repeat(32)];
    const keys = [
      { scope: 'ops', name: 'anna', secret: expiring, end: { at, isRevoked: false } },
      { scope: 'ops', name: 'shop', secret: revoked, end: { at, isRevoked: true } },
      { scope: 'ops', secret: nameless, end: { at, isRevoked: false } },
    ] as const;
    const callAt = (now: number) => createAuthenticate(keys, () => now);

    it('lets its caller in until then, and says until when', () => {
      const { actor, expiresAt, isPerson } = callAt(at - 1)(`Bearer ${expiring}`);
      assert.deepEqual([actor, expiresAt, isPerson], ['anna', at, false]);
    });

    for (const [what, secret, message] of [
      [
        'has expired',
        expiring,
        /^The API key anna expired at 2026-12-01T10:00:00\.000Z\. Send the /,
      ],
      [
        'was revoked',
        revoked,
        /^The API key shop was revoked at 2026-12-01T10:00:00\.000Z\. Stop /,
      ],
      ['has no name', nameless, /^The API key [0-9a-f]{16} expired at /],
    ] as const)
      it(`says so from then on where it ${what}, with its name, when, and what to do`, () => {
        for (const now of [at, at + 86_400_000])
          assert.throws(() => callAt(now)(`Bearer ${secret}`), {
            code: 'api_key_expired',
            status: 401,
            message,
            caller: callAt(0)(`Bearer ${secret}`),
          });
      });

    it('is no answer to a secret that merely begins alike', () => {
      assert.throws(() => callAt(at)(`Bearer ${expiring}e`), { code: 'credentials_invalid' });
    });
  });

  it('is refused where none is configured', () => {
    assert.throws(() => createAuthenticate([])('Bearer x'), { code: 'credentials_invalid' });
  });
});
