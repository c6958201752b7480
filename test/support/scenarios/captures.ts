/** Authorize now, capture later: what a shop does with what its customer has authorized, and what becomes of it else. */
import { randomUUID } from 'node:crypto';
import { givenOwnOrder } from '../custom-terms.ts';
import { WAIT } from '../operator-client.ts';
import type { OpenPayment, Place } from '../place.ts';
import { AMOUNT } from '../shop.ts';
import type { Scenarios } from './scenario.ts';

const PART = 2000;

export function captureOf({ shop }: Place, id: string, body: object = {}, key = randomUUID()) {
  const headers = { ...WAIT, 'idempotency-key': key };
  return shop.call('POST', `/v1/orders/${id}/captures`, body, headers);
}

export function voidOf({ shop }: Place, id: string) {
  return shop.call('POST', `/v1/orders/${id}/void`, {}, WAIT);
}

export async function authorizedOrder(place: Place, more: object = {}): Promise<OpenPayment> {
  const given = await place.pendingOrder({ capture: 'manual', ...more });
  return authorized(place, given);
}

async function authorized(place: Place, given: OpenPayment): Promise<OpenPayment> {
  await place.gateway.pay(given.paymentId);
  await place.until(given.id, ({ amountAuthorized }) => amountAuthorized === AMOUNT, 'authorized');
  return given;
}

/** Held for seconds alone, so that its end is near. */
async function expiringOrder(place: Place): Promise<string> {
  const manualCapture = { takes: 'parts', heldForMs: 8_000 } as const;
  const id = await givenOwnOrder({ manualCapture });
  await authorized(place, { id, paymentId: String((await place.pay(id)).body.id) });
  await place.inReview(id, 'authorization_expiring');
  return id;
}

export const CAPTURES = {
  async 'captured-in-two-parts'(place) {
    const { id, paymentId } = await place.pendingOrder({ capture: 'manual' });
    await captureOf(place, id);
    await voidOf(place, id);
    await authorized(place, { id, paymentId });
    await captureOf(place, id, { amount: PART });
    await captureOf(place, id, { amount: AMOUNT });
    await captureOf(place, id);
    await place.settled(id, 'paid');
    return { id };
  },
  async 'voided-by-hand-and-paid-anew'(place) {
    const { id } = await authorizedOrder(place);
    await voidOf(place, id);
    await voidOf(place, id);
    await captureOf(place, id);
    await authorized(place, { id, paymentId: String((await place.pay(id)).body.id) });
    await captureOf(place, id);
    await place.settled(id, 'paid');
    return { id };
  },
  async 'captured-after-it-had-lapsed'(place) {
    const { id, paymentId } = await authorizedOrder(place);
    await place.gateway.fail(paymentId);
    await place.settled(id, 'failed');
    await captureOf(place, id);
    return { id };
  },
  async 'authorized-for-less-and-captured-by-hand'(place) {
    const id = await place.order({ capture: 'manual' });
    const paymentId = await place.gateway.strangePayment(id, { amountMinor: 3000 });
    await place.gateway.authorize(paymentId);
    await place.inReview(id, 'amount_mismatch');
    await place.decide(id, 'amount_mismatch', 'approve');
    await captureOf(place, id, { amount: PART });
    await place.settled(id, 'partially_paid');
    return { id };
  },
  async 'authorization-expiring-and-captured'(place) {
    const id = await expiringOrder(place);
    await place.decide(id, 'authorization_expiring', 'approve');
    await place.settled(id, 'paid');
    return { id };
  },
  async 'authorization-expiring-and-voided'(place) {
    const id = await expiringOrder(place);
    await place.decide(id, 'authorization_expiring', 'reject');
    await place.settled(id, 'failed');
    return { id };
  },
  async 'paid-short-and-the-rest-written-off'(place) {
    const { id } = await place.orderPaidBy(AMOUNT - 100);
    await place.settled(id, 'partially_paid');
    const body = { amount: 100, note: 'the fee of a bank' };
    await place.shop.call('POST', `/v1/orders/${id}/write-off`, body, WAIT);
    await place.settled(id, 'paid');
    return { id };
  },
} satisfies Scenarios;
