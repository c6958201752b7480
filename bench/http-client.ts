/**
 * The bench's HTTP client, the same for every side: JSON over kept connections on loopback. A call that
 * is answered with 503 is sent again after a pause, as a gateway or a shop would, and noted.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'undici';

/** More than are ever in flight, so that no call waits for a connection. */
const CONNECTIONS = 256;

/** Longer than a side under its heaviest load takes; one that takes longer has failed. */
const ANSWER_TIMEOUT_MS = 60_000;

const UNAVAILABLE = 503;

/** Short beside a second of work, long enough for a queue to shrink. */
const PAUSE_MS = 250;

/** A side that cannot take a call within twenty seconds is down. */
const MOST_TRIES = 80;

export interface HttpClient {
  /** @throws Error with status and body when the answer is not 2xx */
  post<T>(path: string, body: string, headers?: Record<string, string>): Promise<T>;
  /** How many calls were answered with 503 so far. */
  refusals(): number;
  close(): Promise<void>;
}

export function createHttpClient(origin: string): HttpClient {
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  let refused = 0;

  async function send(path: string, body: string, headers: Record<string, string>) {
    const answer = await pool.request({ method: 'POST', path, body, headers });
    return { status: answer.statusCode, text: await answer.body.text() };
  }

  return {
    async post<T>(path: string, body: string, headers?: Record<string, string>): Promise<T> {
      const all = { 'content-type': 'application/json', ...headers };
      let { status, text } = await send(path, body, all);
      for (let tries = 1; status === UNAVAILABLE && tries < MOST_TRIES; tries += 1) {
        refused += 1;
        await sleep(PAUSE_MS);
        ({ status, text } = await send(path, body, all));
      }
      if (status >= 200 && status <= 299) return (text === '' ? undefined : JSON.parse(text)) as T;
      throw new Error(`POST ${origin}${path} answered ${status}: ${text.slice(0, 500)}`);
    },
    refusals: () => refused,
    close: () => pool.destroy(),
  };
}
