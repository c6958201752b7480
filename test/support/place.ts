/**
 * Where a scenario is told: a shop with its operator, one gateway, and Temporal. A scenario that needs nothing else is
 * told at every gateway, by the tests on the stack and by the recording of histories alike.
 */
import assert from 'node:assert/strict';
import type { OrderView } from '../../src/domain/view.ts';
import { assertPaidOnce } from './assert-paid-once.ts';
import { givenOwnOrder } from './custom-terms.ts';
import type { Ability, GatewayDriver, SignedRequest, Told } from './gateway-driver.ts';
import { assertMoneyAgrees } from './gateway-truth.ts';
import { GATEWAYS } from './gateways.ts';
import { type Clerk, clerkOf } from './operator-client.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from './shop.ts';
import { driverOf, sharedStack } from './stack.ts';
import { temporalClient, untilClosed } from './temporal.ts';
import { deliver } from './webhooks.ts';

/** An order closes so long after its last event, where it is to close soon. */
const SOON_MS = 1_000;

export interface Place extends Clerk {
  shop: Shop;
  gateway: GatewayDriver;
  can(deed: Ability): boolean;
  /** An order that nobody has clicked to pay. */
  order(more?: object): Promise<string>;
  /** With one payment open. */
  pendingOrder(more?: object): Promise<OpenPayment>;
  /** Its payment has failed, and may be paid yet. */
  failedOrder(): Promise<OpenPayment>;
  /** Paid, and its run has ended. */
  closedOrder(): Promise<OpenPayment>;
  /**
   * The gateway has taken another amount than it was asked for: of the order's own payment where that can
   * be, else of one that nobody here has asked for.
   */
  orderPaidBy(amountMinor: number, more?: object): Promise<OpenPayment>;
  /** Money comes all the same, for a payment that was given up. */
  captureAfterAll(order: OpenPayment): Promise<void>;
  /** A payment that none of our clicks has made, captured. */
  captureStrange(
    orderId: string,
    terms?: Parameters<GatewayDriver['strangePayment']>[1],
  ): Promise<string>;
  /** A new event of the gateway that says so, true or not. */
  eventOf(told: Told): SignedRequest;
  /** Delivers such an event, which is taken. */
  deliverEvent(told: Told): Promise<void>;
  /** Straight to Temporal, as from its UI. */
  signal(id: string, name: string, payload: object): Promise<void>;
  until(id: string, isSo: (order: OrderView) => boolean, what?: string): Promise<OrderView>;
  settled(id: string, state: string): Promise<OrderView>;
  /** Waits until a review of this reason is open, and no effect is under way. */
  inReview(id: string, reason: string): Promise<OrderView>;
  assertMoneyAgrees(orderId: string): Promise<void>;
  assertPaidOnce(orderId: string): Promise<void>;
}

export interface OpenPayment {
  id: string;
  paymentId: string;
}

export async function placeAt(name: string): Promise<Place> {
  const shop = await openShop();
  const gateway = driverOf(await sharedStack(), name);
  const cannot = GATEWAYS.find((known) => known.name === name)?.cannot ?? {};
  const clerk = clerkOf(shop);
  const can = (deed: Ability): boolean => !(deed in cannot);
  const order = (more: object = {}) => givenOrder(shop, { gateway: name, ...more });
  const pendingOrder = (more: object = {}) => givenPendingOrder(shop, { gateway: name, ...more });
  const settled = (id: string, state: string) => untilSettled(shop, id, state);
  const until: Place['until'] = (id, isSo, what = isSo.toString()) =>
    untilOrder(shop, id, isSo, what);

  async function captureStrange(...terms: Parameters<Place['captureStrange']>): Promise<string> {
    const paymentId = await gateway.strangePayment(...terms);
    await gateway.capture(paymentId);
    return paymentId;
  }

  async function paid(given: OpenPayment): Promise<OpenPayment> {
    await gateway.capture(given.paymentId);
    await settled(given.id, 'paid');
    return given;
  }

  function eventOf(told: Told): SignedRequest {
    const event = gateway.eventFor(told);
    assert.ok(event, `${name} has an event ${told.type}`);
    return event;
  }

  return {
    ...clerk,
    shop,
    gateway,
    can,
    order,
    pendingOrder,
    captureStrange,
    eventOf,
    until,
    settled,
    paidOrder: async () => paid(await pendingOrder()),
    async failedOrder() {
      const given = await pendingOrder();
      await gateway.fail(given.paymentId);
      await settled(given.id, 'failed');
      return given;
    },
    async closedOrder() {
      const id = await givenOwnOrder({ gateway: name, settlementWindowMs: SOON_MS });
      const given = await paid({ id, paymentId: String((await clerk.pay(id)).body.id) });
      await untilClosed(id);
      return given;
    },
    async orderPaidBy(amountMinor, more) {
      const deed = amountMinor < AMOUNT ? 'capture in part' : 'capture more than was asked for';
      if (!can(deed)) {
        const id = await order(more);
        return { id, paymentId: await captureStrange(id, { amountMinor }) };
      }
      const given = await pendingOrder(more);
      await gateway.captureAmount(given.paymentId, amountMinor);
      return given;
    },
    async captureAfterAll({ id, paymentId }) {
      if (can('capture what was voided')) return gateway.capture(paymentId);
      await captureStrange(id);
    },
    async deliverEvent(told) {
      assert.equal((await deliver(shop, eventOf(told))).status, 200);
    },
    signal: async (id, signal, payload) =>
      (await temporalClient()).workflow.getHandle(id).signal(signal, payload),
    inReview: (id, reason) =>
      until(
        id,
        ({ reviews, effects }) =>
          effects.every(({ status }) => status !== 'pending') &&
          reviews.some((review) => review.reason === reason && review.status === 'open'),
        `in review for ${reason}`,
      ),
    assertMoneyAgrees: (id) => assertMoneyAgrees(shop, id, gateway),
    async assertPaidOnce(id) {
      await settled(id, 'paid');
      await assertPaidOnce(id, gateway);
    },
  };
}
