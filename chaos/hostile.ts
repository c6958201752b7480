/**
 * What strangers send: requests that must be refused and change nothing, and signals past the API,
 * straight to Temporal, that no order may stumble over.
 */
import type { Client } from '@temporalio/client';
import type { Ask, Caller } from './caller.ts';
import type { Random } from './random.ts';

/** A test card's number: it must never be found anywhere after the run. */
export const CARD_NUMBER = '4242424242424242';
export const CARD_CODE = 'cvv-canary-8041';

type Hostile = Pick<Ask, 'method' | 'path'> & Partial<Ask>;

const order = (id: string): Record<string, unknown> => ({
  id,
  amount: 100,
  currency: 'INR',
  gateway: 'sandbox',
  customer: { id: 'cus_hostile' },
});

const create = (body: unknown): Hostile => ({ method: 'POST', path: '/v1/orders', body });

/** None of these may create, pay or refund anything; `id` is an order that nobody ever creates. */
function hostileRequests(id: string, random: Random): readonly Hostile[] {
  const noise = Array.from({ length: 40 }, () => String.fromCharCode(random.int(1, 0x2ff))).join(
    '',
  );
  const about = (path: string, body: unknown = {}): Hostile => ({
    method: 'POST',
    path: `/v1/orders/${id}${path}`,
    body,
  });
  return [
    create(noise),
    create(`{"id":"${id}","id":"${id}"}`),
    create(`${'['.repeat(40)}${']'.repeat(40)}`),
    create(`{"__proto__":{"id":"${id}"}}`),
    create({ ...order(id), amount: random.pick([-1, 1e13, 1.5, '100', 1e300, null, 2 ** 53]) }),
    create({ ...order(id), currency: random.pick(['inr', 'XXXX', '', 7]) }),
    create({ ...order(id), gateway: random.pick(['nobody', 'constructor', '__proto__', '']) }),
    create({ ...order(id), id: random.pick(['', '../x', 'a b', `${id}\u0000`, 'x'.repeat(65)]) }),
    create({ ...order(id), description: `pay with ${CARD_NUMBER}` }),
    create({ ...order(id), metadata: { cvc: CARD_CODE } }),
    create({ ...order(id), [random.pick(['state', 'amountPaid', 'toString'])]: 'paid' }),
    create({ ...order(id), description: '\ud800' }),
    { ...create(order(id)), headers: { 'content-type': 'text/plain' } },
    { ...create(order(id)), headers: { authorization: `Bearer ${noise.length}-wrong` } },
    { ...create(order(id)), idempotencyKey: 'short' },
    create({ ...order(id), description: 'x'.repeat(40_000) }),
    about('/payments'),
    about('/payments', { amount: 1 }),
    about('/cancel', { reason: 7 }),
    about('/verify', { paymentId: '../../etc/passwd' }),
    about('/refunds', { amount: 100 }),
    about('/refunds', { amount: -5 }),
    about('/reviews/rev_1', { decision: 'perhaps', version: 1, note: '' }),
    about(`/${random.int(0, 999)}`),
    { method: 'GET', path: `/v1/orders/${encodeURIComponent(noise)}` },
    { method: 'GET', path: '/v1/orders?limit=0&limit=1' },
    { method: 'GET', path: `/v1/orders?cursor=${random.int(0, 999)}` },
    { method: 'POST', path: '/webhooks/sandbox', body: order(id) },
    { method: 'POST', path: '/webhooks/nobody', body: {} },
    {
      method: 'POST',
      path: '/webhooks/sandbox',
      body: order(id),
      headers: { 'webhook-id': 'evt_x', 'webhook-timestamp': '1', 'webhook-signature': 'v1,AAAA' },
    },
  ];
}

export async function sendHostileRequest(caller: Caller, random: Random): Promise<void> {
  const orderId = `hostile_${random.int(1, 2 ** 31)}`;
  const request = random.pick(hostileRequests(orderId, random));
  await caller.ask({ kind: 'fuzz', orderId, ...request });
}

/**
 * What an order's signal handlers are given by somebody who may write to Temporal.
 *
 * @returns false when Temporal did not take it
 */
export async function sendHostileSignal(
  client: Client,
  orderId: string,
  random: Random,
): Promise<boolean> {
  const payload = random.pick([
    null,
    7,
    'text',
    [],
    {},
    { id: null },
    { id: 'x'.repeat(500), fact: { type: 'payment.captured' } },
    {
      id: 'h',
      fact: { type: 'payment.captured', paymentId: 'p', amountMinor: -1, currency: 'INR' },
    },
    { id: 'h', requestKey: '__proto__', amountMinor: 1 },
  ]);
  const name = random.pick(['webhook', 'refund', 'review', 'retry', 'nobody-knows', '__proto__']);
  return client.workflow
    .getHandle(orderId)
    .signal(name, payload)
    .then(() => true)
    .catch(() => false);
}
