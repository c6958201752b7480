/**
 * One object per endpoint: it is what is mounted, what validates, what types the code that answers,
 * and what the OpenAPI document is made of. Whatever an endpoint is, is said here once.
 */
import type { Readable } from 'node:stream';
import type { z } from 'zod';
import type { ApiScope } from '../../config/config.ts';
import type { Caller } from '../access/api-keys.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import type { ProblemCode } from '../problems/problem-table.ts';

export type { Caller };

/** A request that has passed every check that needs no order. */
export interface ApiRequest<Params, Query, Body> {
  params: Params;
  query: Query;
  body: Body;
  /** The bytes of the request as they come, where the route takes an upload. */
  upload: Readable;
  caller: Caller;
  idempotencyKey: string | null;
  /** The same for every repeat of the request under its Idempotency-Key, else new every time. */
  commandId: string;
  /** How long the caller waits for an outcome. */
  waitMs: number;
  ifNoneMatch: string | undefined;
}

export interface Answer {
  status: number;
  /** JSON, or bytes or a stream with their own content type; absent for an answer without content. */
  body?: object;
  headers?: Record<string, string>;
  /** Not the last word: a repeat under the same Idempotency-Key asks again. */
  isUnsettled?: boolean;
}

export interface AnswerDescription {
  description: string;
  schema?: z.ZodType;
  contentType?: string;
}

type ParamsOf<S> = S extends z.ZodType ? z.infer<S> : Record<string, never>;

export interface RouteSpec<
  P extends z.ZodObject | undefined,
  Q extends z.ZodObject | undefined,
  B extends z.ZodObject | undefined,
> {
  /** Names it in clients that are made from the document; it never changes. */
  operationId: string;
  method: 'get' | 'post';
  /** In OpenAPI's spelling: `/v1/orders/{id}`. */
  path: string;
  /** The least that a key needs; see `scopesOf`. */
  scope: ApiScope;
  summary: string;
  params?: P;
  query?: Q;
  body?: B;
  /**
   * Takes a file of any size in place of JSON: these are its content types. It has no Idempotency-Key, as the route
   * has to know a file again by its content.
   */
  upload?: readonly [string, ...string[]];
  isIdempotencyKeyRequired?: boolean;
  answers: Record<number, AnswerDescription>;
  /** Problems of its own; those that every endpoint has are added. */
  problems: ProblemCode[];
  /** A method, so that routes of all types fit into one list. */
  run(
    request: ApiRequest<ParamsOf<P>, ParamsOf<Q>, ParamsOf<B>>,
    dependencies: ApiDependencies,
  ): Promise<Answer>;
}

export type Route = RouteSpec<
  z.ZodObject | undefined,
  z.ZodObject | undefined,
  z.ZodObject | undefined
>;

/** Whether a request without any body says all that the route has to know. */
export function isBodyOptional({ body }: Pick<Route, 'body'>): boolean {
  return body?.safeParse({}).success ?? true;
}

/** Lets the schemas of a route type the function that answers it. */
export function defineRoute<
  P extends z.ZodObject | undefined = undefined,
  Q extends z.ZodObject | undefined = undefined,
  B extends z.ZodObject | undefined = undefined,
>(route: RouteSpec<P, Q, B>): Route {
  return route as unknown as Route;
}

/** The scopes that may call a route: `ops` may call all, and `support` may read what `client` may read. */
export function scopesOf({ method, scope }: Pick<Route, 'method' | 'scope'>): ApiScope[] {
  if (scope === 'ops') return ['ops'];
  if (scope === 'support') return ['support', 'ops'];
  return method === 'get' ? ['client', 'support', 'ops'] : ['client', 'ops'];
}
