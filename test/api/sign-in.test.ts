/** Signing in to the console by OpenID Connect, at an API of its own and a certified provider. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import getPort from 'get-port';
import pWaitFor from 'p-wait-for';
import { ensureConsole } from '../../scripts/build-console.ts';
import { examine } from '../../src/doctor/doctor.ts';
import { type Beside, startBeside } from '../support/extra-processes.ts';
import { type OpenIdProvider, openOpenIdProvider } from '../support/openid-provider.ts';
import {
  givenOrder,
  givenPendingOrder,
  openShop,
  readOrder,
  type Shop,
  untilOrder,
} from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { answerOf, newVisitor, type Visitor } from '../support/visitor.ts';

const OWN_PAGE = { 'payonce-console': '1', 'sec-fetch-site': 'same-origin' };
const COOKIE = 'payonce_session';
const SUPPORT = 's'.repeat(32);

interface Body {
  code: string;
  detail: string;
  scope: string;
  actor: string;
  location: string | null;
}

function change(answer: string, name: string, value: (was: string) => string): string {
  const url = new URL(answer);
  url.searchParams.set(name, value(url.searchParams.get(name) ?? ''));
  return url.href;
}

describe('signing in to the console by OpenID Connect', function () {
  this.timeout(120_000);
  let provider: OpenIdProvider;
  let api: Beside;
  let shop: Shop;

  before(async function () {
    this.timeout(300_000);
    await ensureConsole();
    shop = await openShop();
    const port = String(await getPort());
    provider = await openOpenIdProvider(`http://127.0.0.1:${port}`);
    api = await startBeside('server', {
      ...provider.env,
      PORT: port,
      API_KEYS: `support:kate:${SUPPORT}`,
      OPS_REQUESTS_PER_SECOND: '0',
      FAILED_AUTH_PER_MINUTE: '0',
      SUPPORT_REFUND_LIMITS: 'INR:1000',
    });
  });
  after(async () => {
    await api.stop();
    provider.close();
  });

  const begin = (to = '') => `${api.apiUrl}/console/session/sign-in${to && `?to=${to}`}`;

  async function signedIn(name: string, at = api): Promise<Visitor> {
    const visitor = newVisitor();
    const form = { name };
    const back = await answerOf(visitor, `${at.apiUrl}/console/session/sign-in`, form);
    assert.equal((await visitor.visit(back)).status, 303);
    return visitor;
  }

  async function ask(
    { visit }: Visitor,
    path: string,
    { body, headers = OWN_PAGE }: { body?: object; headers?: Record<string, string> } = {},
  ): Promise<{ status: number; body: Body }> {
    const response = await visit(api.apiUrl + path, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'idempotency-key': randomUUID(),
        prefer: 'wait=30',
        ...headers,
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  }

  /** Comes back from the provider, and is not let in. */
  async function turnedAway(
    visitor: Visitor,
    back: string,
  ): Promise<[status: number, page: string]> {
    const response = await visitor.visit(back);
    assert.match(response.headers.get('content-type') ?? '', /^text\/html/);
    assert.ok(!visitor.cookies.has(COOKIE));
    return [response.status, await response.text()];
  }

  describe('a person with a role', () => {
    it('gets in with its scope, under the own name, at the page that was asked for', async () => {
      const visitor = newVisitor();
      const to = '%2Fconsole%2Forders%3Fstate%3Dpaid';
      const response = await visitor.visit(await answerOf(visitor, begin(to), { name: 'anna' }));
      assert.deepEqual(
        [response.status, response.headers.get('location')],
        [303, '/console/orders?state=paid'],
      );
      const { body } = await ask(visitor, '/v1/key');
      assert.deepEqual([body.scope, body.actor], ['support', 'anna']);
      assert.equal((await ask(visitor, '/v1/settlements')).status, 403);
      assert.equal((await ask(await signedIn('olga'), '/v1/settlements')).status, 200);
    });

    it('is told what the scope lacks in words for people', async () => {
      const { body } = await ask(await signedIn('anna'), '/v1/settlements');
      assert.equal(body.detail, 'You have the scope support, and this takes the scope ops.');
    });

    // opensearch-project/security-dashboards-plugin#1100: a cookie over 4 KB, and a browser that is sent around for ever.
    it('has a small cookie, in however many groups, which no script can read and no other site sends', async () => {
      const visitor = newVisitor();
      const back = await answerOf(visitor, begin(), { name: 'bob' });
      const cookies = (await visitor.visit(back)).headers.getSetCookie();
      const session = cookies.find((cookie) => cookie.startsWith(`${COOKIE}=`)) ?? '';
      assert.ok(session.length < 1_000, `${session.length} characters`);
      assert.match(session, /; HttpOnly/);
      assert.match(session, /; SameSite=Strict/);
      assert.match(session, /; Path=\//);
      const [, seconds] = /Max-Age=(\d+)/.exec(session) ?? [];
      assert.ok(Number(seconds) > 8 * 3_600 - 60 && Number(seconds) <= 8 * 3_600);
      assert.equal((await ask(visitor, '/v1/key')).body.actor, 'bob');
    });

    // AxaFrance/oidc-client#1356, auth0/express-openid-connect#43: the second tab overwrites what the first one began.
    it('gets in by each of two tabs that were opened at once', async () => {
      const visitor = newVisitor();
      const [first, second] = [
        await answerOf(visitor, begin('/console/reviews'), { name: 'anna' }),
        await answerOf(visitor, begin('/console/parked'), { name: 'anna' }),
      ];
      const places = [await visitor.visit(first), await visitor.visit(second)];
      assert.deepEqual(
        places.map(({ headers }) => headers.get('location')),
        ['/console/reviews', '/console/parked'],
      );
    });

    it('may begin as often as the way is lost, and the head of requests stays short', async () => {
      const visitor = newVisitor();
      for (let count = 0; count < 30; count += 1) await visitor.visit(begin());
      assert.ok(visitor.cookies.size <= 6, `${visitor.cookies.size} cookies`);
      const back = await answerOf(visitor, begin(), { name: 'anna' });
      assert.equal((await visitor.visit(back)).status, 303);
    });

    it('is led to no other place than the console', async () => {
      for (const to of [
        'https://evil.example/console',
        '//evil.example/console',
        '/\\evil.example/console',
        '/v1/key',
        '/console/../v1/key',
        '/consolething',
        'javascript:alert(1)',
        `/console/${'a'.repeat(5_000)}`,
      ]) {
        const visitor = newVisitor();
        const back = await answerOf(visitor, begin(encodeURIComponent(to)), { name: 'anna' });
        const { headers } = await visitor.visit(back);
        assert.equal(headers.get('location'), '/console', to);
      }
    });

    it('decides as the person, and so does the other of two', async () => {
      const { id, paymentId } = await givenPendingOrder(shop);
      await shop.call('POST', `/v1/orders/${id}/cancel`, {}, { prefer: 'wait=30' });
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
      const [review] = (await readOrder(shop, id)).reviews;
      const [anna, bob] = [await signedIn('anna'), await signedIn('bob')];
      const path = `/v1/orders/${id}/reviews/${review?.id}`;
      const decision = (note: string) => ({
        body: { decision: 'approve', version: review?.version, note },
      });
      assert.equal((await ask(anna, path, decision('she called'))).status, 200);
      await untilOrder(shop, id, ({ state }) => state === 'paid', 'paid');
      const refund = { body: { amount: 600, reason: 'as agreed' } };
      assert.equal((await ask(bob, `/v1/orders/${id}/refunds`, refund)).status, 201);
      const { body } = await shop.call<{ events: { type: string; actor: string }[] }>(
        'GET',
        `/v1/orders/${id}/events?decisions=true`,
      );
      const decided = body.events.filter(({ actor }) => ['anna', 'bob'].includes(actor));
      assert.deepEqual(
        decided.map(({ type, actor }) => [type, actor]),
        [
          ['review', 'anna'],
          ['refund', 'bob'],
        ],
      );
    });

    it('follows changes by the session', async () => {
      const visitor = await signedIn('anna');
      const leaving = new AbortController();
      const response = await visitor.visit(`${api.apiUrl}/v1/changes`, {
        headers: OWN_PAGE,
        signal: leaving.signal,
      });
      assert.match(response.headers.get('content-type') ?? '', /^text\/event-stream/);
      leaving.abort();
    });
  });

  describe('somebody else', () => {
    it('without a role is refused, in words', async () => {
      const visitor = newVisitor();
      const back = await answerOf(visitor, begin(), { name: 'carl' });
      const [status, page] = await turnedAway(visitor, back);
      assert.equal(status, 403);
      assert.match(page, /You are carl for the provider, and have no role here: ask .*OIDC_ROLES/);
    });

    it('without a name that can be kept is refused, in words that do not repeat it', async () => {
      const visitor = newVisitor();
      const back = await answerOf(visitor, begin(), { name: 'dora@example.org' });
      const [status, page] = await turnedAway(visitor, back);
      assert.equal(status, 403);
      assert.match(page, /claim preferred_username.*OIDC_NAME_CLAIM/);
      assert.doesNotMatch(page, /dora/);
    });

    it('who turns back at the provider is told that nobody was signed in', async () => {
      const visitor = newVisitor();
      const back = await answerOf(visitor, begin(), { cancel: 'yes' });
      const [status, page] = await turnedAway(visitor, back);
      assert.equal(status, 403);
      assert.match(page, /did not sign you in.*Back to the console/s);
    });
  });

  describe('an answer of the provider', () => {
    // Login CSRF: a victim is led to an answer that the attacker was given.
    it('counts in the browser alone that has asked', async () => {
      const back = await answerOf(newVisitor(), begin(), { name: 'olga' });
      const [status, page] = await turnedAway(newVisitor(), back);
      assert.equal(status, 400);
      assert.match(page, /begun in another browser.*Sign in again/);
    });

    it('counts once', async () => {
      const visitor = newVisitor();
      const back = await answerOf(visitor, begin(), { name: 'olga' });
      const attempts = new Map(visitor.cookies);
      assert.equal((await visitor.visit(back)).status, 303);
      const other = newVisitor();
      for (const [name, value] of attempts) other.cookies.set(name, value);
      assert.equal((await turnedAway(other, back))[0], 400);
    });

    it('does not count with another state', async () => {
      for (const state of [(was: string) => `${was.slice(0, -1)}~`, () => 'x', () => '']) {
        const visitor = newVisitor();
        const back = await answerOf(visitor, begin(), { name: 'olga' });
        assert.equal((await turnedAway(visitor, change(back, 'state', state)))[0], 400);
      }
    });

    for (const [what, parameter] of [
      ['nonce', 'nonce'],
      ['PKCE challenge', 'code_challenge'],
    ] as const)
      it(`does not count with another ${what}`, async () => {
        const visitor = newVisitor();
        const back = await answerOf(visitor, begin(), { name: 'olga' }, (asked) =>
          asked.searchParams.set(parameter, 'x'.repeat(43)),
        );
        assert.equal((await turnedAway(visitor, back))[0], 400);
      });

    it('does not count with another code, and shows nothing of what was sent', async () => {
      const visitor = newVisitor();
      const back = await answerOf(visitor, begin(), { name: 'olga' });
      const [status, page] = await turnedAway(
        visitor,
        change(back, 'code', () => '<script>'),
      );
      assert.equal(status, 400);
      assert.doesNotMatch(page, /<script>/);
    });

    it('is nothing to a program, which gets a problem', async () => {
      const response = await fetch(`${api.apiUrl}/console/session/callback`);
      assert.equal(((await response.json()) as Body).code, 'sign_in_invalid');
    });
  });

  describe('a session', () => {
    const forged = [
      ['a page of another site', { 'sec-fetch-site': 'cross-site' }],
      ['a page of another port or subdomain', { 'sec-fetch-site': 'same-site' }],
      ['a link or bookmark', { 'sec-fetch-site': 'none' }],
      [
        'another origin, of an older browser',
        { 'sec-fetch-site': '', origin: 'http://evil.example' },
      ],
      ['a frame without an origin', { 'sec-fetch-site': '', origin: 'null' }],
    ] as const;

    for (const [who, said] of forged)
      it(`does nothing for ${who}`, async () => {
        const visitor = await signedIn('olga');
        const id = await givenOrder(shop);
        const told = Object.entries(said).filter(([, value]) => value !== '');
        const headers = { 'payonce-console': '1', ...Object.fromEntries(told) };
        const cancelled = await ask(visitor, `/v1/orders/${id}/cancel`, { body: {}, headers });
        assert.deepEqual([cancelled.status, cancelled.body.code], [403, 'origin_refused']);
        assert.equal((await ask(visitor, `/v1/orders/${id}`, { headers })).status, 403);
        const end = await ask(visitor, '/console/session/end', { body: {}, headers });
        assert.equal(end.status, 403);
        assert.ok(visitor.cookies.has(COOKIE));
        assert.equal((await readOrder(shop, id)).state, 'initiated');
      });

    it('does nothing without the header that no form can send', async () => {
      const visitor = await signedIn('olga');
      const id = await givenOrder(shop);
      for (const headers of [{}, { origin: api.apiUrl, 'sec-fetch-site': 'same-origin' }]) {
        const cancelled = await ask(visitor, `/v1/orders/${id}/cancel`, { body: {}, headers });
        assert.deepEqual([cancelled.status, cancelled.body.code], [403, 'origin_refused']);
        assert.match(cancelled.body.detail, /only the console may call/);
      }
      assert.equal((await readOrder(shop, id)).state, 'initiated');
    });

    it('lets no other site ask whether it may send that header', async () => {
      const { headers } = await fetch(`${api.apiUrl}/v1/key`, {
        method: 'OPTIONS',
        headers: {
          origin: 'http://127.0.0.1:1',
          'access-control-request-headers': 'payonce-console',
        },
      });
      assert.equal(headers.get('access-control-allow-origin'), null);
      assert.equal(headers.get('access-control-allow-headers'), null);
    });

    it('cannot be made up or changed', async () => {
      const visitor = await signedIn('anna');
      const sealed = visitor.cookies.get(COOKIE) ?? '';
      for (const made of ['x', `${sealed}x`, sealed.slice(0, -2), sealed.replace(/..\./, 'AA.')]) {
        visitor.cookies.set(COOKIE, made);
        const { status, body } = await ask(visitor, '/v1/key');
        assert.deepEqual([status, body.code], [401, 'credentials_expired']);
      }
    });

    it('is no matter to a key, which needs no header and counts as before', async () => {
      const headers = { authorization: `Bearer ${SUPPORT}`, origin: 'http://127.0.0.1:1' };
      const { body } = await ask(await signedIn('olga'), '/v1/key', { headers });
      assert.deepEqual([body.scope, body.actor], ['support', 'kate']);
    });

    it('ends by signing out, here and where the provider has its own end', async () => {
      const visitor = await signedIn('anna');
      const { body } = await ask(visitor, '/console/session/end', { body: {} });
      assert.ok(!visitor.cookies.has(COOKIE));
      assert.equal((await ask(visitor, '/v1/key')).status, 401);
      const leave = new URL(body.location ?? '');
      assert.equal(leave.origin, provider.env.OIDC_ISSUER);
      assert.equal(leave.searchParams.get('post_logout_redirect_uri'), `${api.apiUrl}/console`);
    });
  });

  describe('the log', () => {
    const lines = () =>
      api
        .log()
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Record<string, unknown>);

    async function logged(event: string, isIt: (line: Record<string, unknown>) => boolean) {
      const found = () => lines().find((line) => line.security_event === event && isIt(line));
      await pWaitFor(() => found() !== undefined, { interval: 50, timeout: 20_000 });
      return found() ?? {};
    }

    it('has who has signed in and out, and who was refused and why', async () => {
      const visitor = await signedIn('olga');
      await ask(visitor, '/console/session/end', { body: {} });
      const carl = newVisitor();
      await turnedAway(carl, await answerOf(carl, begin(), { name: 'carl' }));
      const signIn = await logged('sign_in', ({ actor }) => actor === 'olga');
      assert.match(String(signIn.key_id), /^[0-9a-f]{16}$/);
      assert.equal((await logged('sign_out', ({ actor }) => actor === 'olga')).status, 200);
      assert.equal((await logged('sign_in_refused', ({ status }) => status === 403)).level, 'warn');
      const why = ({ reason }: Record<string, unknown>) => reason === 'role_not_mapped';
      await pWaitFor(() => lines().some(why), { timeout: 20_000 });
    });

    it('has who decided by a session, and no cookie, code or secret', async () => {
      const visitor = newVisitor();
      const back = await answerOf(visitor, begin(), { name: 'olga' });
      await visitor.visit(back);
      const id = await givenOrder(shop);
      await ask(visitor, `/v1/orders/${id}/refunds`, { body: { amount: 1, reason: 'x' } });
      const refund = await logged('refund', ({ order_id }) => order_id === id);
      assert.equal(refund.actor, 'olga');
      const secrets = [
        visitor.cookies.get(COOKIE),
        new URL(back).searchParams.get('code'),
        new URL(back).searchParams.get('state'),
        provider.env.OIDC_CLIENT_SECRET,
        provider.env.CONSOLE_SESSION_SECRETS,
      ];
      for (const secret of secrets) assert.ok(!api.log().includes(secret ?? 'missing'));
    });
  });

  it('ends after its time, and so does what follows changes by it', async () => {
    const port = String(await getPort());
    const short = await openOpenIdProvider(`http://127.0.0.1:${port}`);
    const beside = { ...short.env, PORT: port, CONSOLE_SESSION_LIFETIME: '3s' };
    const other = await startBeside('server', beside);
    try {
      const visitor = await signedIn('anna', other);
      const headers = { ...OWN_PAGE, accept: 'application/json' };
      const sealed = visitor.cookies.get(COOKIE) ?? '';
      const stream = await visitor.visit(`${other.apiUrl}/v1/changes`, { headers });
      await stream.text();
      // A browser that keeps it in spite of its end.
      visitor.cookies.set(COOKIE, sealed);
      const response = await visitor.visit(`${other.apiUrl}/v1/key`, { headers });
      const { code, detail } = (await response.json()) as Body;
      assert.deepEqual([response.status, code], [401, 'credentials_expired']);
      assert.match(detail, /Sign in again/);
    } finally {
      await other.stop();
      short.close();
    }
  });

  // keepass4web-rs#314, oauth2-proxy#3487, synapse#8088: nothing starts where the provider is away.
  describe('where the provider is away', () => {
    let alone: Beside;
    let env: Record<string, string>;
    before(async () => {
      const port = String(await getPort());
      env = {
        ...provider.env,
        PORT: port,
        CONSOLE_URL: `http://127.0.0.1:${port}`,
        OIDC_ISSUER: `http://127.0.0.1:${await getPort()}`,
        API_KEYS: `support:kate:${SUPPORT}`,
      };
      alone = await startBeside('server', env);
    });
    after(() => alone.stop());

    it('the API serves, and says to people what is the matter and to whom to turn', async () => {
      assert.equal((await fetch(`${alone.apiUrl}/readyz`)).status, 200);
      const headers = { authorization: `Bearer ${SUPPORT}` };
      assert.equal((await fetch(`${alone.apiUrl}/v1/key`, { headers })).status, 200);
      const response = await newVisitor().visit(`${alone.apiUrl}/console/session/sign-in`);
      assert.equal(response.status, 503);
      assert.ok(response.headers.get('retry-after'));
      assert.match(await response.text(), /does not answer.*tell whoever runs Payonce/);
      await pWaitFor(() => alone.log().includes('sign_in_unavailable'), { timeout: 20_000 });
    });

    it('the doctor says so, and finds nothing wrong with one that is there', async () => {
      const stack = await sharedStack();
      const common = {
        DATABASE_URL: stack.databaseUrl,
        TEMPORAL_ADDRESS: stack.temporalAddress,
        TEMPORAL_NAMESPACE: stack.temporalNamespace,
        SANDBOX_PORT: new URL(stack.sandboxUrl).port,
      };
      const found = async (settings: Record<string, string>) =>
        (await examine({ ...settings, ...common }, 'api')).filter(({ area }) => area === 'sign-in');
      const [away] = await found(env);
      assert.equal(away?.verdict, 'warning');
      assert.match(
        away?.text ?? '',
        /nobody can sign in.*ECONNREFUSED.*Set OIDC_ISSUER to exactly/,
      );
      const [there] = await found({ ...env, ...provider.env });
      assert.equal(there?.verdict, 'ok');
      assert.match(there?.text ?? '', /\/console\/session\/callback/);
    });
  });

  it('asks the provider about one attempt so many times, and keeps nobody else out', async () => {
    const port = String(await getPort());
    const own = await openOpenIdProvider(`http://127.0.0.1:${port}`);
    const limited = await startBeside('server', {
      ...own.env,
      PORT: port,
      API_KEYS: `support:kate:${SUPPORT}`,
      FAILED_AUTH_PER_MINUTE: '3',
    });
    try {
      const signIn = `${limited.apiUrl}/console/session/sign-in`;
      const visitor = newVisitor();
      const back = await answerOf(visitor, signIn, { name: 'anna' });
      const wrong = change(back, 'code', () => 'guessed');
      const statuses: number[] = [];
      for (let count = 0; count < 4; count += 1) statuses.push((await visitor.visit(wrong)).status);
      assert.deepEqual(statuses, [400, 400, 400, 429]);
      assert.equal((await visitor.visit(back)).status, 429, 'nor is the provider asked');
      const another = newVisitor();
      const good = await answerOf(another, signIn, { name: 'anna' });
      assert.equal((await another.visit(good)).status, 303);
    } finally {
      await limited.stop();
      own.close();
    }
  });

  it('is not there where it is not configured, and says what is', async () => {
    const { apiUrl } = await sharedStack();
    const response = await fetch(`${apiUrl}/console/session/sign-in`);
    const { code, detail } = (await response.json()) as Body;
    assert.deepEqual([response.status, code], [404, 'route_not_found']);
    assert.match(detail, /API keys.*OIDC_ISSUER is not set/);
  });
});
