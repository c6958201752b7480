/** Mollie's API v2 over HTTP, with its keys of idempotency, and with whatever may go wrong between it and a caller. */
import type { IncomingMessage, RequestListener } from 'node:http';
import type { Trouble } from 'payonce/gateway-test';
import { type Account, ApiProblem, type MolliePayment, type Money } from './account.ts';

export interface Faults {
  trouble: Trouble | null;
  /** Counts the calls that were struck: every second one is carried out before it goes wrong. */
  struck: number;
}

interface Answer {
  status: number;
  body: object | null;
}

export function createApi(account: Account, apiKey: string, faults: Faults): RequestListener {
  const saved = new Map<string, Answer>();

  async function answer(request: IncomingMessage): Promise<Answer> {
    const key = request.headers['idempotency-key'];
    const before = typeof key === 'string' ? saved.get(key) : undefined;
    if (before !== undefined) return before;
    const made = carryOut(account, request, await bodyOf(request));
    if (typeof key === 'string') saved.set(key, made);
    return made;
  }

  return async (request, response) => {
    const send = ({ status, body }: Answer): void => {
      response.writeHead(status, { 'content-type': 'application/hal+json' });
      response.end(body === null ? '' : JSON.stringify(body));
    };
    const { trouble } = faults;
    if (trouble === 'refuses the key' || request.headers.authorization !== `Bearer ${apiKey}`)
      return send(
        problem(new ApiProblem(401, 'Missing authentication, or failed to authenticate')),
      );
    const isStruck = trouble !== null && (request.method !== 'GET' || trouble === 'is down');
    if (!isStruck) return send(await answer(request));
    faults.struck += 1;
    if (trouble === 'has too much to do') return send(problem(new ApiProblem(429, 'Too many')));
    if (faults.struck % 2 === 0 && trouble !== 'is down') await answer(request);
    if (trouble === 'cuts the connection') return void request.socket.destroy();
    if (trouble === 'hangs') return;
    send(problem(new ApiProblem(503, 'Service unavailable')));
  };
}

function carryOut(account: Account, { method, url = '/' }: IncomingMessage, body: Body): Answer {
  const [, , , id = '', part = ''] = new URL(url, 'http://127.0.0.1').pathname.split('/');
  try {
    const route = `${method} ${part}`;
    if (id === '')
      return method === 'GET'
        ? ok({ count: 0, _embedded: { payments: [] } })
        : ok(shown(account.create(body)), 201);
    switch (route) {
      case 'GET ':
        return ok(shown(account.find(id)));
      case 'DELETE ':
        return ok(shown(account.move(id, ['open'], 'canceled')));
      case 'POST captures':
        return ok({ id: account.capture(id, body.amount), status: 'succeeded' }, 201);
      case 'POST release-authorization':
        account.release(id);
        return { status: 202, body: null };
      case 'POST refunds':
        return ok(account.refund(id, body.amount, body.metadata), 201);
      case 'GET refunds':
        return ok({ _embedded: { refunds: account.find(id).refunds } });
      case 'GET chargebacks':
        return ok({ _embedded: { chargebacks: account.find(id).chargebacks } });
      default:
        throw new ApiProblem(404, 'No such endpoint');
    }
  } catch (error) {
    if (error instanceof ApiProblem) return problem(error);
    throw error;
  }
}

interface Body {
  amount: Money;
  metadata: Record<string, string>;
  webhookUrl: string;
}

function shown({
  refunds: _refunds,
  chargebacks: _chargebacks,
  ...payment
}: MolliePayment): object {
  const isOpen = payment.status === 'open';
  return {
    resource: 'payment',
    mode: 'test',
    ...payment,
    ...(isOpen && { isCancelable: true }),
    _links: isOpen ? { checkout: { href: `https://www.mollie.com/checkout/${payment.id}` } } : {},
  };
}

function ok(body: object, status = 200): Answer {
  return { status, body };
}

function problem({ status, message, field }: ApiProblem): Answer {
  return { status, body: { status, title: 'Error', detail: message, ...(field && { field }) } };
}

async function bodyOf(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return (text === '' ? {} : JSON.parse(text)) as Body;
}
