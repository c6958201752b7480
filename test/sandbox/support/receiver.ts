/** A webhook endpoint that keeps what it gets and answers as the test says. */

import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export type Delivery = {
  readonly headers: IncomingHttpHeaders;
  readonly rawBody: string;
  readonly body: { type: string; timestamp: string; data: Record<string, unknown> };
};

export type Receiver = {
  readonly url: string;
  readonly deliveries: Delivery[];
  /** The status to answer the n-th delivery with, counted from 1. */
  answerWith: (status: (count: number) => number) => void;
  readonly close: () => Promise<void>;
};

export async function startReceiver(): Promise<Receiver> {
  const deliveries: Delivery[] = [];
  let statusOf: (count: number) => number = () => 200;
  const server = createServer(async (req, res) => {
    const rawBody = await text(req);
    deliveries.push({ headers: req.headers, rawBody, body: JSON.parse(rawBody) });
    res.writeHead(statusOf(deliveries.length)).end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhooks/sandbox`,
    deliveries,
    answerWith: (next) => {
      statusOf = next;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
