/** What is told only at Stripe, on the real stack: what its events leave open, and what they repeat. */
import assert from 'node:assert/strict';
import type { OrderView } from '../../../src/domain/view.ts';
import { stripeBehind } from '../../fakes/stripe/driver.ts';
import type { FakeStripe } from '../../fakes/stripe/fake-stripe.ts';
import { scrape, sumOf } from '../../metrics/scrape.ts';
import {
  AMOUNT,
  givenOrder,
  openShop,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../../support/shop.ts';
import { sharedStack } from '../../support/stack.ts';

interface Attempt {
  id: string;
  checkout: { clientSecret: string };
}

describe('an order at Stripe', function () {
  this.timeout(120_000);
  let shop: Shop;
  let stripe: FakeStripe;

  before(async () => {
    shop = await openShop();
    stripe = stripeBehind((await sharedStack()).gateways.stripe);
  });
  afterEach(() => {
    stripe.webhooks.subscribe(() => true);
    stripe.webhooks.setCopies(1);
    stripe.faults.end();
  });

  const act = <T>(id: string, what: string, body: object = {}) =>
    shop.call<T>('POST', `/v1/orders/${id}/${what}`, body, { prefer: 'wait=30' });

  async function givenPending(more: object = {}): Promise<Attempt & { orderId: string }> {
    const orderId = await givenOrder(shop, { gateway: 'stripe', ...more });
    return { orderId, ...(await act<Attempt>(orderId, 'payments')).body };
  }

  async function givenPaid(): Promise<{ orderId: string; id: string }> {
    const order = await givenPending();
    stripe.account.confirm(order.id);
    await untilSettled(shop, order.orderId, 'paid');
    return order;
  }

  it('hands the frontend the client secret of its PaymentIntent', async () => {
    const { id, checkout } = await givenPending();
    assert.equal(checkout.clientSecret, stripe.account.intentOf(id).client_secret);
  });

  it('asks which refund it was when only charge.refunded is sent', async () => {
    stripe.webhooks.subscribe((type) => !type.startsWith('refund.'));
    const { orderId, id } = await givenPaid();
    const { id: refundId } = stripe.account.refund(id, 1000, {});
    const order = await untilOrder(shop, orderId, ({ refunds }) => refunds.length > 0, 'refunded');
    assert.equal(order.refunds[0]?.id, refundId);
    assert.equal(order.amountRefunded, 1000);
    assert.equal(order.state, 'paid');
  });

  it('counts a refund once that is told by every event, three times each', async () => {
    const { orderId, id } = await givenPaid();
    stripe.webhooks.setCopies(3);
    stripe.account.refund(id, 1000, {});
    stripe.account.refund(id, 1000, {});
    const isDone = ({ amountRefunded }: { amountRefunded: number }) => amountRefunded === 2000;
    const order = await untilOrder(shop, orderId, isDone, 'refunded twice');
    assert.equal(order.refunds.length, 2);
  });

  it('is no longer refunded when the refund fails at the bank', async () => {
    const { orderId, id } = await givenPaid();
    const refund = stripe.account.refund(id, 1000, {});
    await untilOrder(shop, orderId, ({ amountRefunded }) => amountRefunded > 0, 'refunded');
    stripe.account.failRefund(refund.id);
    await untilOrder(shop, orderId, ({ amountRefunded }) => amountRefunded === 0, 'not refunded');
  });

  it('freezes refunds while a dispute is open', async () => {
    const { orderId, id } = await givenPaid();
    stripe.account.dispute(id);
    await untilOrder(shop, orderId, ({ disputes }) => disputes.length > 0, 'disputed');
    const key = { 'idempotency-key': `refund-${orderId}` };
    const path = `/v1/orders/${orderId}/refunds`;
    const refused = await shop.call<{ code: string }>('POST', path, {}, key);
    assert.equal(refused.body.code, 'order_disputed');
  });

  it('is captured by us when the money was only promised', async () => {
    const { orderId, id } = await givenPending();
    stripe.account.captureByHand(id);
    stripe.account.confirm(id);
    const order = await untilSettled(shop, orderId, 'paid');
    assert.equal(order.amountPaid, AMOUNT);
    assert.equal(stripe.account.intentOf(id).amount_received, AMOUNT);
  });

  it('is canceled at Stripe before it is cancelled here', async () => {
    const { orderId, id } = await givenPending();
    assert.equal((await act(orderId, 'cancel')).status, 200);
    assert.equal(stripe.account.intentOf(id).status, 'canceled');
    assert.equal((await readOrder(shop, orderId)).state, 'cancelled');
  });

  it('is canceled at Stripe too when its last card was declined, so that no open tab can pay it', async () => {
    const { orderId, id } = await givenPending();
    stripe.account.decline(id);
    await untilOrder(shop, orderId, ({ state }) => state === 'failed', 'failed');
    assert.equal((await act(orderId, 'cancel')).status, 200);
    const isVoided = ({ payments }: OrderView) => payments[0]?.status === 'voided';
    assert.equal((await untilOrder(shop, orderId, isVoided, 'voided')).state, 'cancelled');
    assert.equal(stripe.account.intentOf(id).status, 'canceled');
  });

  it('stays paid when the money was faster than the cancel', async () => {
    stripe.webhooks.subscribe(() => false);
    const { orderId, id } = await givenPending();
    stripe.account.confirm(id);
    const refused = await act<{ code: string }>(orderId, 'cancel');
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'order_already_paid');
    await untilSettled(shop, orderId, 'paid');
  });

  it('hears nothing from the other mode, which is counted', async () => {
    const { apiUrl } = await sharedStack();
    const { orderId, id } = await givenPending();
    stripe.webhooks.subscribe(() => false);
    stripe.account.confirm(id);
    const events = stripe.webhooks.eventsOf(id);
    const paid = events.find(({ type }) => type === 'payment_intent.succeeded');
    assert.ok(paid);
    const ignored = async () => {
      const labels = { gateway: 'stripe', reason: 'other_mode' };
      return sumOf(await scrape(`${apiUrl}/metrics`), 'payonce_webhooks_ignored_total', labels);
    };
    const earlier = await ignored();
    const { path, headers, body } = stripe.webhooks.sign({ ...paid, livemode: true });
    const answer = await fetch(`${apiUrl}${path}`, { method: 'POST', headers, body });
    assert.deepEqual([answer.status, await answer.json()], [200, { status: 'ignored' }]);
    assert.equal(await ignored(), earlier + 1);
    assert.equal((await readOrder(shop, orderId)).state, 'pending');
  });

  it('cannot be paid below the amount that Stripe takes of the account', async () => {
    const orderId = await givenOrder(shop, { gateway: 'stripe', amount: 1500, currency: 'TWD' });
    const refused = await act<{ code: string }>(orderId, 'payments');
    assert.equal(refused.body.code, 'payment_refused');
    assert.equal((await readOrder(shop, orderId)).state, 'failed');
  });

  it('tries anew after a breakdown that Stripe has saved under the key', async () => {
    const orderId = await givenOrder(shop, { gateway: 'stripe' });
    stripe.faults.next('breakdown_after');
    const refused = await act<{ code: string }>(orderId, 'payments');
    assert.equal(refused.body.code, 'gateway_declined');
    const second = await act<Attempt>(orderId, 'payments');
    assert.equal(second.status, 201);
    stripe.account.confirm(second.body.id);
    await untilSettled(shop, orderId, 'paid');
  });
});
