/** What callers ask of an order, and what they are answered, against the running stack. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Order, Payment } from '../../src/api/orders/order-schemas.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  type Problem,
  readOrder,
  type Shop,
  shopOn,
  untilOrder,
  untilSettled,
  withFaults,
} from '../support/shop.ts';
import { sharedStack } from '../support/stack.ts';
import { signalsOf } from '../support/temporal.ts';

interface Refund {
  id: string;
  refundId: string | null;
  status: string;
  amount: number;
}

let shop: Shop;

before(async function () {
  this.timeout(300_000);
  const stack = await sharedStack();
  // One process: what one API has under way, another does not know.
  shop = shopOn({ ...stack, apiUrls: [stack.apiUrl] });
});

async function givenPaidOrder(): Promise<{ id: string; paymentId: string }> {
  const { id, paymentId } = await givenPendingOrder(shop);
  await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
  await untilSettled(shop, id, 'paid');
  return { id, paymentId };
}

const key = () => ({ 'idempotency-key': randomUUID() });

/** While the gateway fails its callers, no outcome is faster than the answer to who does not wait for it. */
const ILL = { api: { error500: 1 } };

describe('the pay button', () => {
  it('opens an attempt with what the frontend needs', async () => {
    const id = await givenOrder(shop);
    const first = await shop.call<Payment>('POST', `/v1/orders/${id}/payments`, {});
    assert.equal(first.status, 201);
    assert.deepEqual(
      [first.body.attempt, first.body.amount, first.body.status],
      [1, AMOUNT, 'created'],
    );
    assert.match(String(first.body.checkout?.url), /^http:/);
    const second = await shop.call<Payment>('POST', `/v1/orders/${id}/payments`, {});
    assert.equal(second.status, 200);
    assert.equal(second.body.id, first.body.id);
  });

  it('pressed again beside and after the first click, troubles the order no more', async () => {
    const id = await givenOrder(shop);
    const path = `/v1/orders/${id}/payments`;
    const click = () => shop.call<Payment>('POST', path, {});
    const clicks = [...(await Promise.all([1, 2, 3, 4, 5].map(click))), await click()];
    assert.deepEqual(
      clicks.map(({ status }) => status).filter((status) => status !== 200),
      [201],
    );
    assert.deepEqual(new Set(clicks.map(({ body }) => body.attempt)), new Set([1]));
    assert.deepEqual(await signalsOf(id), ['pay']);
    assert.equal((await readOrder(shop, id)).counters.duplicates, 5);
  });

  it('opens a new attempt after a failed one', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${paymentId}/fail`, {});
    await untilOrder(shop, id, ({ state }) => state === 'failed', 'failed');
    const again = await shop.call<Payment>('POST', `/v1/orders/${id}/payments`, {});
    assert.deepEqual([again.status, again.body.attempt], [201, 2]);
  });

  it('is refused on a cancelled order', async () => {
    const id = await givenOrder(shop);
    await shop.call('POST', `/v1/orders/${id}/cancel`, {});
    const answer = await shop.call<Problem>('POST', `/v1/orders/${id}/payments`, {});
    assert.deepEqual([answer.status, answer.body.code], [409, 'order_closed']);
  });

  it('answers 202 with what is known when the caller does not wait', async () => {
    const id = await givenOrder(shop);
    const headers = { prefer: 'wait=0' };
    const answer = await withFaults(shop, ILL, () =>
      shop.call<Payment>('POST', `/v1/orders/${id}/payments`, {}, headers),
    );
    assert.equal(answer.status, 202);
    assert.equal(answer.headers.get('preference-applied'), 'wait=0');
    assert.equal(answer.headers.get('location'), `/v1/orders/${id}`);
    assert.equal(answer.body.amount, AMOUNT);
  });

  it('finds its outcome under the same key after a 202, without waiting for another one', async () => {
    const id = await givenOrder(shop);
    const headers = key();
    const path = `/v1/orders/${id}/payments`;
    const early = await withFaults(shop, ILL, () =>
      shop.call('POST', path, {}, { ...headers, prefer: 'wait=0' }),
    );
    assert.equal(early.status, 202);
    await untilOrder(shop, id, ({ payments }) => payments[0]?.checkout != null, 'payable');
    const askedAt = Date.now();
    const answer = await shop.call<Payment>('POST', path, {}, { ...headers, prefer: 'wait=30' });
    assert.deepEqual([answer.status, answer.body.attempt], [201, 1]);
    assert.ok(Date.now() - askedAt < 10_000);
    assert.equal((await readOrder(shop, id)).payments.length, 1);
  });
});

describe('verify', () => {
  it('finds the payment that no webhook told of', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      const answer = await shop.call<Order>('POST', `/v1/orders/${id}/verify`, { paymentId });
      assert.deepEqual([answer.status, answer.body.state], [200, 'paid']);
    });
  });

  it('beside another one waits for that one, and asks only where it said nothing of money', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
      const verify = () => shop.call<Order>('POST', `/v1/orders/${id}/verify`, { paymentId });
      const answers = await Promise.all([1, 2, 3, 4, 5].map(verify));
      for (const { status, body } of answers) assert.deepEqual([status, body.state], [200, 'paid']);
      assert.deepEqual(await signalsOf(id), ['pay', 'verify']);
    });
  });

  it('of a paid order changes nothing, and is counted and explained as a repeat', async () => {
    const { id, paymentId } = await givenPaidOrder();
    const before = await readOrder(shop, id);
    const answer = await shop.call<Order>('POST', `/v1/orders/${id}/verify`, { paymentId });
    assert.equal(answer.status, 200);
    const { counters, ...after } = await readOrder(shop, id);
    const { counters: countersBefore, ...unchanged } = before;
    assert.deepEqual(after, unchanged);
    assert.equal(counters.duplicates, countersBefore.duplicates + 1);
    const { body } = await shop.call<{ events: { type: string; outcome: string }[] }>(
      'GET',
      `/v1/orders/${id}/events`,
    );
    const verifies = body.events.filter(({ type }) => type === 'verify');
    assert.deepEqual(
      verifies.map(({ outcome }) => outcome),
      ['duplicate'],
    );
  });

  it("T44 of another order's payment is refused", async () => {
    const other = await givenPendingOrder(shop);
    const { id } = await givenPendingOrder(shop);
    const body = { paymentId: other.paymentId };
    const answer = await shop.call<Problem>('POST', `/v1/orders/${id}/verify`, body);
    assert.deepEqual([answer.status, answer.body.code], [409, 'payment_belongs_to_other_order']);
  });
});

describe('cancel', () => {
  it('answers the cancelled order, now and again', async () => {
    const { id } = await givenPendingOrder(shop);
    for (const _ of [1, 2]) {
      const answer = await shop.call<Order>('POST', `/v1/orders/${id}/cancel`, { reason: 'no' });
      assert.deepEqual([answer.status, answer.body.state], [200, 'cancelled']);
    }
  });

  it('is refused on a paid order', async () => {
    const { id } = await givenPaidOrder();
    const answer = await shop.call<Problem>('POST', `/v1/orders/${id}/cancel`, {});
    assert.deepEqual([answer.status, answer.body.code], [409, 'order_already_paid']);
  });
});

describe('a refund', () => {
  it('is of all that is left when no amount is said', async () => {
    const { id } = await givenPaidOrder();
    const answer = await shop.call<Refund>('POST', `/v1/orders/${id}/refunds`, {}, key());
    assert.deepEqual([answer.status, answer.body.amount], [201, AMOUNT]);
    await untilSettled(shop, id, 'refunded');
  });

  it('is made once for any number of requests with one key', async () => {
    const { id } = await givenPaidOrder();
    const headers = key();
    const path = `/v1/orders/${id}/refunds`;
    const first = await shop.call<Refund>('POST', path, { amount: 100 }, headers);
    assert.equal(first.status, 201);
    const again = await shop.call<Refund>('POST', path, { amount: 100 }, headers);
    assert.equal(again.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual([again.status, again.body], [first.status, first.body]);
    const order = await readOrder(shop, id);
    assert.deepEqual([order.refunds.length, order.amountRefunded], [1, 100]);
  });

  it('is made once for requests with one key at once', async () => {
    const { id } = await givenPaidOrder();
    const headers = key();
    const requests = Array.from({ length: 10 }, () =>
      shop.call<Refund>('POST', `/v1/orders/${id}/refunds`, { amount: 100 }, headers),
    );
    const statuses = (await Promise.all(requests)).map(({ status }) => status);
    assert.ok(statuses.includes(201));
    assert.ok(statuses.every((status) => status === 201 || status === 409));
    assert.equal((await readOrder(shop, id)).amountRefunded, 100);
  });

  it('under a used key and of another amount is refused', async () => {
    const { id } = await givenPaidOrder();
    const headers = key();
    const path = `/v1/orders/${id}/refunds`;
    await shop.call('POST', path, { amount: 100 }, headers);
    const other = await shop.call<Problem>('POST', path, { amount: 200 }, headers);
    assert.deepEqual([other.status, other.body.code], [422, 'idempotency_key_reused']);
    assert.equal((await readOrder(shop, id)).amountRefunded, 100);
  });

  it('of more than is left is refused, and refused the same under its key', async () => {
    const { id } = await givenPaidOrder();
    const headers = key();
    const body = { amount: AMOUNT + 1 };
    for (const replayed of [null, 'true']) {
      const answer = await shop.call<Problem>('POST', `/v1/orders/${id}/refunds`, body, headers);
      assert.deepEqual([answer.status, answer.body.code], [422, 'refund_exceeds_captured']);
      assert.equal(answer.headers.get('idempotent-replayed'), replayed);
    }
  });

  it('of 60 % twice at once is made once', async () => {
    const { id } = await givenPaidOrder();
    const body = { amount: Math.ceil(AMOUNT * 0.6) };
    const answers = await Promise.all(
      [key(), key()].map((headers) =>
        shop.call<Refund>('POST', `/v1/orders/${id}/refunds`, body, headers),
      ),
    );
    assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 422]);
  });
});

describe('a review', () => {
  async function givenReview(): Promise<{ id: string; path: string; version: number }> {
    const { id, paymentId } = await givenPendingOrder(shop);
    await shop.call('POST', `/v1/orders/${id}/cancel`, {});
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const order = await untilOrder(shop, id, ({ reviews }) => reviews.length > 0, 'in review');
    const [review] = order.reviews;
    assert.equal(review?.reason, 'paid_after_cancel');
    return { id, path: `/v1/orders/${id}/reviews/${review.id}`, version: review.version };
  }

  it('decided for the payment makes the order paid; the same again is no news', async () => {
    const { id, path, version } = await givenReview();
    const body = { decision: 'approve', version, note: 'the customer wants it' };
    for (const _ of [1, 2]) {
      const answer = await shop.call<Order>('POST', path, body);
      assert.deepEqual([answer.status, answer.body.state], [200, 'paid']);
    }
    await untilSettled(shop, id, 'paid');
  });

  it('cannot be decided the other way afterwards', async () => {
    const { path, version } = await givenReview();
    await shop.call('POST', path, { decision: 'reject', version, note: 'give it back' });
    const body = { decision: 'approve', version, note: 'oh' };
    const answer = await shop.call<Problem>('POST', path, body);
    assert.deepEqual([answer.status, answer.body.code], [409, 'review_already_decided']);
  });

  it('is not decided on an old version of it', async () => {
    const { path, version } = await givenReview();
    const body = { decision: 'approve', version: version + 1, note: 'n' };
    const answer = await shop.call<Problem>('POST', path, body);
    assert.deepEqual([answer.status, answer.body.code], [409, 'review_stale']);
  });
});
