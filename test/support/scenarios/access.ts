/** Access against what the order would do by itself: withheld during a dispute, granted and revoked by hand. */
import { givenOwnOrder } from '../custom-terms.ts';
import { WAIT } from '../operator-client.ts';
import type { Place } from '../place.ts';
import { sharedStack } from '../stack.ts';
import type { Scenarios } from './scenario.ts';

function decideAccess({ shop }: Place, id: string, action: 'grant' | 'revoke') {
  return shop.call('POST', `/v1/orders/${id}/access`, { action, note: 'asked for' }, WAIT);
}

export const ACCESS = {
  async 'access-held-while-disputed'(place) {
    const id = await givenOwnOrder({ holdsAccessWhileDisputed: true });
    const paymentId = String((await place.pay(id)).body.id);
    await place.gateway.capture(paymentId);
    await place.settled(id, 'paid');
    await place.gateway.dispute(paymentId);
    await place.until(id, ({ access }) => access?.status === 'held');
    await place.gateway.endDispute(paymentId, 'won');
    await place.until(id, ({ access }) => access?.status === 'granted');
    await place.settled(id, 'paid');
    return { id };
  },
  async 'access-decided-by-hand'(place) {
    const { id, paymentId } = await place.pendingOrder();
    await decideAccess(place, id, 'revoke');
    await decideAccess(place, id, 'grant');
    await decideAccess(place, id, 'grant');
    await place.gateway.capture(paymentId);
    await place.settled(id, 'paid');
    await decideAccess(place, id, 'revoke');
    await decideAccess(place, id, 'revoke');
    await decideAccess(place, id, 'grant');
    await place.settled(id, 'paid');
    return { id };
  },
  async 'told-to-the-crm-once-more'(place) {
    const { id } = await place.paidOrder();
    const key = `${id}:update_crm:paid-1`;
    const path = `/v1/orders/${id}/effects/${key}/resend`;
    await place.shop.call('POST', path, { note: 'it was lost' }, WAIT);
    await place.settled(id, 'paid');
    return { id, key };
  },
  async 'told-to-the-crm-once-more-which-refuses-it'(place) {
    const { id } = await place.paidOrder();
    const key = `${id}:update_crm:paid-1`;
    const { crm } = await sharedStack();
    crm.answerWith(id, 422);
    await place.shop.call('POST', `/v1/orders/${id}/effects/${key}/resend`, {}, WAIT);
    await place.until(id, ({ effects }) => effects.some(({ error }) => error !== null));
    crm.answerWith(id, null);
    return { id, told: await place.settled(id, 'paid') };
  },
} satisfies Scenarios;
