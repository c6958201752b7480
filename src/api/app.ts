/**
 * The HTTP application: which path leads where, and what every answer has. It holds no rules of its
 * own, and serves nothing that routes.ts does not list.
 */
import express, {
  type ErrorRequestHandler,
  type Express,
  type Request,
  type RequestHandler,
} from 'express';
import { localRefusalOf } from '../http/local-callers.ts';
import { createAdmission } from './access/admission.ts';
import { createRateLimits, type RateLimits } from './access/rate-limits.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { mountConsole } from './console/files.ts';
import { mountSessions, SESSION_ROUTES } from './console/session-routes.ts';
import { createReadyz, healthz } from './http/health.ts';
import { createLandingPage } from './http/landing-page.ts';
import { measureRequests } from './http/measure-requests.ts';
import { problemPage, problemReply, replyOf, send } from './http/reply.ts';
import { requestLog } from './http/request-log.ts';
import { serve } from './http/run-route.ts';
import { securityHeaders } from './http/security-headers.ts';
import { mountDocs } from './openapi/docs.ts';
import { openApiDocument } from './openapi/openapi.ts';
import { problemOf } from './problems/errors.ts';
import { Problem } from './problems/problem.ts';
import { ROUTES } from './routes.ts';
import { createWebhookReceiver } from './webhooks/webhooks.ts';

/** Prometheus' text format. */
const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * What a listener serves: all there is, or, where the console has a listener of its own, what it needs and what is left
 * without it.
 */
export type Served = 'all' | 'console' | 'all but the console';

export interface AppOptions {
  serves?: Served;
  /** Shared by the listeners of a process, so that a caller has them once. */
  limits?: RateLimits;
}

/** Builds the application; listening is up to the caller. */
export function createApp(
  dependencies: ApiDependencies,
  { serves = 'all', limits = createRateLimits(dependencies.policy.rateLimits) }: AppOptions = {},
): Express {
  const { authenticate } = dependencies;
  const signIn = serves === 'all but the console' ? undefined : dependencies.signIn;
  const admit = createAdmission({ authenticate, limits, ...(signIn && { signIn }) });
  const app = express();
  app.enable('case sensitive routing');
  app.enable('strict routing');
  app.disable('etag');
  app.disable('x-powered-by');
  app.use(requestLog(dependencies.log));
  app.use(measureRequests(dependencies.metrics));
  app.use(securityHeaders());
  app.use(requireHost);
  if (dependencies.localHost !== undefined) app.use(onlyLocal(dependencies.localHost));
  app.get('/healthz', healthz);
  app.get('/readyz', createReadyz(dependencies));
  if (serves !== 'console') mountMetrics(app, dependencies);
  app.use(dependencies.drain.admit);
  // Before the others: Express looks at each route in turn, and most requests are webhooks.
  if (serves !== 'console') app.post('/webhooks/:gateway', createWebhookReceiver(dependencies));
  for (const route of ROUTES)
    app[route.method](expressPath(route.path), serve(route, dependencies, admit));
  if (serves !== 'console') {
    app.get('/', createLandingPage({ ...dependencies, hasConsole: serves === 'all' }));
    mountDocs(app, openApiDocument(ROUTES));
  }
  if (serves !== 'all but the console') {
    mountSessions(app, { signIn, limits });
    mountConsole(app, signIn);
  }
  refuseOtherMethods(app, serves);
  app.use(() => {
    throw new Problem('route_not_found');
  });
  app.use(answerProblem);
  return app;
}

const requireHost: RequestHandler = ({ headers }, _response, next) => {
  if (headers.host === undefined)
    throw new Problem('malformed_http', { detail: 'The Host header is missing: send it.' });
  next();
};

/** Webhooks come from outside by way of a tunnel, and are trusted for their signature alone. */
function onlyLocal(ownHost: string): RequestHandler {
  return (request, _response, next) => {
    if (request.path.startsWith('/webhooks/')) return next();
    const refusal = localRefusalOf(request, ownHost);
    if (refusal !== null) throw new Problem(REFUSED[refusal]);
    next();
  };
}

const REFUSED = { foreign_host: 'host_refused', foreign_origin: 'origin_refused' } as const;

function mountMetrics(app: Express, { metrics: { page } }: ApiDependencies): void {
  if (page === null) return;
  app.get('/metrics', async (_request, response) => {
    const body = Buffer.from(await page());
    send(response, replyOf({ status: 200, body, headers: { 'content-type': METRICS_TYPE } }));
  });
}

/** `{id}` in OpenAPI is `:id` in Express. */
export function expressPath(path: string): string {
  return path.replace(/\{(\w+)\}/g, ':$1');
}

const OF_THE_API: [path: string, methods: string[]][] = [
  ['/', ['GET']],
  ['/openapi.json', ['GET']],
  ['/webhooks/:gateway', ['POST']],
];

const OF_THE_CONSOLE: [path: string, methods: string[]][] = [
  ...Object.entries(SESSION_ROUTES).map(([path, method]): [string, string[]] => [path, [method]]),
  ['/console', ['GET']],
  ['/console/{*page}', ['GET']],
];

/** 405 with an Allow header, where the path exists and the method does not. */
function refuseOtherMethods(app: Express, serves: Served): void {
  const allowed = new Map<string, string[]>([
    ['/healthz', ['GET']],
    ['/readyz', ['GET']],
    ...(serves === 'console' ? [] : OF_THE_API),
    ...(serves === 'all but the console' ? [] : OF_THE_CONSOLE),
  ]);
  for (const { method, path } of ROUTES) {
    const at = expressPath(path);
    allowed.set(at, [...(allowed.get(at) ?? []), method.toUpperCase()]);
  }
  for (const [path, methods] of allowed) app.all(path, refuseMethod(methods));
}

function refuseMethod(methods: string[]): RequestHandler {
  const allow = methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method]));
  return () => {
    throw new Problem('method_not_allowed', { headers: { allow: allow.join(', ') } });
  };
}

const answerProblem: ErrorRequestHandler = (error: unknown, request, response, next) => {
  const problem = pathProblem(error, request.path) ?? problemOf(error);
  response.locals.code = problem.code;
  if (problem.status >= 500)
    request.log.error({ err: problem.cause ?? problem, code: problem.code }, 'cannot serve');
  // The head is out: all that is left to say is that the answer is broken.
  if (response.headersSent) return next(error);
  send(response, isVisited(request) ? problemPage(problem) : problemReply(problem, request));
};

/** Whether somebody looks at the answer: it is neither a program's nor a page's. */
function isVisited(request: Request): boolean {
  const isSignIn = request.path.startsWith('/console/session/');
  return isSignIn && request.accepts(['json', 'html']) === 'html';
}

/** An escape that cannot be read, where an order id was to be. */
function pathProblem(error: unknown, path: string): Problem | null {
  const isUnreadable = error instanceof URIError && path.startsWith('/v1/orders/');
  return isUnreadable ? new Problem('invalid_order_id') : null;
}
