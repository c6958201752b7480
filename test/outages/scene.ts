/** One order for every request of the table, made while all is well, so that each may be asked in an outage. */
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  newOrderId,
  orderBody,
  type Reply,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { signedEvent } from '../support/webhooks.ts';

export interface Question {
  method: string;
  path: string;
  body?: object;
  headers: Record<string, string>;
}

/** By the names that the table has. */
export interface Scene {
  questions: Record<string, Question>;
  orders: Record<
    'created' | 'clicked' | 'verified' | 'cancelled' | 'refunded' | 'decided' | 'told',
    string
  >;
}

/** How long each request waits for its outcome; what comes later is a 202. */
const WAIT_S = 1;
/** A decision is answered well without the gateway, also on a busy machine; without a worker, still in time. */
const DECISION_WAIT_S = 3;

export async function openScene(shop: Shop): Promise<Scene> {
  const capture = (paymentId: string) => shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await shop.gateway('PUT', '/faults', {});
  const pending = () => givenPendingOrder(shop);
  const clicked = await givenOrder(shop);
  const [verified, cancelled, refunded, decided, told] = await Promise.all([
    pending(),
    pending(),
    pending(),
    pending(),
    pending(),
  ]);
  await capture(refunded.paymentId);
  await untilSettled(shop, refunded.id, 'paid');
  await shop.call('POST', `/v1/orders/${decided.id}/cancel`, {}, { prefer: 'wait=30' });
  await capture(decided.paymentId);
  await untilOrder(shop, decided.id, ({ reviews }) => reviews.length === 1, 'in review');
  await untilSettled(shop, decided.id, 'cancelled');
  const [review] = (await readOrder(shop, decided.id)).reviews;
  // From here on only these requests tell the orders what happened at the gateway.
  await shop.gateway('PUT', '/faults', { webhooks: { drop: 1 } });
  await capture(verified.paymentId);
  await capture(told.paymentId);
  const created = newOrderId();
  const decision = { decision: 'approve', version: review?.version, note: 'as agreed' };
  return {
    orders: {
      created,
      clicked,
      verified: verified.id,
      cancelled: cancelled.id,
      refunded: refunded.id,
      decided: decided.id,
      told: told.id,
    },
    questions: {
      create: post('/v1/orders', orderBody(created)),
      read: get(`/v1/orders/${refunded.id}`),
      list: get('/v1/orders?limit=1'),
      events: get(`/v1/orders/${refunded.id}/events`),
      entitlements: get(`/v1/customers/cus_${refunded.id}/entitlements`),
      parked: get('/v1/parked-events?limit=1'),
      pay: post(`/v1/orders/${clicked}/payments`, {}),
      verify: post(`/v1/orders/${verified.id}/verify`, { paymentId: verified.paymentId }),
      cancel: post(`/v1/orders/${cancelled.id}/cancel`, {}),
      refund: post(`/v1/orders/${refunded.id}/refunds`, {}),
      review: post(`/v1/orders/${decided.id}/reviews/${review?.id}`, decision, DECISION_WAIT_S),
      webhook: webhook(told.id, told.paymentId),
      orphan: webhook(newOrderId(), 'sbx_pay_of_nobody'),
      healthz: get('/healthz'),
      readyz: get('/readyz'),
    },
  };
}

const get = (path: string): Question => ({ method: 'GET', path, headers: {} });

/** The same question has the same key, however often it is asked. */
function post(path: string, body: object, waitS = WAIT_S): Question {
  const headers = { prefer: `wait=${waitS}`, 'idempotency-key': `outage-${randomUUID()}` };
  return { method: 'POST', path, body, headers };
}

function webhook(orderId: string, paymentId: string): Question {
  const { headers, body } = signedEvent('payment.captured', { orderId, paymentId, amount: AMOUNT });
  return { method: 'POST', path: '/webhooks/sandbox', headers, body: JSON.parse(body) as object };
}

export function ask(shop: Shop, { method, path, body, headers }: Question) {
  return shop.call<{ code?: string; id?: string }>(method, path, body, headers);
}

/** As the table writes it: the status, and the code of a problem. */
export function nameOf({ status, body }: Reply<{ code?: string }>): string {
  return body?.code === undefined ? String(status) : `${status} ${body.code}`;
}

/** The longest that anything takes to come back on a busy machine. */
const RECOVERY_MS = 90_000;

/** Waits until each request, sent again under its key, is answered with what it asked for. */
export async function untilAnsweredWell(shop: Shop, { questions }: Scene): Promise<void> {
  await Promise.all(
    Object.entries(questions).map(([name, question]) => {
      const isWell = async () => /^20[01]$/.test(nameOf(await ask(shop, question)));
      const message = `${name} never was answered well`;
      return pWaitFor(isWell, { timeout: { milliseconds: RECOVERY_MS, message } });
    }),
  );
}
