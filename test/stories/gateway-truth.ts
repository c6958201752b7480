/**
 * What the gateway's own store says of an order, and the proof that our record and our books say the
 * same: the gateway is the one who knows what really happened to the money.
 */
import assert from 'node:assert/strict';
import { openDatabase } from '../../src/store/database.ts';
import { trialBalance } from '../../src/store/postings.ts';
import { CURRENCY, readOrder, type Shop } from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';

export interface TruePayment {
  id: string;
  status: string;
  currency: string;
  amountCaptured: number;
  amountRefunded: number;
  captures: { captureId: string; amount: number; reversed: boolean }[];
  refunds: { id: string; status: string; amount: number }[];
  disputes: { id: string; status: string; amount: number }[];
}

export async function paymentsAtGateway(shop: Shop, orderId: string): Promise<TruePayment[]> {
  const { body } = await shop.gateway<{ payments: TruePayment[] }>(
    'GET',
    `/payments?orderId=${orderId}`,
  );
  return body.payments;
}

/** Minor units of the order's currency; money in another one is for a review. */
export async function moneyAtGateway(shop: Shop, orderId: string) {
  const payments = (await paymentsAtGateway(shop, orderId)).filter(
    ({ currency }) => currency === CURRENCY,
  );
  const lost = payments.flatMap(({ disputes }) => disputes.filter((d) => d.status === 'lost'));
  return {
    captured: sum(payments.map(({ amountCaptured }) => amountCaptured)),
    refunded: sum(payments.map(({ amountRefunded }) => amountRefunded)),
    lost: sum(lost.map(({ amount }) => amount)),
  };
}

/** Order, books and gateway name the same amounts. */
export async function assertMoneyAgrees(shop: Shop, orderId: string): Promise<void> {
  const { captured, refunded, lost } = await moneyAtGateway(shop, orderId);
  const { amountPaid, amountRefunded } = await readOrder(shop, orderId);
  assert.deepEqual([amountPaid, amountRefunded], [captured, refunded], `order ${orderId}`);
  assert.equal(await heldInBooks(orderId), captured - refunded - lost, `books of ${orderId}`);
}

/** What the books say the gateway holds for us of this order, in minor units. */
async function heldInBooks(orderId: string): Promise<number> {
  const database = openDatabase((await sharedStack()).databaseUrl);
  try {
    const accounts = await trialBalance(database, orderId);
    return (
      accounts.find(({ account }) => account === 'gateway_clearing:sandbox')?.balanceMinor ?? 0
    );
  } finally {
    await database.close();
  }
}

function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + amount, 0);
}
