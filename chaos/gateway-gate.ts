/**
 * Stands before the sandbox gateway and counts what Payonce gets from it. For some orders it answers 500
 * under the same key for ever although the payment was made, as gateways do that keep their first answer.
 */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type ServerResponse,
  request as send,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';

export interface GatewayCounts {
  calls: number;
  error500: number;
  error429: number;
  /** Cut off or never answered. */
  silent: number;
  sticky500: number;
}

export interface GatewayGate {
  port: number;
  counts: Readonly<GatewayCounts>;
  close(): void;
}

const INTERNAL_ERROR = JSON.stringify({ code: 'internal_error', detail: 'saved for this key' });

/** @param isSticky whether the gateway never says that it has made this order's payment */
export async function openGatewayGate(
  target: number,
  isSticky: (orderId: string) => boolean,
): Promise<GatewayGate> {
  const counts: GatewayCounts = { calls: 0, error500: 0, error429: 0, silent: 0, sticky500: 0 };
  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => null);
    if (body === null) return;
    counts.calls += 1;
    const isHidden = request.url === '/payments' && isSticky(orderIdIn(request, body));
    if (isHidden) counts.sticky500 += 1;
    forward({ target, request, body, response, isHidden, counts });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Exchange {
  target: number;
  request: IncomingMessage;
  body: Buffer;
  response: ServerResponse;
  isHidden: boolean;
  counts: GatewayCounts;
}

function forward({ target, request, body, response, isHidden, counts }: Exchange): void {
  const { method, url, headers } = request;
  const onward = send({ host: '127.0.0.1', port: target, method, path: url, headers });
  const giveUp = () => onward.destroy();
  response.once('close', giveUp);
  onward.once('error', () => {
    counts.silent += 1;
    request.socket.resetAndDestroy();
  });
  onward.once('response', (answer) => {
    response.off('close', giveUp);
    if (answer.statusCode === 500) counts.error500 += 1;
    if (answer.statusCode === 429) counts.error429 += 1;
    if (!isHidden) {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      return answer.pipe(response);
    }
    answer.resume();
    response.writeHead(500, { 'content-type': 'application/json' }).end(INTERNAL_ERROR);
  });
  onward.end(body);
}

function orderIdIn({ method }: IncomingMessage, body: Buffer): string {
  if (method !== 'POST') return '';
  try {
    return String((JSON.parse(body.toString()) as { orderId?: unknown }).orderId);
  } catch {
    return '';
  }
}
