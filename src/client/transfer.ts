/** Files that are too large for a request and its repeats to be held in memory: sent and read once, as they come. */
import { bodyOf, type Reply } from './call.ts';
import type { ClientOptions } from './index.ts';

/** A report of some million lines over a slow line; the API itself ends what stands still. */
const TIMEOUT_MS = 60 * 60_000;

type Place = Pick<ClientOptions, 'baseUrl' | 'apiKey'>;

/**
 * Posts a file once. The API knows the same file again, so that sending it again is safe.
 *
 * @throws TypeError when the API cannot be reached
 */
export async function uploadFile(
  { baseUrl, apiKey }: Place,
  path: string,
  { file, headers }: { file: ReadableStream; headers: Record<string, string> },
): Promise<Reply<unknown>> {
  // A browser's types do not know of `duplex` yet.
  const request: RequestInit & { duplex: 'half' } = {
    method: 'POST',
    headers: { ...headers, authorization: `Bearer ${apiKey}` },
    body: file,
    duplex: 'half',
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  };
  return replyOf(await fetch(`${baseUrl}${path}`, request));
}

export interface Download extends Reply<unknown> {
  /** The content as it comes; empty where the API refuses, and the problem is the body. */
  chunks: AsyncIterable<Uint8Array>;
}

/** @throws TypeError when the API cannot be reached */
export async function downloadFile({ baseUrl, apiKey }: Place, path: string): Promise<Download> {
  const response = await fetch(`${baseUrl}${path}`, {
    headers: { authorization: `Bearer ${apiKey}` },
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) return { ...(await replyOf(response)), chunks: chunksOf(null) };
  const { status, headers, body } = response;
  return { status, headers, body: null, text: '', chunks: chunksOf(body) };
}

async function* chunksOf(body: ReadableStream | null): AsyncGenerator<Uint8Array> {
  for await (const chunk of body ?? []) yield chunk as Uint8Array;
}

async function replyOf(response: Response): Promise<Reply<unknown>> {
  const { status, headers } = response;
  const text = await response.text();
  return { status, headers, body: bodyOf(text), text };
}
