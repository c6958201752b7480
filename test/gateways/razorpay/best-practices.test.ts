/**
 * The integration scenarios that Razorpay publishes as best practices (BP-01 to BP-12), under their own
 * numbers, on the real stack with the stand-in for Razorpay behind it. They are in its documentation under
 * "Test S2S integration": webhooks and fetch APIs, payment states and late authorisation, retries and
 * idempotency.
 */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { razorpayBehind, WEBHOOK_SECRET } from '../../fakes/razorpay/driver.ts';
import { type FakeRazorpay, KEY_ID } from '../../fakes/razorpay/fake.ts';
import { capturesOf } from '../../fakes/razorpay/life.ts';
import { type Event, signedHeaders } from '../../fakes/razorpay/webhooks.ts';
import { PAID_ONCE, proofOf } from '../../support/assert-paid-once.ts';
import type { GatewayDriver } from '../../support/gateway-driver.ts';
import { WAIT } from '../../support/operator-client.ts';
import {
  AMOUNT,
  givenOrder,
  openShop,
  readOrder,
  type Shop,
  untilSettled,
} from '../../support/shop.ts';
import { driverOf, sharedStack } from '../../support/stack.ts';

/** What Razorpay grants an endpoint before it takes the delivery for failed. */
const RAZORPAY_WAITS_MS = 5_000;
const SCENARIOS = 12;

