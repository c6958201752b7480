/**
 * The bench's HTTP client, the same for every side: JSON over kept connections on loopback. It never
 * repeats a call: what fails is the side's to answer for.
 */
import { Pool } from 'undici';

/** More than are ever in flight, so that no call waits for a connection. */
const CONNECTIONS = 256;

/** Longer than a side under its heaviest load takes; one that takes longer has failed. */
const ANSWER_TIMEOUT_MS = 60_000;

export interface HttpClient {
  /** @throws Error with status and body when the answer is not 2xx */
  post<T>(path: string, body: string, headers?: Record<string, string>): Promise<T>;
  close(): Promise<void>;
}

export function createHttpClient(origin: string): HttpClient {
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  return {
    async post<T>(path: string, body: string, headers?: Record<string, string>): Promise<T> {
      const { statusCode, body: answer } = await pool.request({
        method: 'POST',
        path,
        body,
        headers: { 'content-type': 'application/json', ...headers },
      });
      const text = await answer.text();
      if (statusCode < 200 || statusCode > 299)
        throw new Error(`POST ${origin}${path} answered ${statusCode}: ${text.slice(0, 500)}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    },
    close: () => pool.destroy(),
  };
}
