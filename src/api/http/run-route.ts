/**
 * Takes a request through the checks that every endpoint has, in an order that reveals to a stranger as
 * little as possible: path, credentials, scope, rate, form of the body, key, JSON, schema, then the endpoint.
 */
import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import type { Request, RequestHandler } from 'express';
import type { Admit } from '../access/admission.ts';
import type { Caller } from '../access/api-keys.ts';
import { refuseCardholderData } from '../access/cardholder-data.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { Problem } from '../problems/problem.ts';
import { check } from '../problems/validation.ts';
import { derivedId, fingerprintOf } from './canonical-json.ts';
import { type KeyedRequest, runOnce } from './idempotency.ts';
import { type JsonObject, readJsonObject } from './json-body.ts';
import { readJsonBytes } from './raw-body.ts';
import { problemReply, type Reply, replyOf, send } from './reply.ts';
import { hasBody, idempotencyKeyOf, requireJson, waitOf } from './request-headers.ts';
import { type ApiRequest, isBodyOptional, type Route, scopesOf } from './route.ts';
import { openUpload, type Upload } from './upload.ts';

type Input = Omit<ApiRequest<never, never, never>, 'commandId' | 'waitMs'>;

export function serve(route: Route, dependencies: ApiDependencies, admit: Admit): RequestHandler {
  return async (request, response) => {
    const params = checkPath(route, request);
    const caller = await admit(request, response, scopesOf(route));
    const isJson = route.body !== undefined && (!isBodyOptional(route) || hasBody(request));
    if (isJson) requireJson(request);
    const idempotencyKey = checkKey(route, request);
    const upload = route.upload === undefined ? NO_UPLOAD : openUpload(request, route.upload);
    const json = isJson ? readJsonObject(await readJsonBytes(request, response)) : {};
    refuseCardholderData(json);
    const input = {
      params: params as never,
      body: (route.body ? check(route.body, json, 'validation_failed') : json) as never,
      query: checkQuery(route, request) as never,
      caller,
      idempotencyKey,
      upload: upload.body,
      ifNoneMatch: request.headers['if-none-match'],
    };
    try {
      send(response, await answer(route, dependencies, { request, input, json }));
    } catch (error) {
      // A caller that still sends would not read why.
      await upload.discard();
      throw upload.problem() ?? error;
    }
  };
}

const NO_UPLOAD: Upload = {
  body: Readable.from([]),
  problem: () => null,
  discard: async () => {},
};

interface Checked {
  request: Request;
  input: Input;
  json: JsonObject;
}

async function answer(
  route: Route,
  dependencies: ApiDependencies,
  { request, input, json }: Checked,
): Promise<Reply> {
  const { caller, idempotencyKey } = input;
  const { waitMs, applied } = waitOf(request);
  const keyed =
    idempotencyKey === null ? null : keyedRequest(request, caller, idempotencyKey, json);
  const commandId = keyed ? derivedId(keyed.owner, keyed.key, keyed.fingerprint) : randomUUID();
  const run = async () => {
    const given = await route.run({ ...input, commandId, waitMs }, dependencies);
    return route.method === 'get' ? given : { ...given, headers: { ...given.headers, ...applied } };
  };
  if (keyed === null) return replyOf(await run());
  return runOnce(dependencies.database, keyed, {
    run,
    replyToProblem: (problem) => problemReply(problem, request),
  });
}

function keyedRequest(
  { method, path }: Request,
  { owner }: Caller,
  key: string,
  json: JsonObject,
): KeyedRequest {
  return { owner, key, fingerprint: fingerprintOf([method, path, json]) };
}

/** A wrong order id is named as such; it is what integrations get wrong first. */
function checkPath(route: Route, request: Request): unknown {
  if (route.params === undefined) return {};
  const isOrder = route.path.startsWith('/v1/orders/');
  const { id } = route.params.shape;
  if (isOrder && id !== undefined && !id.safeParse(request.params.id).success)
    throw new Problem('invalid_order_id');
  return check(route.params, request.params, 'invalid_path_parameter');
}

function checkQuery(route: Route, { query }: Request): unknown {
  if (route.query === undefined) return {};
  const repeated = Object.keys(route.query.shape).filter((name) => Array.isArray(query[name]));
  if (repeated.length === 0) return check(route.query, query, 'query_invalid');
  const errors = repeated.map((name) => ({ pointer: `/${name}`, message: 'must be given once' }));
  throw new Problem('query_invalid', { errors });
}

function checkKey(route: Route, request: Request): string | null {
  if (route.method === 'get' || route.upload !== undefined) return null;
  const key = idempotencyKeyOf(request);
  if (key === null && route.isIdempotencyKeyRequired) throw new Problem('idempotency_key_missing');
  return key;
}
