/** Adyen's Checkout API v72 over one account: what it is asked has to be as its own OpenAPI file says, and so is its answer. */
import express, { type Express, type Request, type Response } from 'express';
import type { Fault, Faults } from '../stripe/faults.ts';
import { type Account, type Amount, ApiProblem, type Link, newPsp } from './account.ts';
import { wrongInCheckout } from './openapi.ts';

export interface ApiParts {
  account: Account;
  faults: Faults;
  apiKey: string;
  merchantAccount: string;
  /** What the OpenAPI file does not allow, of both sides: tests fail for it. */
  violations: string[];
  onAnswerLost(): void;
}

interface Answer {
  status: number;
  body: object;
}

interface Body {
  merchantAccount: string;
  reference: string;
  paymentReference: string;
  amount: Amount;
  manualCapture?: boolean;
  captureDelayHours?: number;
  metadata?: Record<string, string>;
}

interface Route {
  /** The schemas of what is asked and of what is answered; null where nothing is. */
  schemas: readonly [asked: string | null, answered: string | null];
  run(body: Body, id: string): object;
}

const MAX_KEY_LENGTH = 64;
const MAX_REFERENCE_LENGTH = 80;

function routesOf(account: Account): Readonly<Record<string, Route>> {
  return {
    'POST /paymentMethods': {
      schemas: ['PaymentMethodsRequest', null],
      run: () => ({ paymentMethods: [{ name: 'Cards', type: 'scheme' }] }),
    },
    'POST /paymentLinks': {
      schemas: ['PaymentLinkRequest', 'PaymentLinkResponse'],
      run: (body) => shown(account.createLink(termsOf(body))),
    },
    'GET /paymentLinks/:id': {
      schemas: [null, 'PaymentLinkResponse'],
      run: (_, id) => shown(account.linkOf(id)),
    },
    'PATCH /paymentLinks/:id': {
      schemas: ['UpdatePaymentLinkRequest', 'PaymentLinkResponse'],
      run: (_, id) => shown(account.expireLink(id)),
    },
    'POST /payments/:id/captures': {
      schemas: ['PaymentCaptureRequest', 'PaymentCaptureResponse'],
      run: (body, id) => received(body, id, account.capture(account.paymentOf(id), body.amount)),
    },
    'POST /payments/:id/cancels': {
      schemas: ['PaymentCancelRequest', 'PaymentCancelResponse'],
      run: ({ amount: _, ...body }, id) =>
        received(body, id, account.cancel(account.paymentOf(id), 'CANCELLATION')),
    },
    'POST /cancels': {
      schemas: ['StandalonePaymentCancelRequest', 'StandalonePaymentCancelResponse'],
      run: ({ amount: _, ...body }) => {
        const links = [...account.links.values()];
        const link = links.find(({ reference }) => reference === body.paymentReference);
        const payment = link && account.paidBy(link);
        const psp = payment ? account.cancel(payment, 'TECHNICAL_CANCEL') : newPsp();
        return { ...body, pspReference: psp, status: 'received' };
      },
    },
    'POST /payments/:id/refunds': {
      schemas: ['PaymentRefundRequest', 'PaymentRefundResponse'],
      run: (body, id) =>
        received(body, id, account.refund(account.paymentOf(id), body.amount, 'succeeded').psp),
    },
  };
}

/** Accepted to be done: nothing is said of what became of it. */
function received(body: Partial<Body>, paymentPspReference: string, pspReference: string): object {
  return { ...body, paymentPspReference, pspReference, status: 'received' };
}

function termsOf(asked: Body): Omit<Link, 'id' | 'status'> {
  const { reference, amount, manualCapture = false, metadata = {} } = asked;
  return { reference, amount, manualCapture, metadata, asked };
}

function shown({ id, status, asked }: Link): object {
  return { ...asked, id, status, url: `https://test.adyen.link/${id}` };
}

export function createApi(parts: ApiParts): Express {
  const saved = new Map<string, Answer>();
  const app = express().use(express.json());
  for (const [name, route] of Object.entries(routesOf(parts.account))) {
    const [method = '', path = ''] = name.split(' ');
    app[method.toLowerCase() as 'get' | 'post' | 'patch'](
      `/v72${path}`,
      (request: Request, response: Response) => serve(parts, saved, route, request, response),
    );
  }
  return app;
}

function serve(
  parts: ApiParts,
  saved: Map<string, Answer>,
  route: Route,
  request: Request,
  response: Response,
): unknown {
  const isQuestion = request.method === 'GET' || request.path.endsWith('/paymentMethods');
  const fault = parts.faults.take(isQuestion ? 'GET' : request.method);
  if (fault === 'reset_before') return request.socket.destroy();
  if (fault === 'hang_before') return undefined;
  const { status, body } = answerTo(parts, saved, route, request, fault);
  if (fault === 'reset_after' || fault === 'hang_after') {
    parts.onAnswerLost();
    return fault === 'reset_after' ? request.socket.destroy() : undefined;
  }
  return response.status(status).json(body);
}

const AT_THE_DOOR: Partial<Record<Fault, [status: number, code: string, message: string]>> = {
  key_refused: [401, '000', 'HTTP Status Response - Unauthorized'],
  rate_limited: [429, '000', 'Too many requests'],
  unavailable: [503, '000', 'Service unavailable'],
};

function answerTo(
  { account: _, apiKey, merchantAccount, violations }: ApiParts,
  saved: Map<string, Answer>,
  { schemas: [asked, answered], run }: Route,
  request: Request,
  fault: Fault | undefined,
): Answer {
  const struck =
    request.get('x-api-key') === apiKey ? fault && AT_THE_DOOR[fault] : AT_THE_DOOR.key_refused;
  if (struck !== undefined) return problem(new ApiProblem(struck[1], struck[2], struck[0]));
  const key = request.method === 'POST' ? request.get('idempotency-key') : undefined;
  if (key !== undefined && key.length > MAX_KEY_LENGTH)
    return problem(new ApiProblem('702', 'The idempotency key is too long'));
  // Whatever comes with it: the first answer is given again.
  const before = key === undefined ? undefined : saved.get(key);
  if (before !== undefined) return before;
  const body = (request.body ?? {}) as Body;
  const wrong = asked === null ? null : wrongInCheckout(asked, body);
  if (wrong !== null) {
    violations.push(`${request.method} ${request.path}: ${wrong}`);
    return problem(new ApiProblem('702', wrong));
  }
  const answer = begun(() => {
    const isNamed = asked === null || asked === 'UpdatePaymentLinkRequest';
    if (!isNamed && body.merchantAccount !== merchantAccount)
      throw new ApiProblem('901', 'Invalid Merchant Account', 403);
    if ((body.reference ?? '').length > MAX_REFERENCE_LENGTH)
      throw new ApiProblem('702', 'The reference is too long');
    return run(body, String(request.params.id));
  });
  const isSuccess = answer.status < 400;
  const wrongAnswer = answered !== null && isSuccess && wrongInCheckout(answered, answer.body);
  if (wrongAnswer) violations.push(`answer to ${request.method} ${request.path}: ${wrongAnswer}`);
  if (key !== undefined && isSuccess) saved.set(key, answer);
  return answer;
}

function begun(run: () => object): Answer {
  try {
    return { status: 201, body: structuredClone(run()) };
  } catch (error) {
    if (error instanceof ApiProblem) return problem(error);
    throw error;
  }
}

function problem({ status, errorCode, message }: ApiProblem): Answer {
  return { status, body: { status, errorCode, message, errorType: 'validation' } };
}
