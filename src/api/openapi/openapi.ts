/** The OpenAPI document, made of the routes and schemas that serve; there is nothing else to keep true. */
import {
  OpenAPIRegistry,
  OpenApiGeneratorV31,
  type RouteConfig,
} from '@asteasolutions/zod-to-openapi';
import { z } from 'zod';
import { KEY_PATTERN } from '../http/request-headers.ts';
import { type AnswerDescription, isBodyOptional, type Route, scopesOf } from '../http/route.ts';
import { PROBLEMS, type ProblemCode, problemEntry } from '../problems/problem-table.ts';
import { describeFields } from './field-descriptions.ts';

const problemSchema = z
  .object({
    type: z.string().meta({ description: 'A URI that names the kind of problem.' }),
    title: z.string().meta({ description: 'The kind of problem in words.' }),
    status: z.int().meta({ description: 'The HTTP status.' }),
    code: z.string().meta({ description: 'The kind of problem for programs; it never changes.' }),
    detail: z.string().meta({ description: 'What is wrong with this request, and what to do.' }),
    instance: z.string().meta({ description: 'Names this one occurrence of the problem.' }),
    request_id: z.string().meta({ description: 'Names the request in the logs.' }),
    retryable: z.boolean().meta({ description: 'Whether the same request may succeed later.' }),
    errors: z
      .array(
        z.object({
          pointer: z.string().meta({
            description: 'Where: a JSON pointer into the body, or the name of a parameter.',
          }),
          message: z.string().meta({ description: 'What is wrong there.' }),
        }),
      )
      .optional()
      .meta({
        description: 'Each place that is wrong, where there are several or it is not the whole.',
      }),
  })
  .meta({ id: 'Problem' });

const webhookAnswerSchema = z.object({
  status: z
    .enum(['accepted', 'duplicate', 'ignored', 'parked'])
    .meta({ description: 'What became of the event.' }),
});

const GENERAL: ProblemCode[] = [
  'credentials_missing',
  'credentials_invalid',
  'api_key_expired',
  'scope_insufficient',
  'rate_limited',
  'database_unavailable',
];
const OF_PATHS: ProblemCode[] = ['invalid_order_id', 'invalid_path_parameter', 'malformed_url'];
const OF_POSTS: ProblemCode[] = [
  'orchestrator_unavailable',
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_in_progress',
];
const OF_BODIES: ProblemCode[] = [
  'content_type_unsupported',
  'body_too_large',
  'json_invalid',
  'json_duplicate_key',
  'cardholder_data_rejected',
  'validation_failed',
];
const OF_UPLOADS: ProblemCode[] = [
  'orchestrator_unavailable',
  'content_type_unsupported',
  'content_encoding_unsupported',
  'body_too_large',
  'body_incomplete',
  'request_timeout',
];
const OF_WEBHOOKS = [
  'gateway_unknown',
  'signature_missing',
  'signature_malformed',
  'signature_invalid',
  'timestamp_out_of_tolerance',
  'content_type_unsupported',
  'body_too_large',
  'orchestrator_unavailable',
] as const satisfies ProblemCode[];

const idempotencyKey = z.string().regex(KEY_PATTERN).meta({
  example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
  description: 'The same key and body is the same request: its answer is given again.',
});

const commandHeaders = (isKeyRequired: boolean) =>
  z.object({
    'Idempotency-Key': isKeyRequired ? idempotencyKey : idempotencyKey.optional(),
    Prefer: z.string().optional().meta({
      example: 'wait=5',
      description: 'RFC 7240: how many seconds to wait for the outcome, 0 to 30; 5 unless told.',
    }),
  });

export function openApiDocument(routes: readonly Route[]): object {
  const registry = new OpenAPIRegistry();
  const { name } = registry.registerComponent('securitySchemes', 'apiKey', {
    type: 'http',
    scheme: 'bearer',
  });
  for (const route of routes) registry.registerPath(operation(route, name));
  registry.registerPath(webhookOperation());
  const document = new OpenApiGeneratorV31(registry.definitions).generateDocument({
    openapi: '3.1.0',
    info: {
      title: 'Payonce',
      version: '1',
      description: 'Payments that cannot charge, grant or invoice twice.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    // Wherever it is read from, that API is meant.
    servers: [{ url: '/', description: 'The API that serves this document.' }],
  });
  describeFields(document);
  return document;
}

function operation(route: Route, security: string): RouteConfig {
  const { operationId, method, path, summary, params, query, body, upload } = route;
  const isPost = method === 'post';
  const problems = [
    ...route.problems,
    ...GENERAL,
    ...(params ? OF_PATHS : []),
    ...(isPost && !upload ? OF_POSTS : []),
    ...(body ? OF_BODIES : []),
    ...(upload ? OF_UPLOADS : []),
  ];
  const answers = Object.entries(route.answers).map(
    ([status, answer]) => [status, answerOf(answer)] as const,
  );
  return {
    operationId,
    method,
    path,
    summary,
    tags: [tagOf(path)],
    description: `Needs an API key with the scope ${scopesOf(route).join(' or ')}.`,
    security: [{ [security]: [] }],
    request: {
      ...(params ? { params } : {}),
      ...(query ? { query } : {}),
      ...(isPost && !upload
        ? { headers: commandHeaders(route.isIdempotencyKeyRequired === true) }
        : {}),
      ...(upload ? { body: { required: true, content: filesOf(upload) } } : {}),
      ...(body
        ? {
            body: {
              required: !isBodyOptional(route),
              content: { 'application/json': { schema: body } },
            },
          }
        : {}),
    },
    responses: { ...Object.fromEntries(answers), ...problemAnswers(problems) },
  };
}

function filesOf(contentTypes: readonly string[]) {
  const schema = { type: 'string', format: 'binary' } as const;
  return Object.fromEntries(contentTypes.map((contentType) => [contentType, { schema }]));
}

/** `/v1/orders/{id}` is about orders. */
function tagOf(path: string): string {
  return path.split('/')[2] ?? '';
}

function answerOf({ description, schema, contentType = 'application/json' }: AnswerDescription) {
  if (schema === undefined && contentType === 'application/json') return { description };
  const binary = { type: 'string', format: 'binary' } as const;
  return { description, content: { [contentType]: { schema: schema ?? binary } } };
}

/** One answer a status, which names every code that it may carry. */
function problemAnswers(codes: readonly ProblemCode[]) {
  const statuses = [...new Set(codes.map((code) => problemEntry(code).status))];
  const content = { 'application/problem+json': { schema: problemSchema } };
  return Object.fromEntries(
    statuses.map((status) => {
      const named = [...new Set(codes)].filter((code) => PROBLEMS[code].status === status);
      const lines = named.map((code) => `- \`${code}\`: ${PROBLEMS[code].advice}`);
      return [status, { description: lines.join('\n'), content }];
    }),
  );
}

function webhookOperation(): RouteConfig {
  return {
    operationId: 'receiveWebhook',
    method: 'post',
    path: '/webhooks/{gateway}',
    summary: "Deliver a gateway's webhook, signed by the gateway",
    tags: ['webhooks'],
    // The gateway's signature is the key.
    security: [],
    request: {
      params: z.object({ gateway: z.string() }),
      body: { required: true, content: { 'application/json': { schema: z.looseObject({}) } } },
    },
    responses: {
      200: {
        description: 'Taken, dropped as a repeat, not needed, or kept for an operator.',
        content: { 'application/json': { schema: webhookAnswerSchema } },
      },
      ...problemAnswers(OF_WEBHOOKS),
    },
  };
}
