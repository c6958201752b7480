/** PayPal's HTTP API over one account, with tokens, request ids and whatever may go wrong between it and a caller. */
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Trouble } from '../../support/gateway-driver.ts';
import { type Account, ApiProblem, type Money, type Order } from './account.ts';
import {
  authorizationShape,
  captureShape,
  disputeShape,
  disputeSummary,
  orderShape,
  refundShape,
} from './shapes.ts';
import { CERTIFICATE, CERTIFICATE_PATH } from './webhooks.ts';

export const CLIENT_ID = `A${'payonce'.repeat(11)}xy`;
export const CLIENT_SECRET = `E${'secret0'.repeat(11)}xy`;
/** So long PayPal gives a token. */
const TOKEN_S = 32_400;

export interface Faults {
  trouble: Trouble | null;
  /** Counts the calls that were struck: every second one is carried out before it goes wrong. */
  struck: number;
  /** All calls that create an order are carried out, and their answers get lost. */
  losesAnswers: boolean;
  onAnswerLost: () => void;
}

export interface Answer {
  status: number;
  body: object | null;
}

/** A call as it came in, and what was answered. */
export interface Exchange {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: unknown;
  answer: Answer;
}

export interface ApiParts {
  account: Account;
  faults: Faults;
  /** Where the account sends its events, as PayPal's API has it. */
  webhooks: object[];
  /** Told of each call that was carried out. */
  onExchange(exchange: Exchange): void;
  /** Told of a request id that came again with another body, for which PayPal promises nothing. */
  onReusedKey(path: string): void;
}

export interface Api {
  listener: RequestListener;
  /** Every token that was given so far counts no more. */
  endTokens(): void;
  /** The time for which request ids are remembered is over. */
  forgetKeys(): void;
  /** The next calls for a token break down. */
  failTokens(count: number): void;
}

type Body = Record<string, unknown>;

export function createApi({ account, faults, webhooks, onExchange, onReusedKey }: ApiParts): Api {
  const saved = new Map<string, { body: string; answer: Answer }>();
  const tokens = new Set<string>();
  let given = 0;
  let tokensToFail = 0;

  function carryOut(request: IncomingMessage, body: Body): Answer {
    const { method = 'GET', headers } = request;
    const path = pathOf(request);
    const id = headers['paypal-request-id'];
    // A void lists no request id in PayPal's specification: one that comes all the same is not remembered.
    const key = typeof id === 'string' && !path.endsWith('/void') ? `${path} ${id}` : null;
    const before = key === null ? undefined : saved.get(key);
    if (before !== undefined) {
      if (before.body !== JSON.stringify(body)) onReusedKey(path);
      return before.answer;
    }
    const answer = answerTo(account, webhooks, request, body);
    if (key !== null && answer.status < 300) saved.set(key, { body: JSON.stringify(body), answer });
    onExchange({ method, path, headers, body, answer: structuredClone(answer) });
    return answer;
  }

  function token(request: IncomingMessage): Answer {
    const basic = Buffer.from(`${CLIENT_ID}:${CLIENT_SECRET}`).toString('base64');
    if (request.headers.authorization !== `Basic ${basic}`)
      return { status: 401, body: { error: 'invalid_client' } };
    if (tokensToFail > 0) {
      tokensToFail -= 1;
      return { status: 503, body: null };
    }
    given += 1;
    tokens.add(`A21AA${given}`);
    const access_token = `A21AA${given}`;
    return {
      status: 200,
      body: { scope: '', access_token, token_type: 'Bearer', app_id: 'APP-1', expires_in: TOKEN_S },
    };
  }

  const listener: RequestListener = async (request, response) => {
    const path = pathOf(request);
    if (path === CERTIFICATE_PATH) return void response.end(CERTIFICATE);
    const text = await textOf(request);
    const { trouble } = faults;
    if (trouble === 'refuses the key')
      return send(response, { status: 401, body: { error: 'invalid_client' } });
    if (trouble === 'is down') return send(response, { status: 503, body: null });
    if (path === '/v1/oauth2/token') return send(response, token(request));
    if (!tokens.has(request.headers.authorization?.replace(/^Bearer /, '') ?? ''))
      return send(response, { status: 401, body: { name: 'AUTHENTICATION_FAILURE' } });
    const body = (text === '' ? {} : JSON.parse(text)) as Body;
    const run = () => carryOut(request, body);
    if (faults.losesAnswers && request.method === 'POST' && path === '/v2/checkout/orders') {
      run();
      return faults.onAnswerLost();
    }
    if (trouble === null || request.method === 'GET') return send(response, run());
    faults.struck += 1;
    if (trouble === 'has too much to do') return send(response, problem(429, 'RATE_LIMIT_REACHED'));
    if (faults.struck % 2 === 0) run();
    if (trouble === 'cuts the connection') return void request.socket.destroy();
    if (trouble === 'hangs') return;
    send(response, problem(500, 'INTERNAL_SERVER_ERROR'));
  };

  return {
    listener,
    endTokens: () => tokens.clear(),
    forgetKeys: () => saved.clear(),
    failTokens: (count) => {
      tokensToFail = count;
    },
  };
}

