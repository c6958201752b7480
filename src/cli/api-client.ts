/** The shipped client, for commands. Whatever is not a success becomes a Refusal that says what to do. */
import { z } from 'zod';
import {
  call,
  createPayonceClient,
  downloadFile,
  type Reply,
  uploadFile,
} from '../client/index.ts';
import { Refusal } from './refusal.ts';
import { visible } from './table.ts';
import type { Target } from './target.ts';

/** Long enough for a gateway to answer while a person waits. */
const WAIT_S = 20;
/** A long timeline has more pages than a key may ask for in a second. */
const MAX_RETRIES = 5;

/** A successful answer: its status and its JSON. */
export interface ApiReply {
  status: number;
  body: unknown;
}

export interface ApiClient {
  get(path: string): Promise<ApiReply>;
  post(path: string, body?: object, headers?: Record<string, string>): Promise<ApiReply>;
  /** Sends a file as it is read; takes as long as the API takes to import it. */
  upload(path: string, file: ReadableStream, contentType: string): Promise<ApiReply>;
  /** The answer as it comes, for what is no JSON. */
  download(path: string): AsyncIterable<Uint8Array>;
}

const problemSchema = z.object({
  code: z.string(),
  detail: z.string(),
  request_id: z.string().optional(),
  errors: z.array(z.object({ pointer: z.string(), message: z.string() })).optional(),
});

/** All calls throw Refusal when the API refuses or cannot be reached. */
export function createApiClient(target: Target): ApiClient {
  const { url, apiKey } = target;
  const place = { baseUrl: url, apiKey };
  const client = createPayonceClient({ baseUrl: url, apiKey, maxRetries: MAX_RETRIES });
  return {
    get: async (path) => accepted(url, await reach(url, call(client, 'GET', path))),
    post: async (path, body, headers) => {
      const options = { body, headers: { prefer: `wait=${WAIT_S}`, ...headers } };
      return accepted(url, await reach(url, call(client, 'POST', path, options)));
    },
    upload: async (path, file, contentType) => {
      const headers = { 'content-type': contentType, prefer: `wait=${WAIT_S}` };
      return accepted(url, await reach(url, uploadFile(place, path, { file, headers })));
    },
    async *download(path) {
      const { status, body, chunks } = await reach(url, downloadFile(place, path));
      if (status >= 300) throw new Refusal(refusalText(status, body));
      yield* chunks;
    },
  };
}

async function reach<R>(url: string, reply: Promise<R>): Promise<R> {
  try {
    return await reply;
  } catch (error) {
    throw new Refusal(
      `${url} does not answer (${reasonOf(error)}): check PAYONCE_URL and that the API runs. What was sent may have arrived; sending it again is safe.`,
    );
  }
}

function accepted(url: string, { status, body }: Reply<unknown>): ApiReply {
  if (status >= 300) throw new Refusal(refusalText(status, body));
  if (typeof body === 'string' || body === null)
    throw new Refusal(`${url} answered without JSON: check that PAYONCE_URL is a Payonce API.`);
  return { status, body };
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
