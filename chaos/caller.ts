/**
 * Everybody who calls Payonce: the shop, the customer's browser, the operator. Each request and each
 * answer is on the operation log, and what nobody knows the outcome of is asked again under its key.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { call, createPayonceClient, type PayonceClient } from '../src/client/index.ts';
import type { Operation, OperationKind, OperationPhase } from './evidence.ts';
import type { JsonLines } from './json-lines.ts';
import type { TrafficGate } from './traffic-gate.ts';

export interface Ask {
  kind: OperationKind;
  orderId: string;
  method: 'GET' | 'POST';
  path: string;
  /** Sent as JSON; text is sent as it is. */
  body?: unknown;
  idempotencyKey?: string;
  headers?: Record<string, string>;
  /** Sent to the API that closes orders early; to any by default. */
  isClosedSoon?: true;
}

export interface Answer {
  phase: OperationPhase;
  status: number | null;
  code: string | null;
  /** Parsed, where it is JSON. */
  body: unknown;
  /** For how long not to ask again, in milliseconds. */
  retryAfterMs: number;
}

export interface Caller {
  ask(ask: Ask): Promise<Answer>;
  /** Asks again, under the same key, until the answer is one that stands. */
  insist(ask: Ask): Promise<Answer>;
}

interface CallerOptions {
  apiUrls: () => readonly string[];
  closingApiUrl: string;
  /** Of the scope `ops`, which includes `client`. */
  apiKey: string;
  log: JsonLines<Operation>;
  /** From then on nobody insists any more. */
  signal: AbortSignal;
  traffic: TrafficGate;
}

/** Longer than the API lets a caller wait, so that giving up is the exception. */
const TIMEOUT_MS = 15_000;
/** People who get an error try again soon, and then less and less often. */
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 3_000;
/** A 4xx that says "not now" instead of "no". */
const PASSING = new Set(['idempotency_in_progress', 'attempt_in_progress', 'rate_limited']);

export function createCaller(options: CallerOptions): Caller {
  const { apiUrls, closingApiUrl, apiKey, log, signal, traffic } = options;
  const clients = new Map<string, PayonceClient>();
  let turn = 0;

  /** Each request is on the log once, and its key is the caller's own: nothing is sent again unseen. */
  function clientOf(baseUrl: string): PayonceClient {
    const known = clients.get(baseUrl);
    const client =
      known ?? createPayonceClient({ baseUrl, apiKey, maxRetries: 0, makesKeys: false });
    clients.set(baseUrl, client);
    return client;
  }

  const ask = (given: Ask): Promise<Answer> => traffic.pass(() => askNow(given));

  async function askNow(given: Ask): Promise<Answer> {
    turn += 1;
    const urls = apiUrls();
    const base = given.isClosedSoon ? closingApiUrl : (urls[turn % urls.length] ?? '');
    const invoked = lineOf(given);
    log.write({ ...invoked, phase: 'invoke' });
    const { retryAfterMs = 0, ...reply } = await send(clientOf(base), given);
    log.write({ ...invoked, ...reply, endedAt: Date.now() });
    const { phase, status = null, code = null, body = '' } = reply;
    return { phase, status, code, body: parsed(body), retryAfterMs };
  }

  async function insist(given: Ask): Promise<Answer> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
      const answer = await ask(given);
      const isOpen = answer.phase === 'info' || PASSING.has(answer.code ?? '');
      if (!isOpen || signal.aborted) return answer;
      await sleep(Math.max(pauseMs, answer.retryAfterMs));
    }
  }

  return { ask, insist };
}

function lineOf({ kind, orderId, method, path, body, idempotencyKey }: Ask) {
  return {
    id: randomUUID(),
    kind,
    orderId,
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    request: { method, path, body: body ?? null },
    startedAt: Date.now(),
  };
}

type Reply = Pick<Operation, 'phase' | 'status' | 'code' | 'replayed' | 'body' | 'error'> & {
  retryAfterMs?: number;
};

async function send(client: PayonceClient, given: Ask): Promise<Reply> {
  const { method, path, body, idempotencyKey, headers } = given;
  const key = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
  try {
    const reply = await call(client, method, path, {
      body,
      headers: { ...key, ...headers },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return replyOf(reply.status, reply.headers, reply.text);
  } catch (error) {
    return { phase: 'info', error: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code } = Object(error.cause) as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}

function replyOf(status: number, headers: Headers, body: string): Reply {
  const { code } = Object(parsed(body)) as { code?: unknown };
  return {
    phase: phaseOf(status),
    status,
    ...(typeof code === 'string' ? { code } : {}),
    ...(headers.has('idempotent-replayed') ? { replayed: true } : {}),
    body,
    retryAfterMs: Number(headers.get('retry-after') ?? 0) * 1_000,
  };
}

function phaseOf(status: number): OperationPhase {
  if (status >= 500) return 'info';
  return status >= 400 ? 'fail' : 'ok';
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
