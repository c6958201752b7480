/** Every endpoint of the API, asked for as a good caller would: what faults then spoil. */
import { randomUUID } from 'node:crypto';
import type { Route } from '../../src/api/http/route.ts';
import { ROUTES } from '../../src/api/routes.ts';
import { AMOUNT, newOrderId, orderBody } from '../support/shop.ts';
import type { Draft } from './draft.ts';
import type { Target, World } from './world.ts';

type BodyOf = (target: Target) => object;

const BY_HAND = { method: 'cash', reference: 'till-1', amount: 1, note: 'over the counter' };

/** A body for each endpoint that takes one. */
const BODIES: Record<string, BodyOf> = {
  '/v1/orders': () =>
    orderBody(newOrderId(), {
      ...{ metadata: { from: 'fuzz' }, description: 'tea', taxBehavior: 'inclusive' },
      lineItems: [{ description: 'tea', quantity: 1, unitAmount: AMOUNT, taxRate: '8.1' }],
    }),
  '/v1/orders/{id}/payments': () => ({}),
  '/v1/orders/{id}/verify': ({ paymentId }) => ({ paymentId }),
  '/v1/orders/{id}/sync': () => ({}),
  '/v1/orders/{id}/cancel': () => ({ reason: 'changed my mind', orderVersion: 3 }),
  '/v1/orders/{id}/refunds': () => ({ amount: 1, reason: 'one too many' }),
  '/v1/orders/{id}/captures': () => ({ amount: 100, note: 'shipped' }),
  '/v1/orders/{id}/void': () => ({ note: 'out of stock' }),
  '/v1/orders/{id}/manual-payments': () => ({ ...BY_HAND, receivedOn: '2026-01-26' }),
  '/v1/orders/{id}/manual-refunds': () => ({ ...BY_HAND, returnedOn: '2026-01-27' }),
  '/v1/orders/{id}/write-off': () => ({ amount: 100, note: "the bank's fee" }),
  '/v1/orders/{id}/access': () => ({ action: 'revoke', note: 'abuse', orderVersion: 2 }),
  '/v1/orders/{id}/expiry': () => ({ expiresAt: '2027-01-31T12:00:00Z', note: 'on Monday' }),
  '/v1/orders/{id}/customer': () => ({ email: 'ada@example.org', note: 'mistyped' }),
  '/v1/customers/{id}/erasure': () => ({ note: 'asked on Monday' }),
  '/v1/orders/{id}/reviews/{reviewId}': () => ({ decision: 'reject', version: 1, note: 'looked' }),
  '/v1/orders/{id}/effects/{key}/retry': () => ({ note: 'mended' }),
  '/v1/orders/{id}/effects/{key}/resend': () => ({ note: 'lost' }),
  '/v1/parked-events/{id}/redeliver': () => ({ note: 'it is there now' }),
  '/v1/parked-events/{id}/attach': () => ({ note: 'from the old shop' }),
  '/v1/parked-events/{id}/close': () => ({ note: 'of staging' }),
  '/v1/settlements/differences/{id}/decision': () => ({ decision: 'accept', note: 'known' }),
  '/v1/settlements/match': () => ({}),
  '/v1/settlements/days': () => ({ gateway: 'stripe', date: '2026-01-31' }),
  '/v1/books/check': () => ({}),
};

/** A file for each endpoint that takes one. */
const FILES: Record<string, string> = {
  '/v1/settlements': 'transaction_entity,entity_id\npayment,pay_1\n',
};

const QUERIES: Record<string, string> = {
  '/v1/overview/orders': '?state=paid&needsReview=false&createdTo=2026-01-31',
  '/v1/orders': '?state=paid&amount=4999&email=a%40example.com&createdFrom=2026-01-01&limit=1',
  '/v1/customers/{id}/personal-data': '?limit=1',
  '/v1/effects': '?status=waiting&limit=1',
  '/v1/parked-events': '?status=parked&limit=1',
  '/v1/settlements/differences': '?state=open&limit=1',
  '/v1/settlements/days': '?state=failed&limit=1',
  '/v1/books/month-end': '?month=2026-01',
  '/v1/books/month-end.pdf': '?month=2026-01',
  '/v1/books/trial-balance': '?period=2026-01',
  '/v1/books/export': '?period=2026-01-31&format=hledger',
  '/v1/books/papers': '?period=2026-01&limit=1',
  '/v1/books/papers.zip': '?period=2026-01-31',
};

/** @throws Error when an endpoint takes a body that is not listed here. */
export function draftFor(route: Route, target: Target, { keys }: World): Draft {
  const bodyOf = BODIES[route.path];
  if (route.body !== undefined && bodyOf === undefined)
    throw new Error(`${route.path} takes a body: give it one in BODIES, so that it is fuzzed too`);
  const isPost = route.method === 'post';
  const file = route.upload === undefined ? undefined : FILES[route.path];
  if (route.upload !== undefined && file === undefined)
    throw new Error(`${route.path} takes a file: give it one in FILES, so that it is fuzzed too`);
  const body = file ?? (route.body === undefined ? '' : JSON.stringify(bodyOf?.(target)));
  const contentType = route.upload?.[0] ?? 'application/json';
  return {
    method: route.method.toUpperCase(),
    path: pathOf(route.path, target),
    query: isPost ? '' : (QUERIES[route.path] ?? ''),
    headers: [
      ['host', 'localhost'],
      ['connection', 'close'],
      ['authorization', `Bearer ${keys.ops}`],
      ...(body === '' ? [] : ([['content-type', contentType]] as Draft['headers'])),
      ...(isPost ? postHeaders() : []),
    ],
    body: Buffer.from(body),
  };
}

/** Who is not there in a second is not waited for: the run has thousands of others. */
function postHeaders(): Draft['headers'] {
  return [
    ['prefer', 'wait=1'],
    ['idempotency-key', `fuzz-${randomUUID()}`],
  ];
}

function pathOf(template: string, { orderId }: Target): string {
  return template
    .replace('{reviewId}', 'rev_1')
    .replace('{key}', encodeURIComponent(`${orderId}:issue_invoice:1`))
    .replace('/customers/{id}', `/customers/cus_${orderId}`)
    .replace('/parked-events/{id}', '/parked-events/evt_unknown')
    .replace('/differences/{id}', '/differences/404')
    .replace('/papers/{number}', '/papers/INV-000001')
    .replace('{id}', orderId);
}

/** The endpoint that a method and a path lead to, if any. */
export function routeOf(method: string, path: string): Route | undefined {
  const wanted = method === 'HEAD' ? 'get' : method.toLowerCase();
  return ROUTES.find(
    (route) =>
      route.method === wanted &&
      new RegExp(`^${route.path.replace('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path),
  );
}