function answerTo(
  account: Account,
  webhooks: object[],
  request: IncomingMessage,
  body: Body,
): Answer {
  try {
    return route(account, webhooks, request, body);
  } catch (error) {
    if (error instanceof ApiProblem) return problem(error.status, error.issue);
    throw error;
  }
}

function route(account: Account, webhooks: object[], request: IncomingMessage, body: Body): Answer {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
  const [, , , kind = '', id = '', act = ''] = `${pathname}////`.split('/');
  switch (`${request.method} ${kind}${id === '' ? '' : '/:id'}${act === '' ? '' : `/${act}`}`) {
    case 'POST orders':
      return ok(orderShape(account.create(newOrder(body))), 201);
    case 'GET orders/:id':
      return ok(orderShape(account.find(id)));
    case 'PATCH orders/:id':
      for (const { path, value } of body as unknown as { path: string; value: unknown }[])
        account.patch(id, path, value);
      return { status: 204, body: null };
    case 'POST orders/:id/capture':
      return ok(orderShape(account.captureOrder(id)), 201);
    case 'POST orders/:id/authorize':
      return ok(orderShape(account.authorizeOrder(id)), 201);
    case 'GET captures/:id': {
      const order = account.orderOfCapture(id);
      const [capture] = order.captures.filter((one) => one.id === id);
      return ok(capture === undefined ? {} : captureShape(order, capture));
    }
    case 'POST captures/:id/refund':
      return ok(
        refundShape(account.refund(id, body as { amount?: Money; custom_id?: string })),
        201,
      );
    case 'GET authorizations/:id': {
      const order = account.orderOfAuthorization(id);
      const [authorization] = order.authorizations.filter((one) => one.id === id);
      return ok(authorization === undefined ? {} : authorizationShape(order, authorization));
    }
    case 'POST authorizations/:id/capture': {
      const order = account.orderOfAuthorization(id);
      return ok(captureShape(order, account.captureAuthorization(id, body)), 201);
    }
    case 'POST authorizations/:id/void': {
      const order = account.orderOfAuthorization(id);
      return ok(authorizationShape(order, account.voidAuthorization(id)));
    }
    case 'GET disputes': {
      const captureId = searchParams.get('disputed_transaction_id');
      const found = [...account.disputes.values()].filter((one) => one.captureId === captureId);
      return ok({
        ...(found.length > 0 && { items: found.map(disputeSummary) }),
        links: [{ href: request.url, rel: 'self', method: 'GET' }],
      });
    }
    case 'GET disputes/:id': {
      const dispute = account.disputes.get(id);
      if (dispute === undefined) throw new ApiProblem(404, 'DISPUTE_NOT_FOUND');
      return ok(disputeShape(account.orderOfCapture(dispute.captureId), dispute));
    }
    case 'GET webhooks':
      return ok({ webhooks });
    default:
      throw new ApiProblem(404, 'INVALID_RESOURCE_ID');
  }
}

function newOrder(
  body: Body,
): Pick<Order, 'intent' | 'amount' | 'custom_id' | 'more' | 'returnUrl'> {
  const { intent, purchase_units, payment_source } = body as {
    intent: Order['intent'];
    purchase_units: { amount: Money; custom_id?: string }[];
    payment_source?: { paypal: { experience_context: { return_url: string } } };
  };
  const { amount, custom_id, ...more } = purchase_units[0] ?? {
    amount: { currency_code: '', value: '' },
  };
  const hasDecimals = amount.value.includes('.');
  if (['HUF', 'JPY', 'TWD'].includes(amount.currency_code) && hasDecimals)
    throw new ApiProblem(422, 'DECIMALS_NOT_SUPPORTED');
  return {
    intent,
    amount,
    more,
    ...(custom_id !== undefined && { custom_id }),
    ...(payment_source !== undefined && {
      returnUrl: payment_source.paypal.experience_context.return_url,
    }),
  };
}

function ok(body: object, status = 200): Answer {
  return { status, body };
}

function problem(status: number, issue: string): Answer {
  const name = status === 404 ? 'RESOURCE_NOT_FOUND' : 'UNPROCESSABLE_ENTITY';
  return {
    status,
    body: {
      name,
      message: 'No',
      debug_id: '90957fca61718',
      details: [{ issue, description: 'No' }],
    },
  };
}

function send(response: ServerResponse, { status, body }: Answer): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(body === null ? '' : JSON.stringify(body));
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return new URL(url, 'http://127.0.0.1').pathname;
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
