/** Who may call what, written down a second time on purpose: a new endpoint has to be thought of here. */
import assert from 'node:assert/strict';
import type { ApiDependencies } from '../../src/api/api-dependencies.ts';
import { createApp, expressPath } from '../../src/api/app.ts';
import { createDrain } from '../../src/api/http/drain.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { createLogger } from '../../src/logs/create-logger.ts';
import type { Problem } from '../support/shop.ts';
import { type SharedStack, sharedStack } from '../support/stack.ts';

const SCOPES: Record<string, 'client' | 'support' | 'ops' | 'signature' | 'public'> = {
  'GET /': 'public',
  'GET /console': 'public',
  'GET /console/app.js': 'public',
  'GET /console/app.css': 'public',
  'GET /console/{*page}': 'public',
  'GET /console/session/sign-in': 'public',
  'GET /console/session/callback': 'public',
  'POST /console/session/end': 'public',
  'GET /healthz': 'public',
  'GET /readyz': 'public',
  'GET /metrics': 'public',
  'GET /openapi.json': 'public',
  'POST /webhooks/:gateway': 'signature',
  'GET /v1/key': 'client',
  'GET /v1/overview': 'support',
  'GET /v1/overview/day': 'support',
  'GET /v1/overview/lists': 'support',
  'GET /v1/overview/orders': 'support',
  'GET /v1/changes': 'support',
  'POST /v1/orders': 'client',
  'GET /v1/orders/:id': 'client',
  'GET /v1/orders/:id/events': 'client',
  'POST /v1/orders/:id/payments': 'client',
  'POST /v1/orders/:id/verify': 'client',
  'POST /v1/orders/:id/cancel': 'client',
  'GET /v1/orders/:id/invoice.pdf': 'client',
  'GET /v1/orders/:id/refunds/:refundId/credit-note.pdf': 'client',
  'GET /v1/customers/:id/entitlements': 'client',
  'GET /v1/customers/:id/personal-data': 'ops',
  'POST /v1/customers/:id/erasure': 'ops',
  'POST /v1/orders/:id/customer': 'ops',
  'GET /v1/effects': 'support',
  'GET /v1/orders': 'support',
  'POST /v1/orders/:id/refunds': 'support',
  'POST /v1/orders/:id/captures': 'ops',
  'POST /v1/orders/:id/void': 'ops',
  'POST /v1/orders/:id/manual-payments': 'ops',
  'POST /v1/orders/:id/manual-refunds': 'ops',
  'POST /v1/orders/:id/write-off': 'ops',
  'POST /v1/orders/:id/access': 'ops',
  'GET /v1/disputes': 'support',
  'POST /v1/orders/:id/expiry': 'ops',
  'POST /v1/orders/:id/sync': 'ops',
  'POST /v1/orders/:id/reviews/:reviewId': 'support',
  'POST /v1/orders/:id/effects/:key/retry': 'ops',
  'POST /v1/orders/:id/effects/:key/resend': 'ops',
  'GET /v1/parked-events': 'support',
  'GET /v1/parked-events/:id': 'support',
  'POST /v1/parked-events/:id/redeliver': 'ops',
  'POST /v1/parked-events/:id/attach': 'ops',
  'POST /v1/parked-events/:id/close': 'ops',
  'POST /v1/settlements': 'ops',
  'GET /v1/settlements': 'ops',
  'GET /v1/settlements/differences': 'ops',
  'POST /v1/settlements/differences/:id/decision': 'ops',
  'POST /v1/settlements/match': 'ops',
  'GET /v1/settlements/months': 'ops',
  'GET /v1/settlements/days': 'ops',
  'POST /v1/settlements/days': 'ops',
  'GET /v1/books/trial-balance': 'ops',
  'GET /v1/books/export': 'ops',
  'GET /v1/books/month-end': 'ops',
  'GET /v1/books/month-end.pdf': 'ops',
  'POST /v1/books/check': 'ops',
  'GET /v1/books/papers': 'ops',
  'GET /v1/books/papers.zip': 'ops',
  'GET /v1/books/papers/:number': 'ops',
  'GET /v1/books/papers/:number/e-invoice.xml': 'ops',
};

function servedRoutes(): string[] {
  const dependencies = {
    gateways: {},
    apiKeys: [],
    policy: { rateLimits: { clientPerSecond: 0, opsPerSecond: 0, failedAuthPerMinute: 0 } },
    drain: createDrain(),
    metrics: { page: async () => '' },
    log: createLogger({ name: 'test', level: 'silent' }),
  };
  const { router } = createApp(dependencies as unknown as ApiDependencies);
  return router.stack.flatMap(({ route }) => {
    const methods = route?.stack.map(({ method }) => method?.toUpperCase()) ?? [];
    // Where all methods are taken at once they are refused.
    return methods.length > 1 ? [] : methods.map((method) => `${method} ${route?.path}`);
  });
}

describe('the routes', () => {
  it('that are served are all in the table of scopes, and no others', () => {
    assert.deepEqual(new Set(servedRoutes()), new Set(Object.keys(SCOPES)));
  });

  it('have the scope that the table says', () => {
    for (const { method, path, scope } of ROUTES)
      assert.equal(scope, SCOPES[`${method.toUpperCase()} ${expressPath(path)}`], path);
  });
});

describe('every route', function () {
  this.timeout(120_000);
  let stack: SharedStack;
  before(async () => {
    stack = await sharedStack();
  });

  async function call(route: string, authorization?: string): Promise<[number, string]> {
    const [method = '', template = ''] = route.split(' ');
    const path = template.replaceAll(':id', 'ord_1').replace(/:\w+/g, 'sandbox');
    const response = await fetch(`${stack.apiUrl}${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': 'one-of-sixteen-chars',
        ...(authorization === undefined ? {} : { authorization }),
      },
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    const { code = '' } = (await response.json().catch(() => ({}))) as Partial<Problem>;
    return [response.status, code];
  }

  for (const [route, scope] of Object.entries(SCOPES).filter(([, one]) => one !== 'public')) {
    it(`${route} is closed to strangers`, async () => {
      const [status, code] = await call(route);
      assert.equal(status, 401);
      assert.match(code, scope === 'signature' ? /^signature_/ : /^credentials_missing$/);
      if (scope !== 'signature') assert.equal((await call(route, 'Bearer wrong'))[0], 401);
    });

    if (scope === 'support' || scope === 'ops')
      it(`${route} is closed to clients`, async () => {
        assert.deepEqual(await call(route, `Bearer ${stack.keys.client}`), [
          403,
          'scope_insufficient',
        ]);
      });
  }
});
