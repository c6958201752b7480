/**
 * Decodes payloads for people who look at orders in Temporal's UI or CLI. It never encodes, keeps nothing,
 * and writes down every request without what was in it.
 */
import { randomUUID } from 'node:crypto';
import type { PayloadCodec } from '@temporalio/common';
import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import helmet from 'helmet';
import type { Logger } from 'pino';
import { localRefusalOf } from '../http/local-callers.ts';
import type { Authorization } from './authorize.ts';
import { allowOrigin } from './cross-origin.ts';
import { decodePayload, payloadsSchema } from './decode-payloads.ts';
import { REFUSED_PAGE, SIGN_IN_PAGE, SIGNED_IN_PAGE } from './sign-in.ts';

/** The UI asks for a page of a history at a time; a payload may have 2 MiB. */
const MAX_BODY = '8mb';

/** Plain HTTP on this machine: nothing is there to upgrade to, and a form has to name where it was. */
const HEADERS = {
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
  referrerPolicy: { policy: 'same-origin' },
} as const;

export interface CodecServerParts {
  codec: PayloadCodec;
  authorization: Authorization;
  uiOrigin: string;
  /** Where this server itself is reached. */
  ownOrigins: readonly string[];
  log: Logger;
}

export function createCodecApp(parts: CodecServerParts): Express {
  const { authorization, uiOrigin, ownOrigins, log } = parts;
  return express()
    .disable('etag')
    .use(audit(log))
    .use(helmet(HEADERS))
    .use(onlyLocalHost)
    .use(allowOrigin(uiOrigin, ownOrigins))
    .get('/', (_request, response) => void response.send(SIGN_IN_PAGE))
    .post('/session', express.urlencoded({ extended: false, limit: '4kb' }), signIn(authorization))
    .post('/decode', allowed(authorization), express.json({ limit: MAX_BODY }), decode(parts))
    .use((_request, response) => void response.status(404).json({ message: 'POST /decode.' }))
    .use(answerError);
}

/** The page of another site whose name resolves to this machine would read what is decoded. */
const onlyLocalHost: RequestHandler = (request, response, next) => {
  if (localRefusalOf(request) !== 'foreign_host') return next();
  response.locals.code = 'host_refused';
  return response.status(421).json({
    message: 'Call the codec server as 127.0.0.1 or localhost: it serves its own machine.',
  });
};

/** One line a request, whatever came of it. */
function audit(log: Logger): RequestHandler {
  return (request, response, next) => {
    response.once('close', () => {
      const { code, count } = response.locals;
      const line = {
        request_id: randomUUID(),
        method: request.method,
        route: routeOf(request.path),
      };
      const event = { security_event: 'decode', status: response.statusCode, code, count };
      log[response.statusCode < 400 ? 'info' : 'warn']({ ...line, ...event }, 'answered');
    });
    next();
  };
}

/** A path may be anything; these are all there are. */
function routeOf(path: string): string {
  return ['/', '/session', '/decode'].includes(path) ? path : 'none';
}

function allowed(authorization: Authorization): RequestHandler {
  return ({ headers }, response, next) => {
    if (authorization.isAllowed(headers)) return next();
    response.locals.code = 'credentials_invalid';
    response.set('www-authenticate', 'Bearer').status(401);
    return response.json({
      message: 'Send the token as a bearer token, or sign in at this address.',
    });
  };
}

function signIn(authorization: Authorization): RequestHandler {
  return (request, response) => {
    if (authorization.isToken(String(request.body?.token ?? '')))
      return response.set('set-cookie', authorization.sessionCookie()).send(SIGNED_IN_PAGE);
    response.locals.code = 'credentials_invalid';
    return response.status(401).send(REFUSED_PAGE);
  };
}

function decode({ codec }: CodecServerParts): RequestHandler {
  return async (request, response) => {
    const body = payloadsSchema.safeParse(request.body);
    if (!body.success) {
      response.locals.code = 'validation_failed';
      return response.status(400).json({ message: 'Send {"payloads": […]} as Temporal has them.' });
    }
    const payloads = await Promise.all(
      body.data.payloads.map(({ metadata, data = null }) =>
        decodePayload(codec, { metadata, data }),
      ),
    );
    response.locals.count = payloads.length;
    return response.set('cache-control', 'no-store').json({ payloads });
  };
}

/** Errors of reading a body have a status of their own; nothing of them is repeated. */
const answerError: ErrorRequestHandler = (
  error: { status?: number },
  _request,
  response,
  _next,
) => {
  response.locals.code = 'body_invalid';
  return response.status(error.status ?? 500).json({ message: 'The request cannot be read.' });
};
