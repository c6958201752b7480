/** What is believed of a provider's answers, and what is said of those that are not. */
import assert from 'node:assert/strict';
import getPort from 'get-port';
import { createProvider } from '../../src/sign-in/provider.ts';
import { SignInError, type SignInFailure } from '../../src/sign-in/sign-in-error.ts';
import { CLIENT_ID, type Issuer, openIssuer } from './issuer.ts';

const SECRET = 'the secret: of+the/client';

describe('a provider', () => {
  let issuer: Issuer;

  beforeEach(async () => {
    issuer = await openIssuer();
    issuer.manner.claims = { preferred_username: 'anna', groups: ['helpdesk'] };
  });
  afterEach(() => issuer.close());

  const provider = (at = issuer.url) =>
    createProvider({
      issuer: at,
      clientId: CLIENT_ID,
      clientSecret: SECRET,
      scopes: 'openid profile',
      roles: [],
      rolesClaim: 'groups',
      nameClaim: 'preferred_username',
      consoleUrl: 'http://127.0.0.1:3000',
    });

  /** Asks, and brings back an answer with its code and state. */
  async function claims(change: { state?: string; nonce?: string; more?: object } = {}) {
    const asked = provider();
    const { question } = await asked.ask();
    issuer.manner.nonce = change.nonce ?? question.nonce;
    const state = change.state ?? question.state;
    return asked.claimsBy(new URLSearchParams({ code: 'c', state, ...change.more }), question);
  }

  async function fails(run: () => Promise<unknown>, failure: SignInFailure, words: RegExp) {
    await assert.rejects(run, (error) => {
      assert.ok(error instanceof SignInError, String(error));
      assert.equal(error.failure, failure, error.message);
      assert.match(error.message, words);
      assert.match(error.reason, /^[A-Za-z_0-9]+$/);
      return true;
    });
  }

  const nowS = () => Math.floor(Date.now() / 1000);

  it('is asked for a code with PKCE, state and nonce, and with the scopes that are set', async () => {
    const { url, question } = await provider().ask();
    const asked = Object.fromEntries(url.searchParams);
    assert.equal(url.origin + url.pathname, `${issuer.url}/authorize`);
    assert.deepEqual(
      [asked.response_type, asked.client_id, asked.scope, asked.code_challenge_method],
      ['code', CLIENT_ID, 'openid profile', 'S256'],
    );
    assert.deepEqual([asked.state, asked.nonce], [question.state, question.nonce]);
    assert.ok(asked.code_challenge && asked.code_challenge !== question.verifier);
    assert.equal(asked.redirect_uri, 'http://127.0.0.1:3000/console/session/callback');
  });

  it('is believed where all belongs together', async () => {
    const { sub, preferred_username } = await claims();
    assert.deepEqual([sub, preferred_username], ['p1', 'anna']);
  });

  // sonar-auth-oidc#39: Okta, among others, puts groups there alone.
  it('is asked for user info where the token lacks the name or the groups', async () => {
    issuer.manner.claims = { preferred_username: 'anna' };
    issuer.manner.userInfo = { groups: ['helpdesk'], preferred_username: 'somebody.else' };
    const { groups, preferred_username } = await claims();
    assert.deepEqual([groups, preferred_username], [['helpdesk'], 'anna']);
  });

  // coder#6922: some answer it with an error, and are not to be asked in vain.
  it('is not asked for user info where the token has both', async () => {
    issuer.manner.statuses = { '/userinfo': 500 };
    assert.equal((await claims()).sub, 'p1');
  });

  it('is not believed where user info is about somebody else', async () => {
    issuer.manner.claims = {};
    issuer.manner.userInfo = { sub: 'p2', groups: ['payments'] };
    await assert.rejects(claims(), SignInError);
  });

  for (const [what, claimed] of [
    ['of another issuer', { iss: 'https://other.example' }],
    ['for another client', { aud: 'another-client' }],
    ['for several clients, of whom another was meant', { aud: [CLIENT_ID, 'x'], azp: 'x' }],
  ] as const)
    it(`is not believed with a token ${what}`, async () => {
      Object.assign(issuer.manner.claims, claimed);
      await fails(() => claims(), 'invalid', /Sign in again/);
    });

  it('is not believed with another state or nonce, and the state is checked before it is asked', async () => {
    await fails(() => claims({ state: 'other' }), 'invalid', /does not belong.*Sign in again/);
    assert.equal(issuer.tokenRequests.length, 0);
    await fails(() => claims({ nonce: 'other' }), 'invalid', /does not belong.*Sign in again/);
  });

  it('is not believed with the answer of another provider', async () => {
    const more = { iss: 'https://other.example' };
    await fails(() => claims({ more }), 'invalid', /does not belong/);
    assert.equal(issuer.tokenRequests.length, 0);
  });

  it('is not believed with a token that somebody else has signed', async () => {
    issuer.manner.isForger = true;
    await assert.rejects(claims(), SignInError);
  });

  it('may have a clock that is half a minute off, and no more', async () => {
    for (const [iat, exp] of [
      [nowS() + 20, nowS() + 320],
      [nowS() - 320, nowS() - 20],
    ] as const) {
      Object.assign(issuer.manner.claims, { iat, exp });
      assert.equal((await claims()).sub, 'p1');
    }
    for (const [iat, exp] of [
      [nowS() + 60, nowS() + 360],
      [nowS() - 360, nowS() - 60],
    ] as const) {
      Object.assign(issuer.manner.claims, { iat, exp });
      await fails(() => claims(), 'unavailable', /clocks.*30 seconds apart.*NTP/);
    }
  });

  it('is given the secret in the way that it names, and by default as Basic', async () => {
    await claims();
    issuer.manner.metadata = { token_endpoint_auth_methods_supported: undefined };
    await claims();
    // goauthentik/authentik#20779: it did not decode what Basic has to encode.
    const both = ['client_secret_basic', 'client_secret_post'];
    issuer.manner.metadata = { token_endpoint_auth_methods_supported: both };
    await claims();
    const [post, basic, choice] = issuer.tokenRequests;
    for (const one of [post, choice])
      assert.deepEqual([one?.body.get('client_secret'), one?.authorization], [SECRET, undefined]);
    assert.equal(basic?.body.get('client_secret'), null);
    const [, encoded = ''] = /^Basic (.+)$/.exec(basic?.authorization ?? '') ?? [];
    const [, given = ''] = Buffer.from(encoded, 'base64').toString().split(':');
    assert.equal(decodeURIComponent(given.replaceAll('+', ' ')), SECRET);
  });

  it('that does not take the secret, and says so by a challenge, is no provider that is away', async () => {
    issuer.manner.statuses = { '/token': 401 };
    for (const [challenge, reason] of [
      ['Basic realm="x", error="invalid_client"', 'invalid_client'],
      ['Basic realm="x"', 'unauthorized'],
    ] as const) {
      issuer.manner.headers = { '/token': { 'www-authenticate': challenge } };
      await fails(
        () => claims(),
        'unavailable',
        new RegExp(`does not take what Payonce sends it \\(${reason}\\)`),
      );
    }
  });

  it('that refuses a person is told apart from one that refuses Payonce', async () => {
    const cancelled = { error: 'access_denied', error_description: '<script>' };
    await fails(() => claims({ more: cancelled }), 'refused', /did not sign you in/);
    issuer.manner.statuses = { '/token': 500 };
    await fails(() => claims(), 'unavailable', /tell whoever runs Payonce/);
  });

  describe('that is away', () => {
    it('is said to be, and is asked again the next time', async () => {
      const asked = provider();
      issuer.manner.statuses = { '/.well-known/openid-configuration': 503 };
      await fails(() => asked.ask(), 'unavailable', /does not answer as one/);
      issuer.manner.statuses = {};
      assert.ok((await asked.ask()).url);
    });

    it('is said to be where nothing listens', async () => {
      const nowhere = `http://127.0.0.1:${await getPort()}`;
      await fails(() => provider(nowhere).ask(), 'unavailable', /does not answer.*ECONNREFUSED/);
    });

    it('leaves people who sign out signed out here', async () => {
      issuer.manner.statuses = { '/.well-known/openid-configuration': 503 };
      assert.equal(await provider().signOutUrl(), null);
    });
  });

  it('that calls itself otherwise than OIDC_ISSUER does is not taken for it', async () => {
    issuer.manner.metadata = { issuer: `${issuer.url}/realms/shop/` };
    await fails(() => provider().ask(), 'unavailable', /another name than OIDC_ISSUER/);
  });

  it('has a place to sign out, or has none', async () => {
    assert.equal(await provider().signOutUrl(), null);
    issuer.manner.metadata = { end_session_endpoint: `${issuer.url}/end` };
    const url = await provider().signOutUrl();
    assert.deepEqual(Object.fromEntries(url?.searchParams ?? []), {
      client_id: CLIENT_ID,
      post_logout_redirect_uri: 'http://127.0.0.1:3000/console',
    });
  });
});
