import assert from 'node:assert/strict';
import { personOf } from '../../src/sign-in/person.ts';
import { SignInError } from '../../src/sign-in/sign-in-error.ts';

const MAPPING = {
  issuer: 'https://login.example',
  roles: [
    { scope: 'support', value: 'helpdesk' },
    { scope: 'ops', value: 'payments:admins' },
  ],
  rolesClaim: 'groups',
  nameClaim: 'preferred_username',
  takenNames: ['nightly-import'],
} as const;

const ANNA = { sub: 'p1', preferred_username: 'anna' };

function refusalOf(claims: object, mapping: object = {}): SignInError {
  try {
    personOf({ ...ANNA, ...claims }, { ...MAPPING, ...mapping });
  } catch (error) {
    assert.ok(error instanceof SignInError);
    assert.equal(error.failure, 'refused');
    return error;
  }
  throw new Error('was let in');
}

const scopeOf = (claims: object, mapping: object = {}) =>
  personOf({ ...ANNA, ...claims }, { ...MAPPING, ...mapping }).scope;

describe('a person', () => {
  it('has the scope of the role, and the greater one of two', () => {
    assert.equal(scopeOf({ groups: ['sales', 'helpdesk'] }), 'support');
    assert.equal(scopeOf({ groups: ['helpdesk', 'payments:admins'] }), 'ops');
  });

  it('has roles in a list or as one text', () => {
    assert.equal(scopeOf({ groups: 'helpdesk' }), 'support');
  });

  it('has roles within another claim, or in one whose name has dots', () => {
    const realm = { realm_access: { roles: ['helpdesk'] } };
    assert.equal(scopeOf(realm, { rolesClaim: 'realm_access.roles' }), 'support');
    const name = 'https://payonce.example/roles';
    assert.equal(scopeOf({ [name]: ['helpdesk'] }, { rolesClaim: name }), 'support');
  });

  it('is refused under the name of an API key, as nobody could tell who has decided', () => {
    const { reason, message } = refusalOf({
      groups: 'helpdesk',
      preferred_username: 'nightly-import',
    });
    assert.equal(reason, 'name_taken');
    assert.match(message, /API key is called nightly-import.*give the key another name/);
  });

  for (const [what, groups] of [
    ['no role that is mapped', ['sales']],
    ['a role that is written otherwise', ['Helpdesk', 'helpdesk ', '/helpdesk']],
    ['no roles at all', undefined],
    ['an empty list of roles', []],
    ['roles that are no texts', [{ helpdesk: true }, 1, null]],
    ['roles in another form', { helpdesk: true }],
  ] as const)
    it(`with ${what} is refused, and told whom to ask for what`, () => {
      const { message } = refusalOf({ groups });
      assert.match(message, /^You are anna.*no role here: ask.*OIDC_ROLES.*claim groups/);
    });

  it('gets no role by a claim that objects have by themselves', () => {
    for (const rolesClaim of ['constructor.name', '__proto__.x', 'toString'])
      refusalOf({}, { rolesClaim, roles: [{ scope: 'ops', value: 'Object' }] });
  });

  it('without a name that decisions can be kept under is refused, and told of the setting', () => {
    for (const preferred_username of [
      undefined,
      '',
      'anna@example.org',
      'Anna Smith',
      'anna\n',
      'a'.repeat(65),
      ['anna'],
    ])
      assert.match(
        refusalOf({ preferred_username, groups: ['payments:admins'] }).message,
        /preferred_username.*OIDC_NAME_CLAIM/,
      );
  });

  it('stays the same when the name changes, and is another one at another provider', () => {
    const ownerOf = (claims: object, mapping: object = {}) =>
      personOf({ ...ANNA, groups: 'helpdesk', ...claims }, { ...MAPPING, ...mapping }).owner;
    assert.match(ownerOf({}), /^[0-9a-f]{16}$/);
    assert.equal(ownerOf({ preferred_username: 'anna.b' }), ownerOf({}));
    assert.notEqual(ownerOf({ sub: 'p2' }), ownerOf({}));
    assert.notEqual(ownerOf({}, { issuer: 'https://other.example' }), ownerOf({}));
  });
});
