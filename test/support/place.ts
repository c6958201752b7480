/** A place where stories are told: a shop with its clerk, one gateway, and what a story begins with there. */

import { assertPaidOnce } from './assert-paid-once.ts';
import type { Deed, GatewayDriver } from './gateway-driver.ts';
import { assertMoneyAgrees } from './gateway-truth.ts';
import { GATEWAYS } from './gateways.ts';
import { type Clerk, clerkOf } from './operator-client.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  openShop,
  type Shop,
  untilSettled,
} from './shop.ts';
import { driverOf, sharedStack } from './stack.ts';

export interface Place extends Clerk {
  shop: Shop;
  gateway: GatewayDriver;
  can(deed: Deed): boolean;
  /** An order that nobody has clicked to pay. */
  order(more?: object): Promise<string>;
  /** With one payment open. */
  pendingOrder(more?: object): Promise<OpenPayment>;
  /** Its payment has failed, and may be paid yet. */
  failedOrder(): Promise<OpenPayment>;
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
  const can = (deed: Deed): boolean => !(deed in cannot);
  const order = (more: object = {}) => givenOrder(shop, { gateway: name, ...more });

  const pendingOrder = (more: object = {}) => givenPendingOrder(shop, { gateway: name, ...more });

  async function captureStrange(...terms: Parameters<Place['captureStrange']>): Promise<string> {
    const paymentId = await gateway.strangePayment(...terms);
    await gateway.capture(paymentId);
    return paymentId;
  }

  return {
    ...clerk,
    shop,
    gateway,
    can,
    order,
    pendingOrder,
    captureStrange,
    async paidOrder() {
      const given = await pendingOrder();
      await gateway.capture(given.paymentId);
      await untilSettled(shop, given.id, 'paid');
      return given;
    },
    async failedOrder() {
      const given = await pendingOrder();
      await gateway.fail(given.paymentId);
      await untilSettled(shop, given.id, 'failed');
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
    assertMoneyAgrees: (id) => assertMoneyAgrees(shop, id, gateway),
    async assertPaidOnce(id) {
      await untilSettled(shop, id, 'paid');
      await assertPaidOnce(id, gateway);
    },
  };
}
