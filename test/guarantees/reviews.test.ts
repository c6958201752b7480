/** What a person has to decide, and what each decision does: over HTTP and by the UI's signal dialog. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OrderView } from '../../src/domain/view.ts';
import { WAIT } from '../support/operator-client.ts';
import { placeAt } from '../support/place.ts';
import { REVIEWS } from '../support/scenarios/reviews.ts';
import {
  AMOUNT,
  openShop,
  type Problem,
  type Reply,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { temporalClient } from '../support/temporal.ts';

describe('an order that was cancelled and then captured', function () {
  this.timeout(120_000);
  let shop: Shop;
  let id: string;
  let order: OrderView;

  before(async () => {
    shop = await openShop();
  });

  beforeEach(async () => {
    ({ id, order } = await REVIEWS['cancelled-then-captured'](await placeAt('sandbox')));
  });

  function decide(decision: string, change: object = {}): Promise<Reply<OrderView & Problem>> {
    const [review] = order.reviews;
    const body = {
      decision,
      version: review?.version,
      note: 'as agreed with the customer',
      ...change,
    };
    return shop.call('POST', `/v1/orders/${id}/reviews/${review?.id}`, body, WAIT);
  }

  it('is found in the list of what needs a review', async () => {
    const { body } = await shop.call<{ orders: OrderView[] }>(
      'GET',
      `/v1/orders?needsReview=true&customer=cus_${id}`,
    );
    assert.deepEqual(
      body.orders.map((found) => found.id),
      [id],
    );
  });

  it('T21 is paid and granted once when the review is approved, however often', async () => {
    const replies = await Promise.all([decide('approve'), decide('approve'), decide('approve')]);
    assert.deepEqual(
      replies.map(({ status }) => status),
      [200, 200, 200],
    );
    const paid = await untilSettled(shop, id, 'paid');
    assert.equal(paid.effects.filter(({ effect }) => effect === 'grant_access').length, 1);
    assert.equal(paid.effects.filter(({ effect }) => effect === 'issue_invoice').length, 1);
  });

  it('T21 is refunded once when the review is rejected, and stays cancelled', async () => {
    await Promise.all([decide('reject'), decide('reject')]);
    const refunded = await untilOrder(
      shop,
      id,
      ({ amountRefunded }) => amountRefunded > 0,
      'refunded',
    );
    assert.equal(refunded.amountRefunded, AMOUNT);
    assert.equal(refunded.refunds.length, 1);
    assert.equal(refunded.state, 'cancelled');
    assert.deepEqual(
      refunded.effects.filter(({ effect }) => effect === 'grant_access'),
      [],
    );
  });

  it('refuses the opposite of what was decided', async () => {
    await decide('approve');
    const opposite = await decide('reject');
    assert.equal(opposite.status, 409);
    assert.equal(opposite.body.code, 'review_already_decided');
  });

  it('refuses a decision about an older version of the review', async () => {
    const stale = await decide('approve', { version: 1 });
    assert.equal(stale.status, 409);
    assert.equal(stale.body.code, 'review_stale');
    assert.equal((await untilSettled(shop, id, 'cancelled')).reviews[0]?.status, 'open');
  });

  it('needs no decision any more when the gateway itself gives the money back', async () => {
    const paymentId = order.payments[0]?.id;
    await shop.gateway('POST', `/payments/${paymentId}/refunds`, {});
    const resolved = await untilOrder(
      shop,
      id,
      ({ reviews }) => reviews[0]?.status !== 'open',
      'closed',
    );
    assert.equal(resolved.reviews[0]?.status, 'resolved');
    assert.equal(resolved.state, 'cancelled');
  });

  it('can be decided by one JSON object from the signal dialog', async () => {
    const [review] = order.reviews;
    const handle = (await temporalClient()).workflow.getHandle(id);
    await handle.signal('review', {
      id: randomUUID(),
      reviewId: review?.id,
      decision: 'approve',
      version: review?.version,
      note: 'decided in the Temporal UI',
    });
    await untilSettled(shop, id, 'paid');
  });
});
