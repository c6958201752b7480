/**
 * Stands before the sandbox gateway: what Payonce gets from it passes here, is counted, and while faults
 * rage is struck. For some orders it answers 500 under the same key for ever although the payment was made,
 * as gateways do that keep their first answer.
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
import { type Card, createDeck, STRIKES, type Strike } from './gateway-deck.ts';
import { createRandom } from './random.ts';

export type GatewayCounts = Record<Strike | 'calls' | 'sticky500', number>;

export interface GatewayGate {
  port: number;
  counts: Readonly<GatewayCounts>;
  /** From now on calls are struck as this seed deals it; null ends it. */
  rage(seed: number | null): void;
  close(): void;
}

const JSON_BODY = { 'content-type': 'application/json' };
const UNHARMED: Card = { strike: null, commits: true };

/** @param isSticky whether the gateway never says that it has made this order's payment */
export async function openGatewayGate(
  target: number,
  isSticky: (orderId: string) => boolean,
): Promise<GatewayGate> {
  const struck = Object.fromEntries(STRIKES.map((strike) => [strike, 0]));
  const counts = { ...struck, calls: 0, sticky500: 0 } as GatewayCounts;
  let deal = (): Card => UNHARMED;

  const server = createServer(async (request, response) => {
    const body = await buffer(request).catch(() => null);
    if (body === null) return;
    counts.calls += 1;
    if (request.url === '/payments' && isSticky(orderIdIn(request, body))) {
      counts.sticky500 += 1;
      await forward({ target, request, body, response });
      return fail(response, 500);
    }
    const { strike, commits } = deal();
    const answer = commits ? await forward({ target, request, body, response }) : null;
    if (strike === null) return pass(answer, response);
    counts[strike] += 1;
    hit(strike, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    counts,
    rage: (seed) => {
      deal = seed === null ? () => UNHARMED : createDeck(createRandom(seed));
    },
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
}

interface Answer {
  status: number;
  headers: IncomingMessage['headers'];
  body: Buffer;
}

/** @returns null when the gateway gave no answer, or nobody waits for it any more */
function forward({ target, request, body, response }: Exchange): Promise<Answer | null> {
  const { method, url, headers } = request;
  return new Promise((resolve) => {
    const onward = send({ host: '127.0.0.1', port: target, method, path: url, headers });
    const giveUp = () => onward.destroy();
    response.once('close', giveUp);
    onward.once('error', () => resolve(null));
    onward.once('response', async (answer) => {
      const text = await buffer(answer).catch(() => null);
      response.off('close', giveUp);
      const { statusCode: status = 502, headers: given } = answer;
      resolve(text === null ? null : { status, headers: given, body: text });
    });
    onward.end(body);
  });
}

function pass(answer: Answer | null, response: ServerResponse): void {
  if (answer === null) response.socket?.resetAndDestroy();
  else response.writeHead(answer.status, answer.headers).end(answer.body);
}

/** Whoever gets nothing waits until its own patience ends. */
function hit(strike: Strike, response: ServerResponse): void {
  if (strike === 'reset') response.socket?.resetAndDestroy();
  if (strike === 'error500') fail(response, 500);
  if (strike === 'error429') fail(response, 429, { 'retry-after': '1' });
}

function fail(response: ServerResponse, status: 429 | 500, headers = {}): void {
  const code = status === 429 ? 'rate_limited' : 'internal_error';
  response
    .writeHead(status, { ...JSON_BODY, ...headers })
    .end(JSON.stringify({ code, detail: 'the gateway has a bad day' }));
}

function orderIdIn({ method }: IncomingMessage, body: Buffer): string {
  if (method !== 'POST') return '';
  try {
    return String((JSON.parse(body.toString()) as { orderId?: unknown }).orderId);
  } catch {
    return '';
  }
}
