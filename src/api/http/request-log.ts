/**
 * One log line a request, of listed fields only: no header, no body, no query, nothing that a caller
 * could fill with secrets.
 */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { operatorActionOf, refusalEventOf } from '../access/security-events.ts';
import { orderId } from './request-schemas.ts';

const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

/** Expects the problem's code, the caller's owner and actor and the gateway's name in `response.locals`. */
export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'request_id' },
    genReqId: (_request, response) => {
      const id = randomUUID();
      response.setHeader('x-request-id', id);
      return id;
    },
    customLogLevel: (_request, response) => levelOf(response),
    customSuccessObject: lineOf,
    customErrorObject: (request, response, _error, { responseTime }) =>
      lineOf(request, response, { responseTime }),
    customSuccessMessage: () => 'answered',
    customErrorMessage: () => 'answered',
    autoLogging: { ignore: ({ url = '' }) => PROBES.has(url) },
  });
}

function levelOf(response: ServerResponse): 'info' | 'warn' {
  const { code } = localsOf(response);
  return response.statusCode >= 500 || refusalEventOf(code) !== undefined ? 'warn' : 'info';
}

function lineOf(
  incoming: IncomingMessage,
  response: ServerResponse,
  { responseTime }: { responseTime: number },
): object {
  const request = incoming as Request;
  const route = String(request.route?.path ?? 'none');
  const { code, owner, actor, gateway } = localsOf(response);
  return {
    method: request.method,
    route,
    status: response.statusCode,
    duration_ms: Math.round(responseTime),
    code,
    key_id: owner,
    actor,
    gateway,
    order_id: orderOf(request, route),
    security_event: refusalEventOf(code) ?? operatorActionOf(route),
  };
}

type Locals = Record<'code' | 'owner' | 'actor' | 'gateway', string | undefined>;

function localsOf(response: ServerResponse): Locals {
  return (response as Response).locals as Locals;
}

/** What is no order id may be anything. */
function orderOf({ params }: Request, route: string): string | undefined {
  return route.startsWith('/v1/orders/:id') ? orderId.safeParse(params.id).data : undefined;
}
