/**
 * What the gateway's own store says of an order, and the proof that our record and our books say the
 * same: the gateway is the one who knows what really happened to the money.
 */
import assert from 'node:assert/strict';
import { trialBalance } from '../../src/store/effects/postings.ts';
import type { GatewayDriver } from './gateway-driver.ts';
import { openPatiently } from './patient-database.ts';
import { CURRENCY, readOrder, type Shop } from './shop.ts';
import { sandboxOf, sharedStack } from './stack.ts';

/** Minor units of the order's currency; money in another one is for a review. */
export async function moneyAt(gateway: GatewayDriver, orderId: string, of = CURRENCY) {
  const payments = (await gateway.paymentsOf(orderId)).filter(({ currency }) => currency === of);
  return {
    captured: sum(payments.flatMap(({ capturesMinor }) => capturesMinor)),
    refunded: sum(payments.flatMap(({ refundsMinor }) => refundsMinor)),
    lost: sum(payments.map(({ lostMinor }) => lostMinor)),
  };
}

/** Order, books and gateway name the same amounts; at the sandbox where none is given. */
export async function assertMoneyAgrees(
  shop: Shop,
  orderId: string,
  at?: GatewayDriver,
): Promise<void> {
  const gateway = at ?? sandboxOf(await sharedStack());
  const { amountPaid, amountRefunded, currency } = await readOrder(shop, orderId);
  const { captured, refunded, lost } = await moneyAt(gateway, orderId, currency);
  assert.deepEqual([amountPaid, amountRefunded], [captured, refunded], `order ${orderId}`);
  const held = await heldInBooks(gateway, orderId);
  assert.equal(held, captured - refunded - lost, `books of ${orderId}`);
}

/** What the books say the gateway holds for us of this order, in minor units. */
async function heldInBooks({ name }: GatewayDriver, orderId: string): Promise<number> {
  const database = openPatiently((await sharedStack()).databaseUrl);
  try {
    const accounts = await trialBalance(database, orderId);
    return (
      accounts.find(({ account }) => account === `gateway_clearing:${name}`)?.balanceMinor ?? 0
    );
  } finally {
    await database.close();
  }
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