describe("Razorpay's best practices", function () {
  this.timeout(120_000);
  let shop: Shop;
  let driver: GatewayDriver;
  let razorpay: FakeRazorpay;

  before(async () => {
    shop = await openShop();
    driver = driverOf(await sharedStack(), 'razorpay');
    razorpay = razorpayBehind(driver);
  });

  afterEach(async () => {
    razorpay.faults.end();
    razorpay.webhooks.release(() => []);
    await razorpay.webhooks.settled();
  });

  it(`are all tried, BP-01 to BP-${SCENARIOS}`, function () {
    const titles = this.test?.parent?.tests.map(({ title }) => title) ?? [];
    for (let number = 1; number <= SCENARIOS; number += 1) {
      const name = `BP-${String(number).padStart(2, '0')} `;
      assert.ok(
        titles.some((title) => title.startsWith(name)),
        `no test is named ${name}`,
      );
    }
  });

  it('BP-01 fulfils on the webhook and not on the callback', async () => {
    const { id, orderId } = await givenCheckout();
    const paymentId = razorpay.life.start(orderId);
    const callback = await verify(id, paymentId, razorpay.checkoutSignature(orderId, paymentId));
    assert.equal(callback.status, 200);
    assert.deepEqual(await fulfilled(id), { state: 'pending', effects: [] });
    razorpay.life.capture(paymentId);
    await assertPaidOnce(id);
  });

  it('BP-02 takes a callback only with a signature over the order that it has itself', async () => {
    const { id, orderId } = await givenCheckout();
    const other = await givenCheckout();
    const paymentId = razorpay.life.start(orderId);
    const genuine = razorpay.checkoutSignature(orderId, paymentId);
    const tampered = genuine.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    for (const signature of [tampered, razorpay.checkoutSignature(other.orderId, paymentId)]) {
      const refused = await verify(id, paymentId, signature);
      assert.equal(refused.status, 422);
      assert.equal(refused.body.code, 'payment_signature_invalid');
    }
    assert.equal((await verify(id, paymentId, genuine)).status, 200);
  });

  it("BP-02 refuses another order's payment, also one that was paid", async () => {
    const { id } = await givenCheckout();
    const other = await givenCheckout();
    const paymentId = pay(other.orderId);
    const refused = await verify(id, paymentId);
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'payment_belongs_to_other_order');
    assert.equal((await readOrder(shop, id)).state, 'pending');
  });

  it('BP-03 ignores a webhook that it has had, whatever its event id says', async () => {
    const { id, orderId } = await givenCheckout();
    razorpay.webhooks.withhold();
    pay(orderId);
    const [captured] = withheldOf(orderId, 'payment.captured');
    assert.ok(captured);
    assert.deepEqual(await deliver(captured), { status: 200, body: { status: 'accepted' } });
    const renamed = { ...captured.headers, 'x-razorpay-event-id': 'evt_another' };
    const again = await deliver({ ...captured, headers: renamed });
    assert.deepEqual(again, { status: 200, body: { status: 'duplicate' } });
    // The other process never saw it; there the order itself knows.
    assert.equal((await deliver({ ...captured, headers: renamed }, 1)).status, 200);
    await assertPaidOnce(id);
  });

  it('BP-04 hears everything once its endpoint is up again', async () => {
    const { id, orderId } = await givenCheckout();
    const endpoint = razorpay.webhooks.listen({
      urls: ['http://127.0.0.1:9/webhooks/razorpay'],
      secret: WEBHOOK_SECRET,
    });
    pay(orderId);
    const [event] = withheldOf(orderId, 'order.paid');
    await pWaitFor(() => (event?.answers.length ?? 0) > 1);
    razorpay.webhooks.listen(endpoint);
    await assertPaidOnce(id);
    await razorpay.webhooks.settled();
    assert.deepEqual(event?.answers.slice(-1), [200]);
  });

  it('BP-05 finds out about a payment whose webhooks were all lost', async () => {
    const { id, orderId } = await givenCheckout();
    razorpay.webhooks.withhold();
    pay(orderId);
    razorpay.webhooks.release(() => []);
    const before = razorpay.calls.length;
    assert.equal((await verify(id)).status, 200);
    const asked = razorpay.calls.slice(before).map(({ call }) => call);
    assert.ok(asked.includes(`GET /v1/orders/${orderId}/payments`), asked.join(', '));
    await assertPaidOnce(id);
  });

  it('BP-06 stays open after payment.failed, and is fulfilled once when it is authorized late', async () => {
    const { id, orderId } = await givenCheckout();
    const paymentId = razorpay.life.start(orderId);
    razorpay.life.fail(paymentId);
    await untilHeard(id, 'verify');
    assert.equal((await readOrder(shop, id)).state, 'pending');
    razorpay.life.authorize(paymentId);
    await assertPaidOnce(id);
    assert.deepEqual(
      capturesOf(razorpay.world, orderId).map((payment) => payment.id),
      [paymentId],
    );
  });

  it('BP-06 keeps an order open after payment.failed, and fulfils once what is captured by itself', async () => {
    const { id, orderId } = await givenCheckout();
    razorpay.webhooks.withhold();
    const deliverAll = async (events: string[]): Promise<void> => {
      for (const event of events.flatMap((name) => withheldOf(orderId, name)))
        assert.equal((await deliver(event)).status, 200);
    };
    const paymentId = razorpay.life.start(orderId);
    razorpay.life.fail(paymentId);
    await deliverAll(['payment.failed']);
    await untilHeard(id, 'verify');
    assert.deepEqual(await fulfilled(id), { state: 'pending', effects: [] });
    razorpay.life.authorize(paymentId);
    razorpay.life.capture(paymentId);
    await deliverAll(['payment.authorized', 'payment.captured', 'order.paid']);
    await assertPaidOnce(id);
  });

  it('BP-06 also fulfils it when the order had failed meanwhile, and says that it was late', async () => {
    const { id, orderId } = await givenCheckout({ expiresIn: 1 });
    const paymentId = razorpay.life.start(orderId);
    razorpay.life.fail(paymentId);
    await untilSettled(shop, id, 'failed');
    razorpay.life.authorize(paymentId);
    const { late } = await untilSettled(shop, id, 'paid');
    assert.equal(late, true);
    assert.equal(capturesOf(razorpay.world, orderId).length, 1);
  });

  it('BP-07 makes one order when the call that creates it times out', async () => {
    const id = await givenOrder(shop, { gateway: 'razorpay' });
    razorpay.faults.plan(/^POST \/v1\/orders$/, 'hang_after');
    const { status, body } = await click(id);
    assert.equal(status, 201);
    const made = ordersOf(id);
    assert.deepEqual(body.checkout, { orderId: made[0]?.id, keyId: KEY_ID });
    assert.equal(made.length, 1);
  });

  it('BP-08 goes on with the same order when a payment of it times out', async () => {
    const { id, orderId } = await givenCheckout();
    razorpay.life.start(orderId);
    const again = await click(id);
    assert.equal(again.status, 200);
    assert.equal(again.body.checkout.orderId, orderId);
    pay(orderId);
    await assertPaidOnce(id);
    assert.equal(ordersOf(id).length, 1);
  });

  it('BP-09 takes no money twice when a failed payment succeeds after the next one', async () => {
    const { id, orderId } = await givenCheckout();
    const first = razorpay.life.start(orderId);
    razorpay.life.fail(first);
    pay(orderId);
    await untilSettled(shop, id, 'paid');
    razorpay.life.authorize(first);
    await untilHeard(id, 'payment.authorized');
    await assertPaidOnce(id);
    const { amountRefunded, reviews } = await readOrder(shop, id);
    assert.deepEqual({ amountRefunded, reviews }, { amountRefunded: 0, reviews: [] });
  });

  it('BP-10 ends the same whatever order webhooks come in', async () => {
    const { id, orderId } = await givenCheckout();
    razorpay.webhooks.withhold();
    const paymentId = razorpay.life.start(orderId);
    razorpay.life.fail(paymentId);
    razorpay.life.authorize(paymentId);
    razorpay.life.capture(paymentId);
    razorpay.webhooks.release((held) => [...held].reverse(), 2);
    await razorpay.webhooks.settled();
    await assertPaidOnce(id);
  });

  it('BP-10 rejects a webhook whose body was changed', async () => {
    const { orderId } = await givenCheckout();
    razorpay.webhooks.withhold();
    pay(orderId);
    const [captured] = withheldOf(orderId, 'payment.captured');
    assert.ok(captured);
    const body = captured.body.replace(`"amount":${AMOUNT}`, `"amount":${AMOUNT + 1}`);
    assert.notEqual(body, captured.body);
    const answer = await deliver({ ...captured, body });
    assert.equal(answer.status, 401);
    assert.equal(answer.body.code, 'signature_invalid');
  });

  it('BP-10 keeps a webhook that is older than any replay for a person', async () => {
    const { id, orderId } = await givenCheckout();
    razorpay.webhooks.withhold();
    pay(orderId);
    const [captured] = withheldOf(orderId, 'payment.captured');
    const nineDaysAgo = Math.floor(Date.now() / 1_000) - 9 * 24 * 60 * 60;
    const old = { ...JSON.parse(captured?.body ?? '{}'), created_at: nineDaysAgo };
    const body = JSON.stringify(old);
    const answer = await deliver({ body, headers: signedHeaders(body, WEBHOOK_SECRET) });
    assert.deepEqual(answer, { status: 200, body: { status: 'parked' } });
    assert.equal((await readOrder(shop, id)).state, 'pending');
  });

  it('BP-11 answers before Razorpay gives up, also while Razorpay itself does not answer', async () => {
    const { id, orderId } = await givenCheckout();
    razorpay.webhooks.withhold();
    razorpay.faults.always(/^GET/, 'hang_after');
    const paymentId = razorpay.life.start(orderId);
    razorpay.life.fail(paymentId);
    razorpay.life.capture(paymentId);
    const [failed] = withheldOf(orderId, 'payment.failed');
    const [captured] = withheldOf(orderId, 'payment.captured');
    for (const event of [failed, captured]) {
      assert.ok(event);
      const before = Date.now();
      assert.equal((await deliver(event)).status, 200);
      assert.ok(Date.now() - before < RAZORPAY_WAITS_MS);
    }
    await untilSettled(shop, id, 'paid');
  });

  it('BP-12 refunds once although the answer to the refund was lost', async () => {
    const { id, orderId } = await givenCheckout();
    const paymentId = pay(orderId);
    await untilSettled(shop, id, 'paid');
    razorpay.faults.plan(/refund$/, 'reset_after', 'error_500_after');
    const headers = { ...WAIT, 'idempotency-key': `refund-of-${id}` };
    const refund = await shop.call('POST', `/v1/orders/${id}/refunds`, {}, headers);
    assert.equal(refund.status, 201);
    const order = await untilSettled(shop, id, 'refunded');
    assert.equal(order.amountRefunded, AMOUNT);
    const made = [...razorpay.world.refunds.values()].filter((r) => r.payment_id === paymentId);
    assert.deepEqual(
      made.map(({ amount }) => amount),
      [AMOUNT],
    );
  });

  async function givenCheckout(more: object = {}): Promise<{ id: string; orderId: string }> {
    const id = await givenOrder(shop, { gateway: 'razorpay', ...more });
    const { body } = await click(id);
    assert.equal(body.checkout.keyId, KEY_ID);
    return { id, orderId: body.checkout.orderId };
  }

  function click(id: string) {
    type Attempt = { checkout: { orderId: string; keyId: string } };
    return shop.call<Attempt>('POST', `/v1/orders/${id}/payments`, {}, WAIT);
  }

  function pay(orderId: string): string {
    const paymentId = razorpay.life.start(orderId);
    razorpay.life.capture(paymentId);
    return paymentId;
  }

  function verify(id: string, paymentId?: string, signature?: string) {
    const body = { ...(paymentId && { paymentId }), ...(signature && { signature }) };
    return shop.call<{ code?: string }>('POST', `/v1/orders/${id}/verify`, body, WAIT);
  }

  async function deliver(
    { headers, body }: Pick<Event, 'headers' | 'body'>,
    turn = 0,
  ): Promise<{ status: number; body: { status?: string; code?: string } }> {
    const base = shop.apiUrls[turn % shop.apiUrls.length] ?? '';
    const reply = await fetch(`${base}/webhooks/razorpay`, { method: 'POST', headers, body });
    return { status: reply.status, body: (await reply.json()) as { status?: string } };
  }

  function withheldOf(orderId: string, event: string): Event[] {
    return razorpay.webhooks.events.filter(
      (told) => told.event === event && told.body.includes(orderId),
    );
  }

  function ordersOf(id: string) {
    return [...razorpay.world.orders.values()].filter(
      ({ notes }) => 'orderId' in notes && notes.orderId === id,
    );
  }

  async function fulfilled(id: string) {
    const { state, effects } = await readOrder(shop, id);
    return { state, effects };
  }

  async function untilHeard(id: string, type: string): Promise<void> {
    type Events = { events: { type: string; source: string }[] };
    const events = async () => (await shop.call<Events>('GET', `/v1/orders/${id}/events`)).body;
    await pWaitFor(
      async () => (await events()).events.some((e) => e.type === type && e.source === 'webhook'),
      { interval: 100, timeout: 60_000 },
    );
  }

  async function assertPaidOnce(id: string): Promise<void> {
    await untilSettled(shop, id, 'paid');
    assert.deepEqual(await proofOf(id, driver), PAID_ONCE);
  }
});
