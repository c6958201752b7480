/**
 * A stateful stand-in for Razorpay's API, written from its documentation and spoken to over HTTP. It
 * believes nobody: what it says was captured is what happened.
 */
import { createHmac } from 'node:crypto';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { refused } from './answers.ts';
import { createFaults, type Fault } from './faults.ts';
import { createLife, type Habits } from './life.ts';
import { createOrder, getOrder, listOrderPayments, listOrders, patchOrder } from './order-calls.ts';
import {
  capturePayment,
  getPayment,
  listDisputes,
  listRefunds,
  makeRefund,
  refundPayment,
} from './payment-calls.ts';
import { listRecon } from './recon-calls.ts';
import { createWebhooks } from './webhooks.ts';
import { type Answer, newWorld, type World } from './world.ts';

export const KEY_ID = 'rzp_test_1DP5mmOlF5G5ag';
export const KEY_SECRET = 'thisissupersecret';
export const LIVE_KEY_ID = 'rzp_live_ILgsfZCZoFIKMb';

export interface Call {
  /** As in "POST /v1/orders". */
  call: string;
  headers: http.IncomingHttpHeaders;
  body: Record<string, unknown>;
}

interface Asked extends Call {
  path: string[];
  query: URLSearchParams;
  world: World;
}

export type FakeRazorpay = Awaited<ReturnType<typeof openFakeRazorpay>>;

export async function openFakeRazorpay() {
  const world = newWorld();
  const worlds: Record<string, World> = { [KEY_ID]: world, [LIVE_KEY_ID]: newWorld() };
  const webhooks = createWebhooks();
  const habits: Habits = { autoCapture: true, refundStatus: 'processed', reusedKeyStatus: 400 };
  const life = createLife(world, webhooks.tell, habits);
  const faults = createFaults();
  const calls: Call[] = [];

  async function serve(request: http.IncomingMessage, response: http.ServerResponse) {
    const url = new URL(request.url ?? '/', 'http://razorpay');
    const call = `${request.method} ${url.pathname}`;
    const raw = await text(request);
    const asked = { call, headers: request.headers, body: raw === '' ? {} : JSON.parse(raw) };
    calls.push(asked);
    const fault = faults.next(call);
    if (fault === 'reset_before') return request.socket.destroy();
    if (fault === 'hang_before') return;
    const struck = fault === undefined ? undefined : INSTEAD[fault];
    if (struck !== undefined) return send(response, struck);
    const path = url.pathname.split('/').slice(2).map(decodeURIComponent);
    const mine = worlds[userOf(request.headers.authorization)];
    const answer =
      mine === undefined
        ? refused('Authentication failed', 'NA', 401)
        : await route({ ...asked, path, query: url.searchParams, world: mine });
    if (fault === 'reset_after') return request.socket.destroy();
    if (fault === 'hang_after') return;
    if (fault === 'error_500_after') return send(response, SERVER_ERROR);
    if (fault === 'html_502_after') return response.writeHead(502).end('<html>Bad Gateway</html>');
    return send(response, answer);
  }

  async function route({ call, path, query, body, headers, world }: Asked): Promise<Answer> {
    const [kind, id = '', what = ''] = path;
    switch (`${call.split(' ')[0]} ${kind}${id && '/:id'}${what && `/${what}`}`) {
      case 'POST orders':
        return createOrder(world, body);
      case 'GET orders':
        return listOrders(world, query.get('receipt'));
      case 'GET orders/:id':
        return getOrder(world, id);
      case 'PATCH orders/:id':
        return patchOrder(world, id, body);
      case 'GET orders/:id/payments':
        await faults.pass(call);
        return listOrderPayments(world, id);
      case 'GET payments/:id':
        return getPayment(world, id);
      case 'POST payments/:id/capture':
        return capturePayment(world, life, id, body);
      case 'POST payments/:id/refund': {
        const key = headers['x-refund-idempotency']?.toString();
        const refund = () => makeRefund(world, life, id, body);
        const { reusedKeyStatus } = habits;
        const meanwhile = () => faults.pass(call);
        const asked = { key, paymentId: id, body };
        return refundPayment(world, asked, refund, { meanwhile, reusedKeyStatus });
      }
      case 'GET payments/:id/refunds':
        return listRefunds(world, id);
      case 'GET disputes':
        return listDisputes(world, query);
      case 'GET settlements/:id/combined':
        return listRecon(world, query);
      default:
        return refused('The requested URL was not found on the server.', 'NA', 404);
    }
  }

  const server = http.createServer((request, response) => void serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    world,
    life,
    habits,
    webhooks,
    faults,
    calls,
    /** What the checkout hands to the browser after a payment. */
    checkoutSignature: (orderId: string, paymentId: string): string =>
      createHmac('sha256', KEY_SECRET).update(`${orderId}|${paymentId}`).digest('hex'),
    close(): void {
      server.close();
      server.closeAllConnections();
    },
  };
}

const SERVER_ERROR: Answer = {
  status: 500,
  body: { error: { code: 'SERVER_ERROR', description: 'The server encountered an error.' } },
};

/** What a call gets that never reached its purpose. */
const INSTEAD: Partial<Record<Fault, Answer>> = {
  error_500_before: SERVER_ERROR,
  too_many_requests: refused('Too many requests', 'NA', 429),
  not_allowed: refused('Access Denied', 'NA', 403),
  key_refused: refused('Authentication failed', 'NA', 401),
};

function send(response: http.ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** The key that a request was made with; the empty string where the secret is wrong. */
function userOf(authorization = ''): string {
  const [user = '', secret] = Buffer.from(authorization.replace('Basic ', ''), 'base64')
    .toString('utf8')
    .split(':');
  return secret === KEY_SECRET ? user : '';
}
