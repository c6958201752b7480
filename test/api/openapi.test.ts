import assert from 'node:assert/strict';
import { pino } from 'pino';
import { createAuthenticate } from '../../src/api/access/api-keys.ts';
import type { ApiDependencies } from '../../src/api/api-dependencies.ts';
import { createApp, expressPath } from '../../src/api/app.ts';
import { createDrain } from '../../src/api/http/drain.ts';
import { openApiDocument } from '../../src/api/openapi/openapi.ts';
import { ROUTES } from '../../src/api/routes.ts';

/** Served without an API key, on purpose. */
const PUBLIC = [
  'GET /',
  'GET /console',
  'GET /console/app.js',
  'GET /console/app.css',
  'GET /console/{*page}',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'GET /openapi.json',
  'POST /webhooks/:gateway',
];

interface Document {
  openapi: string;
  paths: Record<string, Record<string, { security?: unknown[]; responses: object }>>;
  components: { schemas: Record<string, unknown> };
}

const document = openApiDocument(ROUTES) as Document;

describe('the application', () => {
  it('serves exactly what the table of routes names, and a few public paths', () => {
    const dependencies = {
      gateways: {},
      authenticate: createAuthenticate([]),
      policy: { rateLimits: { clientPerSecond: 0, opsPerSecond: 0, failedAuthPerMinute: 0 } },
      drain: createDrain(),
      metrics: { page: async () => '' },
      log: pino({ level: 'silent' }),
    };
    const app = createApp(dependencies as unknown as ApiDependencies);
    const served = app.router.stack.flatMap(({ route }) => {
      const methods = route?.stack.map(({ method }) => method?.toUpperCase()) ?? [];
      // Where all methods are taken at once they are refused.
      return methods.length > 1 ? [] : methods.map((method) => `${method} ${route?.path}`);
    });
    const named = ROUTES.map(({ method, path }) => `${method.toUpperCase()} ${expressPath(path)}`);
    assert.deepEqual(new Set(served), new Set([...named, ...PUBLIC]));
  });
});

describe('the OpenAPI document', () => {
  it('has every route, its answers, and the key it needs', () => {
    assert.equal(document.openapi, '3.1.0');
    for (const { method, path, answers, problems } of ROUTES) {
      const operation = document.paths[path]?.[method];
      assert.ok(operation, path);
      assert.deepEqual(operation.security, [{ apiKey: [] }]);
      for (const status of Object.keys(answers)) assert.ok(status in operation.responses, path);
      const text = JSON.stringify(operation.responses);
      for (const code of problems) assert.ok(text.includes(`\`${code}\``), `${path} ${code}`);
    }
  });

  it('refers to nothing that it does not have', () => {
    const references = JSON.stringify(document).matchAll(/"#\/components\/schemas\/(\w+)"/g);
    const names = new Set([...references].map(([, name = '']) => name));
    assert.ok(names.has('Order') && names.has('Problem'));
    for (const name of names) assert.ok(name in document.components.schemas, name);
  });
});
