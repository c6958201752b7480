/** Measures every request from its head to the end of its answer, by the route that took it. */
import type { Request, RequestHandler, Response } from 'express';
import { problemOf } from '../problems/errors.ts';
import type { ApiMetrics, WebhookOutcome } from './api-metrics.ts';

/** Probes come every few seconds from everywhere and would drown the rest; a stream of changes lasts as its reader does. */
const UNMEASURED: ReadonlySet<string> = new Set(['/healthz', '/readyz', '/metrics', '/v1/changes']);

const MS_PER_S = 1000;

export function measureRequests(metrics: ApiMetrics): RequestHandler {
  return (request, response, next) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const route = String(request.route?.path ?? 'none');
      if (UNMEASURED.has(route)) return;
      const status = response.writableFinished ? String(response.statusCode) : 'aborted';
      const seconds = (performance.now() - startedAt) / MS_PER_S;
      metrics.requestAnswered({ method: request.method, route, status, seconds });
    });
    next();
  };
}

/** Measures a webhook by what became of it, which the HTTP status alone does not show. */
export function measureWebhooks(
  { metrics, gateways }: { metrics: ApiMetrics; gateways: object },
  receive: (request: Request, response: Response) => Promise<WebhookOutcome>,
): RequestHandler {
  return async (request, response) => {
    const startedAt = performance.now();
    const name = String(request.params.gateway);
    const gateway = Object.hasOwn(gateways, name) ? name : 'unknown';
    const report = (outcome: WebhookOutcome): void => {
      const seconds = (performance.now() - startedAt) / MS_PER_S;
      metrics.webhookAnswered({ gateway, outcome, seconds });
    };
    try {
      report(await receive(request, response));
    } catch (error) {
      report(problemOf(error).status >= 500 ? 'unavailable' : 'refused');
      throw error;
    }
  };
}
