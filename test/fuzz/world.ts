/**
 * What hostile requests are aimed at: orders in every state that nothing may change, orders that may be
 * changed by whatever is let in, and the keys and secrets of the stack.
 */

import pWaitFor from 'p-wait-for';
import { clerkOf } from '../support/operator-client.ts';
import { SCENARIOS } from '../support/scenarios/index.ts';
import { givenPendingOrder, readOrder, type Shop } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';

export interface Target {
  orderId: string;
  paymentId: string;
}

export interface World {
  keys: { client: string; ops: string };
  apiUrls: readonly string[];
  /** Aimed at only by requests that have to be refused. */
  guarded: readonly Target[];
  /** Aimed at by requests that may be let in. */
  open: readonly Target[];
}

/** Every state, with the shortest scenario that ends in it. */
const GUARDED_SCENARIOS: ReadonlySet<string> = new Set([
  'paid-by-webhook',
  'failed-then-paid-late',
  'paid-in-parts',
  'cancelled-before-paying',
  'cancelled-then-captured',
  'refunded-in-full',
  'expired-without-a-payment',
]);

const OPEN_ORDERS = 12;

export async function openWorld(shop: Shop): Promise<World> {
  const { keys, apiUrls } = await sharedStack();
  const scenarios = SCENARIOS.filter(({ name }) => GUARDED_SCENARIOS.has(name));
  const told = await Promise.all(scenarios.map(async ({ tell }) => targetOf(shop, await tell())));
  const pending = async (): Promise<Target> => {
    const { id, paymentId } = await givenPendingOrder(shop);
    return { orderId: id, paymentId };
  };
  await Promise.all(told.map((target) => untilAllIsHeard(shop, target)));
  const guarded = [...told, await pending()];
  const open = await Promise.all(Array.from({ length: OPEN_ORDERS }, pending));
  return { keys, apiUrls, guarded, open };
}

async function targetOf(shop: Shop, orderId: string): Promise<Target> {
  const { body } = await shop.call<{ payments: { id: string | null }[] }>(
    'GET',
    `/v1/orders/${orderId}`,
  );
  return { orderId, paymentId: body.payments[0]?.id ?? 'sbx_pay_none' };
}

interface SentWebhook {
  id: string;
  state: string;
}

/** A scenario is over before its order has heard of it all; what the gateway tells later is no hostile change. */
async function untilAllIsHeard(shop: Shop, { orderId }: Target): Promise<void> {
  const path = `/webhooks?orderId=${orderId}`;
  const isAllHeard = async (): Promise<boolean> => {
    const { webhooks } = (await shop.gateway<{ webhooks: SentWebhook[] }>('GET', path)).body;
    const heard = new Set((await clerkOf(shop).eventsOf(orderId)).map(({ eventId }) => eventId));
    const isHeard = ({ id, state }: SentWebhook) =>
      state === 'dropped' || heard.has(`sandbox:${id}`);
    const { effects } = await readOrder(shop, orderId);
    return webhooks.every(isHeard) && effects.every(({ status }) => status !== 'pending');
  };
  await pWaitFor(isAllHeard, { interval: 100, timeout: 60_000 });
}
