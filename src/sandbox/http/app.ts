/**
 * The gateway's HTTP application: its routes and its only error handler.
 * An unexpected error is logged here and never told to the caller.
 */

import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import type { Logger } from 'pino';
import { localRefusalOf } from '../../http/local-callers.ts';
import type { Faults } from '../faults/faults.ts';
import { createChangePayment } from '../payments/change-payment.ts';
import { createSubmit } from '../payments/submit.ts';
import type { Store } from '../store/store.ts';
import type { Dispatcher } from '../webhooks/dispatcher.ts';
import { BadRequest, problem, sendAnswer } from './answer.ts';
import { createCheckoutRoutes } from './checkout-routes.ts';
import { createControlRoutes } from './control-routes.ts';
import { createEndpoints } from './endpoints.ts';
import { createPaymentRoutes } from './payment-routes.ts';
import { createRefundRoutes } from './refund-routes.ts';
import { createRepresentPayment } from './representation.ts';

export type AppParts = {
  readonly store: Store;
  readonly faults: Faults;
  readonly dispatcher: Dispatcher;
  /** The gateway's own address, which the links to its checkout pages begin with. */
  readonly baseUrl: string;
  readonly log: Logger;
};

// The largest body there is, a fault plan, stays far below this.
const BODY_LIMIT = '16kb';

const noSuchCall: RequestHandler = (_req, res) =>
  sendAnswer(res, problem(404, 'route_not_found', 'There is no such call; see docs/gateways.md.'));

/** A page of another site may neither pay nor plan faults here, nor read what was paid. */
const onlyLocal: RequestHandler = (req, res, next) => {
  const refusal = localRefusalOf(req);
  if (refusal === null) return next();
  return sendAnswer(res, problem(403, refusal, REFUSED[refusal]));
};

const REFUSED = {
  foreign_host: 'The gateway serves its own machine: call it as 127.0.0.1 or localhost.',
  foreign_origin:
    'The gateway serves its own machine: a page of another site changes nothing here.',
} as const;

const isClientError = (error: unknown): error is { status: number; message: string } =>
  error instanceof Error &&
  'status' in error &&
  typeof error.status === 'number' &&
  error.status >= 400 &&
  error.status < 500;

function createSendError(log: Logger): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    if (error instanceof BadRequest) return sendAnswer(res, error.answer);
    if (isClientError(error)) {
      const code = error.status === 413 ? 'body_too_large' : 'malformed_request';
      return sendAnswer(res, problem(error.status, code, error.message));
    }
    log.error({ err: error }, 'a call failed');
    return sendAnswer(res, problem(500, 'internal_error', 'The gateway failed; see its output.'));
  };
}

export function createApp({ store, faults, dispatcher, baseUrl, log }: AppParts): Express {
  const submit = createSubmit(store, dispatcher.wake);
  const represent = createRepresentPayment(baseUrl);
  const changePayment = createChangePayment(represent);
  const endpoints = createEndpoints({ store, submit, faults });
  return express()
    .disable('x-powered-by')
    .disable('etag')
    .use(onlyLocal)
    .use(express.json({ limit: BODY_LIMIT }))
    .use(createPaymentRoutes({ endpoints, changePayment, represent }))
    .use(createRefundRoutes(endpoints, changePayment))
    .use(createControlRoutes({ store, faults, dispatcher }))
    .use(createCheckoutRoutes({ store, submit, changePayment }))
    .use(noSuchCall)
    .use(createSendError(log));
}
