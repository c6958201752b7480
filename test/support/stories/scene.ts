/**
 * Where a story is told: an order on the real stack, and everybody around it. What it waits for is the
 * order at rest, so that its history is whole.
 */
import type { OrderView } from '../../../src/domain/view.ts';
import { type Maker, markOf } from '../installation.ts';
import { type Clerk, clerkOf } from '../operator-client.ts';
import {
  AMOUNT,
  CURRENCY,
  givenOrder,
  givenPendingOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../shop.ts';
import { sharedStack } from '../stack.ts';
import { temporalClient } from '../temporal.ts';
import { deliverTo, signedEvent } from '../webhooks.ts';

export interface Story {
  /** The name of its history's file. */
  name: string;
  /** @returns the order's id */
  tell(shop: Shop): Promise<string>;
  /** All runs of the order are kept, not only its last one. */
  isEveryRunKept?: boolean;
}

export interface Told {
  amount?: number;
  currency?: string;
  captureId?: string;
  refundId?: string;
  disputeId?: string;
}

export interface OrderAndPayment {
  id: string;
  paymentId: string;
}

export interface Scene extends Clerk {
  shop: Shop;
  order(more?: object): Promise<string>;
  pending(more?: object): Promise<OrderAndPayment>;
  /** A payment at the gateway that no attempt of the order has opened, as its answer got lost. */
  stranger(id: string, more?: object, maker?: Maker): Promise<string>;
  /** Somebody acts at the gateway. */
  at<T = { id: string }>(path: string, body?: object, key?: string): Promise<T>;
  faults(plan: object): Promise<unknown>;
  /** The gateway's webhook, signed by our own hand: it may be early, late or untrue. */
  hear(of: OrderAndPayment, type: string, told?: Told): Promise<unknown>;
  /** Straight to Temporal, as from its UI. */
  signal(id: string, name: string, payload: object): Promise<void>;
  settled(id: string, state: string): Promise<OrderView>;
  until(id: string, isSo: (order: OrderView) => boolean): Promise<OrderView>;
  /** The order waits for a person for this reason. */
  asked(id: string, reason: string): Promise<OrderView>;
}

export const NO_WEBHOOKS = { webhooks: { drop: 1 } };
/** The gateway does nothing and says that it is ill. */
export const SILENT = { ...NO_WEBHOOKS, api: { error500: 1 } };

export function story(name: string, tell: (scene: Scene) => Promise<string>): Story {
  return { name, tell: (shop) => tell(sceneOf(shop)) };
}

export function sceneOf(shop: Shop): Scene {
  const clerk = clerkOf(shop);
  const at = async <T>(path: string, body: object = {}, key?: string): Promise<T> => {
    const { status, body: answer } = await shop.gateway<T>('POST', path, body, key);
    if (status >= 400) throw new Error(`gateway: ${path}: ${JSON.stringify(answer)}`);
    return answer;
  };
  const until = (id: string, isSo: (order: OrderView) => boolean): Promise<OrderView> =>
    untilOrder(shop, id, isSo, isSo.toString());
  return {
    ...clerk,
    shop,
    at,
    until,
    order: (more) => givenOrder(shop, more),
    async pending(more) {
      if (more === undefined) return givenPendingOrder(shop);
      const id = await givenOrder(shop, more);
      return { id, paymentId: String((await clerk.pay(id)).body.id) };
    },
    async stranger(orderId, more = {}, maker = 'this installation') {
      const metadata = await markOf((await sharedStack()).databaseUrl, maker);
      const terms = { orderId, amount: AMOUNT, currency: CURRENCY, metadata, ...more };
      return (await at<{ id: string }>('/payments', terms)).id;
    },
    faults: (plan) => shop.gateway('PUT', '/faults', plan),
    hear: ({ id, paymentId }, type, told = {}) =>
      deliverTo(shop, signedEvent(type, { orderId: id, paymentId, amount: AMOUNT, ...told })),
    signal: async (id, name, payload) =>
      (await temporalClient()).workflow.getHandle(id).signal(name, payload),
    settled: (id, state) => untilSettled(shop, id, state),
    asked: (id, reason) =>
      until(id, ({ reviews, effects }) => {
        const isDone = effects.every(({ status }) => status !== 'pending');
        return isDone && reviews.some((one) => one.reason === reason && one.status === 'open');
      }),
  };
}
