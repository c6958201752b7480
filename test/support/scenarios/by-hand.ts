/** Money that changes hands without the gateway, more time to pay, and orders over 0. */
import { WAIT } from '../operator-client.ts';
import type { Place } from '../place.ts';
import { AMOUNT } from '../shop.ts';
import type { Scenarios } from './scenario.ts';

const RECEIVED = { method: 'cash', reference: 'till-1', amount: AMOUNT, receivedOn: '2026-01-26' };
const RETURNED = {
  method: 'bank_transfer',
  reference: 'trf-1',
  amount: AMOUNT,
  returnedOn: '2026-01-27',
};

function ask({ shop }: Place, id: string, path: string, body: object) {
  return shop.call('POST', `/v1/orders/${id}/${path}`, body, WAIT);
}

export const BY_HAND = {
  async 'paid-in-cash-and-returned-by-hand'(place) {
    const { id } = await place.pendingOrder();
    await ask(place, id, 'manual-payments', RECEIVED);
    await place.settled(id, 'paid');
    await place.refund(id);
    await ask(place, id, 'manual-refunds', RETURNED);
    await place.settled(id, 'refunded');
    return { id };
  },
  async 'paid-in-cash-after-it-was-cancelled'(place) {
    const id = await place.order();
    await place.cancel(id);
    await ask(place, id, 'manual-payments', RECEIVED);
    await place.decide(id, 'paid_after_cancel', 'reject');
    await place.inReview(id, 'refund_by_hand');
    await ask(place, id, 'manual-refunds', RETURNED);
    await place.settled(id, 'cancelled');
    return { id };
  },
  async 'expired-and-given-more-time'(place) {
    const id = await place.order({ expiresIn: 1 });
    await place.settled(id, 'failed');
    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    await ask(place, id, 'expiry', { expiresAt });
    await place.cancel(id);
    await place.settled(id, 'cancelled');
    return { id };
  },
  async 'paid-over-nothing'(place) {
    const id = await place.order({ amount: 0 });
    await place.settled(id, 'paid');
    return { id };
  },
} satisfies Scenarios;
