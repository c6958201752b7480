/** Stripe's HTTP API over one account: forms in, JSON out, keys and faults as in the field. */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Express, type Request, type Response } from 'express';
import type { Account } from './account.ts';
import { ApiError, invalidParameter } from './api-error.ts';
import type { Balance } from './balance.ts';
import type { Fault, Faults } from './faults.ts';
import { type Metadata, newId } from './objects.ts';
import type { Answer, SavedAnswers } from './saved-answers.ts';

/** Long enough that a repeat meets a call under way. */
const SLOW_MS = 400;

const BREAKDOWN: Answer = {
  status: 500,
  body: { error: { type: 'api_error', message: 'An unknown error occurred' } },
};

export interface ApiParts {
  account: Account;
  balance: Balance;
  faults: Faults;
  savedAnswers: SavedAnswers;
  secretKey: string;
  /** Of webhooks; null where the key may not read them. */
  endpoints(): readonly object[] | null;
  /** Told of every call whose answer a fault has kept back, when all else is done. */
  onAnswerLost(): void;
}

type Form = Record<string, unknown>;
type Run = (request: Request, form: Form) => object;

export function createApi(parts: ApiParts): Express {
  const { account, balance } = parts;
  const route = (run: Run) => (request: Request, response: Response) =>
    serve(parts, run, request, response);
  return express()
    .use(express.urlencoded({ extended: true }))
    .post(
      '/v1/payment_intents',
      route((_, form) =>
        account.createIntent({
          amount: amountOf(form),
          currency: text(form.currency),
          metadata: metadataOf(form),
          captureMethod: form.capture_method ?? 'automatic_async',
          ...(form.description === undefined ? {} : { description: text(form.description) }),
          ...(form.receipt_email === undefined ? {} : { receiptEmail: text(form.receipt_email) }),
          ...(form.shipping === undefined ? {} : { shipping: form.shipping as object }),
        }),
      ),
    )
    .get(
      '/v1/payment_intents',
      route(() => list(account.intents().slice(-1))),
    )
    .get(
      '/v1/payment_intents/:id',
      route(({ params, query }) => expanded(account, text(params.id), query)),
    )
    .post(
      '/v1/payment_intents/:id/capture',
      route(({ params }, form) =>
        account.capture(text(params.id), numberOf(form.amount_to_capture)),
      ),
    )
    .post(
      '/v1/payment_intents/:id/cancel',
      route(({ params }) => account.cancel(text(params.id))),
    )
    .post(
      '/v1/refunds',
      route((_, form) =>
        account.refund(text(form.payment_intent), numberOf(form.amount), metadataOf(form)),
      ),
    )
    .get(
      '/v1/refunds',
      route(({ query }) => list(account.refundsOf(text(query.payment_intent)))),
    )
    .get(
      '/v1/webhook_endpoints',
      route(() => list([...endpointsOf(parts)])),
    )
    .get(
      '/v1/disputes',
      route(({ query }) => list(account.disputesOf(text(query.payment_intent)))),
    )
    .get(
      '/v1/balance_transactions',
      route(({ query }) => balance.list(query)),
    )
    .use(
      route(({ method, path }) => {
        throw invalidParameter('path', `Unrecognized request URL (${method}: ${path})`);
      }),
    );
}

function endpointsOf({ endpoints }: ApiParts): readonly object[] {
  const readable = endpoints();
  if (readable !== null) return readable;
  const message = 'The provided key does not have the required permissions for this endpoint';
  throw new ApiError(403, { type: 'invalid_request_error', message }, false);
}

/** Objects in it are their ids alone, unless they are asked for. */
function expanded(account: Account, id: string, query: Request['query']): object {
  const intent = account.intentOf(id);
  const isAsked = query['expand[0]'] === 'latest_charge';
  if (!isAsked || intent.latest_charge === null) return intent;
  return { ...intent, latest_charge: account.chargeOf(intent) };
}

async function serve(parts: ApiParts, run: Run, request: Request, response: Response) {
  const fault = parts.faults.take(request.method);
  if (fault === 'reset_before') return request.socket.destroy();
  if (fault === 'hang_before') return undefined;
  const headers: Record<string, string> = { 'request-id': newId('req') };
  const answer = await answerTo(parts, run, request, fault).catch(answerOf);
  if (fault === 'reset_after' || fault === 'hang_after') {
    parts.onAnswerLost();
    return fault === 'reset_after' ? request.socket.destroy() : undefined;
  }
  if (answer.isReplayed) headers['idempotent-replayed'] = 'true';
  return response.status(answer.status).set(headers).json(answer.body);
}

async function answerTo(parts: ApiParts, run: Run, request: Request, fault: Fault | undefined) {
  const { savedAnswers, secretKey } = parts;
  if (request.headers.authorization !== `Bearer ${secretKey}` || fault === 'key_refused')
    throw new ApiError(401, { type: 'invalid_request_error', message: 'Invalid API Key' }, false);
  if (fault === 'rate_limited')
    throw new ApiError(429, { type: 'invalid_request_error', message: 'Too many requests' }, false);
  if (fault === 'unavailable')
    throw new ApiError(503, { type: 'api_error', message: 'Try again later' }, false);
  const form = (request.body ?? {}) as Form;
  const key = request.method === 'POST' ? request.get('idempotency-key') : undefined;
  const content = JSON.stringify([request.method, request.path, form]);
  const fingerprint = createHash('sha256').update(content).digest('hex');
  return savedAnswers.once({ key, fingerprint }, async () => {
    if (fault === 'breakdown_before') return BREAKDOWN;
    if (fault === 'slow') await sleep(SLOW_MS);
    const answer = begun(() => run(request, form));
    return fault === 'breakdown_after' ? BREAKDOWN : answer;
  });
}

/** What was begun is an answer, also where it is a no; a copy, as saved answers never change. */
function begun(run: () => object): Answer {
  try {
    return { status: 200, body: structuredClone(run()) };
  } catch (error) {
    if (error instanceof ApiError && error.isSaved) return answerOf(error);
    throw error;
  }
}

function answerOf(error: unknown): Answer & { isReplayed: boolean } {
  if (!(error instanceof ApiError)) throw error;
  return { status: error.status, body: { error: structuredClone(error.body) }, isReplayed: false };
}

function list(data: object[]): object {
  return { object: 'list', data, has_more: false, url: '/v1/list' };
}

function text(value: unknown): string {
  if (typeof value !== 'string' || value === '')
    throw invalidParameter('form', 'Missing required param', 'parameter_missing');
  return value;
}

function amountOf(form: Form): number {
  return Number(text(form.amount));
}

function numberOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}

function metadataOf({ metadata = {} }: Form): Metadata {
  return metadata as Metadata;
}
