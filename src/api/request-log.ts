/**
 * One log line a request, of listed fields only: no header, no body, no query, nothing that a caller
 * could fill with secrets.
 */
import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';

const PROBES: ReadonlySet<string> = new Set(['/healthz', '/readyz']);

export function requestLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    genReqId: (_request, response) => {
      const id = randomUUID();
      response.setHeader('x-request-id', id);
      return id;
    },
    // The path without its query: an order id may be logged, a misplaced key may not.
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({
        id,
        method,
        path: url.split('?')[0],
      }),
      res: ({ statusCode }: { statusCode: number }) => ({ status: statusCode }),
    },
    customLogLevel: (_request, response) => (response.statusCode >= 500 ? 'warn' : 'info'),
    autoLogging: { ignore: ({ url = '' }) => PROBES.has(url) },
  });
}
