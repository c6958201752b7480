/**
 * What hostile requests are aimed at: orders in every state that nothing may change, orders that may be
 * changed by whatever is let in, and the keys and secrets of the stack.
 */

import { givenPendingOrder, type Shop } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { STORIES } from '../support/stories.ts';

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

/** Every state, with the shortest story that ends in it. */
const GUARDED_STORIES: ReadonlySet<string> = new Set([
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
  const stories = STORIES.filter(({ name }) => GUARDED_STORIES.has(name));
  const told: Target[] = [];
  for (const { tell } of stories) told.push(await targetOf(shop, await tell(shop)));
  const pending = async (): Promise<Target> => {
    const { id, paymentId } = await givenPendingOrder(shop);
    return { orderId: id, paymentId };
  };
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
