/**
 * After the last fault: customers look at their orders once more, as they do, and everything has to come
 * to rest in time. What has not is a violation, with what it still waits for.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { ORDER_STATES, type OrderState } from '../src/domain/order.ts';
import type { OrderView } from '../src/domain/view.ts';
import type { Caller } from './caller.ts';
import type { Customer, SandboxPayment } from './customer.ts';
import type { Driven } from './driver.ts';
import type { Violation } from './evidence.ts';
import type { Relay } from './relay.ts';

export interface DrainParts {
  database: pg.Pool;
  caller: Caller;
  customer: Customer;
  relay: Relay;
  driven: Driven;
  orderIds: readonly string[];
  /** May end in any state: an operator asked to cancel them in Temporal. */
  cancelledByHand: ReadonlySet<string>;
  /** Milliseconds since 1970. */
  giveUpAt: number;
}

/** After the last fault nothing may take longer. */
export const DRAIN_LIMIT_MS = 60_000;
const GLANCE_MS = 1_000;

/** @returns one violation for each order that is not at rest */
export async function drain(parts: DrainParts): Promise<Violation[]> {
  let restless = await findRestless(parts);
  for (const orderId of restless.keys()) lookAgain(parts, orderId);
  while ((restless.size > 0 || parts.relay.open() > 0) && Date.now() < parts.giveUpAt) {
    await sleep(GLANCE_MS);
    restless = await findRestless(parts);
  }
  const undelivered = parts.relay.open();
  return [
    ...[...restless].map(([subject, detail]) => ({ invariant: 'I9', subject, detail })),
    ...(undelivered === 0
      ? []
      : [{ invariant: 'I9', subject: 'webhooks', detail: `${undelivered} found nobody` }]),
  ];
}

function lookAgain({ caller }: DrainParts, orderId: string): void {
  void caller.insist({
    kind: 'verify',
    orderId,
    method: 'POST',
    path: `/v1/orders/${orderId}/verify`,
    body: {},
  });
}

/** By order, what it waits for. */
async function findRestless(parts: DrainParts): Promise<Map<string, string>> {
  const { database, customer, orderIds, driven, cancelledByHand } = parts;
  const { rows } = await database.query<{ view: OrderView }>(
    'select view from orders where id = any($1)',
    [orderIds],
  );
  const views = new Map(rows.map(({ view }) => [view.id, view]));
  const payments = await customer.allPayments();
  const mayEndIn = (orderId: string): readonly OrderState[] =>
    (cancelledByHand.has(orderId) ? undefined : driven.expected.get(orderId)) ?? ORDER_STATES;
  const restless = new Map<string, string>();
  for (const orderId of orderIds) {
    const own = payments.filter((payment) => payment.orderId === orderId);
    const why = whyRestless(views.get(orderId), own, mayEndIn(orderId));
    if (why !== null) restless.set(orderId, why);
    else if (!driven.expected.has(orderId) && !driven.broken.has(orderId))
      restless.set(orderId, 'its story is not over');
  }
  return restless;
}

function whyRestless(
  view: OrderView | undefined,
  payments: readonly SandboxPayment[],
  states: readonly OrderState[],
): string | null {
  if (view === undefined) return 'it does not exist';
  const open = view.effects.find(({ status }) => status === 'pending');
  if (open !== undefined) return `${open.key} is pending after ${open.attempts} attempts`;
  const isUnknown = view.payments.some(({ status }) => status === 'unknown');
  if (isUnknown && view.amountPaid < view.amount) return 'a payment is unknown';
  if (view.refunds.some(({ status }) => status === 'requested')) return 'a refund is requested';
  const captured = sum(payments.map(({ amountCaptured }) => amountCaptured));
  if (captured !== view.amountPaid) return `gateway ${captured}, order ${view.amountPaid} captured`;
  const refunded = sum(payments.map(({ amountRefunded }) => amountRefunded));
  if (refunded !== view.amountRefunded)
    return `gateway ${refunded}, order ${view.amountRefunded} refunded`;
  return states.includes(view.state) ? null : `${view.state} instead of ${states.join(' or ')}`;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
