/** HTTP to the API, for commands. Whatever is not a success becomes a Refusal that says what to do. */
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { Refusal } from './refusal.ts';
import { visible } from './table.ts';
import type { Target } from './target.ts';

/** Long enough for a gateway to answer while a person waits. */
const WAIT_S = 20;
/** The API answers within its wait; the rest is for the network. */
const TIMEOUT_MS = (WAIT_S + 10) * 1000;
/** A long timeline has more pages than a key may ask for in a second. */
const MAX_RETRIES = 5;
const TOO_MANY = 429;

/** A successful answer: its status and its JSON. */
export interface ApiReply {
  status: number;
  body: unknown;
}

export interface ApiClient {
  get(path: string): Promise<ApiReply>;
  post(path: string, body?: object, headers?: Record<string, string>): Promise<ApiReply>;
}

const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  request_id: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
});

/** All calls throw Refusal when the API refuses or cannot be reached. */
export function createApiClient(target: Target): ApiClient {
  return {
    get: (path) => send(target, path, { method: 'GET' }, MAX_RETRIES),
    post: (path, body, headers) =>
      send(target, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: `wait=${WAIT_S}`, ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
  };
}

async function send(
  target: Target,
  path: string,
  request: RequestInit,
  retries = 0,
): Promise<ApiReply> {
  const { url, apiKey } = target;
  const response = await fetch(`${url}${path}`, {
    ...request,
    headers: { ...request.headers, authorization: `Bearer ${apiKey}` },
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((error: unknown) => {
    throw new Refusal(
      `${url} does not answer (${reasonOf(error)}): check PAYONCE_URL and that the API runs. What was sent may have arrived; sending it again is safe.`,
    );
  });
  const body = parse(await response.text());
  if (response.status === TOO_MANY && retries > 0) {
    await sleep(1000 * Number(response.headers.get('retry-after') ?? 1));
    return send(target, path, request, retries - 1);
  }
  if (!response.ok) throw new Refusal(refusalText(response.status, body));
  if (body === undefined)
    throw new Refusal(`${url} answered without JSON: check that PAYONCE_URL is a Payonce API.`);
  return { status: response.status, body };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusalText(status: number, body: unknown): string {
  const { data: problem } = problemSchema.safeParse(body);
  if (problem === undefined)
    return `HTTP ${status} without a reason: check that PAYONCE_URL is a Payonce API.`;
  const fields = (problem.errors ?? []).map(({ pointer, message }) => `  ${pointer} ${message}`);
  const id = status >= 500 && problem.request_id ? [`  request_id ${problem.request_id}`] : [];
  return visibleLines([`${problem.code}: ${problem.detail}`, ...fields, ...id]);
}

function visibleLines(lines: string[]): string {
  return lines.map(visible).join('\n');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}
