/**
 * A scenario: what becomes of one order, told once. Tests on the stack carry it out at each gateway and assert its
 * outcome; `npm run histories:record` carries it out and saves the order's history. It ends with the order at rest,
 * so that the history is whole, and gives back what its callers were answered.
 */
import type { OpenPayment, Place } from '../place.ts';
import { CURRENCY, type Shop } from '../shop.ts';

export type Scenario = (place: Place) => Promise<{ id: string }>;

/** By the names of their histories' files. */
export type Scenarios = Readonly<Record<string, Scenario>>;

/** The gateway does nothing and says that it is ill, and no webhook arrives. */
export async function silence({ gateway }: Place): Promise<void> {
  await gateway.loseWebhooks();
  await gateway.disturb('is down');
}

/** Acts at the sandbox in ways that not every gateway knows. */
export async function atSandbox<T = { id: string }>(
  shop: Shop,
  path: string,
  body: object = {},
  idempotencyKey?: string,
): Promise<T> {
  const reply = await shop.gateway<T>('POST', path, body, idempotencyKey);
  if (reply.status >= 400) throw new Error(`sandbox: ${path}: ${JSON.stringify(reply.body)}`);
  return reply.body;
}

/** What is asked for under a key that the sandbox knows from another request is refused for good. */
export async function spendKey({ shop }: Place, idempotencyKey: string): Promise<void> {
  const otherRequest = { orderId: 'another', amount: 1, currency: CURRENCY };
  await atSandbox(shop, '/payments', otherRequest, idempotencyKey);
}

/** A part of what was asked for is captured, and the order waits for the rest. */
export async function partlyPaid(place: Place): Promise<OpenPayment> {
  const order = await place.orderPaidBy(2000);
  await place.settled(order.id, 'partially_paid');
  return order;
}
