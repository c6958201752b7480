import assert from 'node:assert/strict';
import { createConfig, lintFromString } from '@redocly/openapi-core';
import { pino } from 'pino';
import { z } from 'zod';
import { createAuthenticate } from '../../src/api/access/api-keys.ts';
import type { ApiDependencies } from '../../src/api/api-dependencies.ts';
import { createApp, expressPath } from '../../src/api/app.ts';
import { createDrain } from '../../src/api/http/drain.ts';
import { defineRoute } from '../../src/api/http/route.ts';
import { DESCRIPTIONS, fieldsOf, isDescribed } from '../../src/api/openapi/field-descriptions.ts';
import { openApiDocument } from '../../src/api/openapi/openapi.ts';
import { ROUTES } from '../../src/api/routes.ts';

/** Served without an API key, on purpose. */
const PUBLIC = [
  'GET /',
  'GET /console',
  'GET /console/app.js',
  'GET /console/app.css',
  'GET /console/{*page}',
  'GET /console/session/sign-in',
  'GET /console/session/callback',
  'POST /console/session/end',
  'GET /healthz',
  'GET /readyz',
  'GET /metrics',
  'GET /openapi.json',
  'POST /webhooks/:gateway',
];

interface Document {
  openapi: string;
  paths: Record<
    string,
    Record<string, { operationId?: string; security?: unknown[]; responses: object }>
  >;
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

  it('names each operation, by a name of its own', () => {
    const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));
    const names = operations.map(({ operationId }) => operationId);
    assert.equal(new Set(names).size, ROUTES.length + 1);
    for (const name of names) assert.match(name ?? '', /^[a-z][A-Za-z]+$/);
  });

  it('describes every field and every parameter', () => {
    assert.deepEqual(undescribedFields(document), []);
  });

  it('describes no field that is not there any more', () => {
    const used = new Set(
      fieldsOf(document).flatMap(({ schema, name, field }) =>
        [`${schema}.${name}`, name].filter((key) => DESCRIPTIONS[key] === field.description),
      ),
    );
    assert.deepEqual(
      Object.keys(DESCRIPTIONS).filter((name) => !used.has(name)),
      [],
    );
  });

  it('is taken by a linter without a word', async () => {
    assert.deepEqual(await lint(document), []);
  });
});

describe('an endpoint that is added without describing its fields', () => {
  const careless = defineRoute({
    operationId: 'tryIt',
    method: 'post',
    path: '/v1/trials',
    scope: 'ops',
    summary: 'Try it',
    query: z.strictObject({ depth: z.string().optional() }),
    body: z.strictObject({ currency: z.string(), parcels: z.array(z.object({ weight: z.int() })) }),
    answers: { 200: { description: 'Tried.', schema: z.object({ colour: z.string() }) } },
    problems: [],
    run: async () => ({ status: 200, body: {} }),
  });

  it('is named field by field, at whatever depth, but for names that have one meaning', () => {
    const named = undescribedFields(openApiDocument([careless]));
    const fields = ['tryIt.depth', 'tryIt.parcels', 'tryIt.weight', 'tryIt.colour'];
    assert.deepEqual(new Set(named), new Set(fields));
  });

  it('does not pass the linter where two operations have one name', async () => {
    const twice = openApiDocument([careless, { ...careless, path: '/v1/attempts' }]);
    assert.deepEqual(await lint(twice), ['operation-operationId-unique']);
  });
});

function undescribedFields(checked: object): string[] {
  const undescribed = fieldsOf(checked).filter(({ field }) => !isDescribed(field));
  return [...new Set(undescribed.map(({ schema, name }) => `${schema}.${name}`))];
}

/** The rules that were broken; every warning counts. */
async function lint(checked: object): Promise<string[]> {
  const config = await createConfig({ extends: ['recommended-strict'] });
  const problems = await lintFromString({ source: JSON.stringify(checked), config });
  return problems.map(({ ruleId }) => ruleId);
}
