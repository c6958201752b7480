/** A system that takes posted messages, or answers them as a test tells it to. */
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface ReceivedRequest {
  headers: IncomingHttpHeaders;
  body: string;
}

/** A status to answer with; `reset` cuts the connection, `redirect` points back to the receiver. */
export type Reply = number | 'reset' | 'redirect';

export interface HttpReceiver {
  url: string;
  requests: ReceivedRequest[];
  /** Replies to the next requests, one each; 204 when none is left. */
  replies: Reply[];
  close(): Promise<void>;
}

export async function openReceiver(): Promise<HttpReceiver> {
  const requests: ReceivedRequest[] = [];
  const replies: Reply[] = [];
  const server = createServer(async (request, response) => {
    requests.push({ headers: request.headers, body: await text(request) });
    const reply = replies.shift() ?? 204;
    if (reply === 'reset') return request.socket.destroy();
    if (reply === 'redirect') return response.writeHead(307, { location: '/elsewhere' }).end();
    return response.writeHead(reply).end('an answer that nobody may repeat');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/hook`,
    requests,
    replies,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
