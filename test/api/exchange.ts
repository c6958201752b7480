/** One HTTP exchange byte for byte as a test wants it: any path, any header, twice if need be. */
import { type IncomingHttpHeaders, request } from 'node:http';
import { json } from 'node:stream/consumers';

export interface Exchange {
  method?: string;
  /** Sent as it is, also where it is no valid path. */
  path: string;
  headers?: Record<string, string | string[]>;
  body?: string | Buffer;
}

export interface ProblemBody {
  code: string;
  title: string;
  detail: string;
  status: number;
  retryable: boolean;
  request_id: string;
  errors?: { pointer: string; message: string }[];
}

export interface Answered {
  status: number;
  headers: IncomingHttpHeaders;
  body: ProblemBody & Record<string, unknown>;
}

export function exchange(
  baseUrl: string,
  { method = 'GET', path, headers = {}, body }: Exchange,
): Promise<Answered> {
  const { hostname, port } = new URL(baseUrl);
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers, agent: false }, (response) => {
      const { statusCode = 0, headers } = response;
      const answered = (read: unknown) =>
        resolve({ status: statusCode, headers, body: read as Answered['body'] });
      json(response).then(answered, () => answered({}));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
