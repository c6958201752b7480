/** The same races at every gateway, each counted in the gateway's own store: one list, one stack. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import pWaitFor from 'p-wait-for';
import { PAID_ONCE, type Proof, proofOf } from '../support/assert-paid-once.ts';
import type { GatewayDriver } from '../support/gateway-driver.ts';
import { currencyAt, GATEWAYS, ON_THE_STACK } from '../support/gateways.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { driverOf, sharedStack } from '../support/stack.ts';
import { deliver } from '../support/webhooks.ts';

const CLICKS = 50;
const DELIVERIES = 50;
const RACES = 20;
const ORDERS = 40;
/** So many customers at a time: what happens when there are too many is another test's. */
const ORDERS_AT_ONCE = 20;
const REFUND_CALLS = 10;
/** A hundred orders with all their webhooks take minutes on a machine that does much else. */
const TIMEOUT_MS = 400_000;

for (const { name, cannot } of GATEWAYS)
  describe(`an order paid at ${name}`, function () {
    this.timeout(TIMEOUT_MS);
    let shop: Shop;
    let gateway: GatewayDriver;

    before(async () => {
      shop = await openShop();
      gateway = driverOf(await sharedStack(), name);
    });

    it(`T25 has one payment there after ${CLICKS} pay clicks at once`, async () => {
      const id = await givenOrder(shop, { gateway: name });
      const replies = await times(CLICKS, () => pay(id));
      assert.deepEqual(new Set(replies.map(({ status }) => status)), new Set([200, 201]));
      assert.equal(replies.filter(({ status }) => status === 201).length, 1);
      const payments = await gateway.paymentsOf(id);
      assert.equal(payments.length, 1);
      assert.equal(new Set(replies.map(({ body }) => body.id)).size, 1);
      await gateway.capture(payments[0]?.paymentId ?? '');
      await assertPaidOnce(id);
    });

    it(`T01 is paid once when one event is delivered ${DELIVERIES} times at once`, async () => {
      const { id, paymentId } = await givenPending();
      await gateway.capture(paymentId);
      const [event] = (await gateway.eventsOf(paymentId)).slice(-1);
      assert.ok(event);
      const answers = await times(DELIVERIES, (i) => deliver(shop, event, i));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      assert.equal((await untilSettled(shop, id, 'paid')).amountPaid, AMOUNT);
      await assertPaidOnce(id);
    });

    it(`T09 is paid once when verify and webhook meet, ${RACES} times`, async () => {
      const orders = await times(RACES, givenPending);
      await Promise.all(
        orders.flatMap(({ id, paymentId }) => [gateway.capture(paymentId), verify(id, paymentId)]),
      );
      await Promise.all(orders.map(({ id }) => assertPaidOnce(id)));
    });

    it('T10 T26 is paid when the money comes before the pay call has returned', async () => {
      const id = await givenOrder(shop, { gateway: name });
      await gateway.loseAnswers();
      const click = await pay(id, 0);
      assert.equal(click.status, 202);
      await gateway.untilAnswerLost(id);
      await pWaitFor(async () => (await gateway.paymentsOf(id)).length === 1);
      const [payment] = await gateway.paymentsOf(id);
      await gateway.capture(payment?.paymentId ?? '');
      await assertPaidOnce(id);
    });

    it(`T05 T14 is paid once by webhooks that are shuffled and repeated, ${ORDERS} times`, async () => {
      const payInDisorder = async (seed: number): Promise<void> => {
        const { id, paymentId } = await givenPending();
        await gateway.authorize(paymentId);
        await gateway.capture(paymentId);
        const events = await gateway.eventsOf(paymentId);
        const disorder = shuffled([...events, ...events, ...events], seed);
        await Promise.all(disorder.map((event, i) => deliver(shop, event, i)));
        assert.equal((await untilSettled(shop, id, 'paid')).amountPaid, AMOUNT);
        await assertPaidOnce(id);
      };
      for (let done = 0; done < ORDERS; done += ORDERS_AT_ONCE)
        await times(ORDERS_AT_ONCE, (i) => payInDisorder(done + i));
    });

    it('T12 T17 is lifted when a failed payment succeeds late', async () => {
      const { id, paymentId } = await givenFailed();
      await gateway.capture(paymentId);
      const order = await untilSettled(shop, id, 'paid');
      assert.equal(order.late, true);
      // The CRM heard of the failure too, and of each state that came after it: where the authorization is an event of
      // its own, the order may be pending again before it is paid.
      const crmUpdates = order.effects.filter(({ effect }) => effect === 'update_crm').length;
      assert.ok([2, 3].includes(crmUpdates), `${crmUpdates} messages to the CRM`);
      await assertPaidOnce(id, { crmUpdates });
    });

    it('is paid by a second try after the first has failed', async () => {
      const { id, paymentId } = await givenFailed();
      const second = await pay(id);
      assert.equal(second.status, 201);
      await gateway.capture(second.body.id);
      await untilSettled(shop, id, 'paid');
      const payments = await gateway.paymentsOf(id);
      const first = payments.find((payment) => payment.paymentId === paymentId);
      assert.equal(first?.capturedMinor, 0);
      // The others have no way to end a payment whose last try has failed.
      if (name === 'stripe') assert.equal(first?.isVoided, true);
    });

    if ('capture what was voided' in cannot)
      it('T21 can be paid by nobody after a cancel', async () => {
        const { id, paymentId } = await givenFailed();
        assert.equal((await cancel(id)).status, 200);
        await assert.rejects(gateway.capture(paymentId));
        assert.equal((await untilSettled(shop, id, 'cancelled')).amountPaid, 0);
      });
    else
      it('T21 goes to review, and grants nothing, when it is captured after a cancel', async () => {
        const { id, paymentId } = await givenFailed();
        assert.equal((await cancel(id)).status, 200);
        await gateway.capture(paymentId);
        const order = await untilOrder(shop, id, ({ reviews }) => reviews.length > 0, 'in review');
        assert.equal(order.state, 'cancelled');
        assert.equal(order.reviews[0]?.reason, 'paid_after_cancel');
        assert.equal(order.amountPaid, AMOUNT);
        const granted = order.effects.filter(({ effect }) => effect === 'grant_access');
        assert.deepEqual(granted, []);
      });

    it(`is refunded once by ${REFUND_CALLS} calls under one key`, async () => {
      const { id, paymentId } = await givenPending();
      await gateway.capture(paymentId);
      await untilSettled(shop, id, 'paid');
      const key = `refund-${randomUUID()}`;
      const replies = await times(REFUND_CALLS, () => refund(id, key));
      // The first is under way while the others come: 409, and the stored answer ever after.
      assert.ok(replies.every(({ status }) => status === 201 || status === 409));
      assert.equal((await refund(id, key)).headers.get('idempotent-replayed'), 'true');
      const order = await untilSettled(shop, id, 'refunded');
      assert.equal(order.amountRefunded, AMOUNT);
      assert.deepEqual((await gateway.paymentsOf(id)).map(refundsOf), [[AMOUNT]]);
    });

    it('hears of a refund that was made in the dashboard', async () => {
      const { id, paymentId } = await givenPending();
      await gateway.capture(paymentId);
      await untilSettled(shop, id, 'paid');
      await gateway.refund(paymentId);
      const order = await untilSettled(shop, id, 'refunded');
      assert.equal(order.refunds.length, 1);
    });

    const pay = (id: string, waitS = 30) =>
      shop.call<{ id: string }>(
        'POST',
        `/v1/orders/${id}/payments`,
        {},
        { prefer: `wait=${waitS}` },
      );
    const verify = (id: string, paymentId: string) =>
      shop.call('POST', `/v1/orders/${id}/verify`, { paymentId }, { prefer: 'wait=30' });
    const cancel = (id: string) =>
      shop.call('POST', `/v1/orders/${id}/cancel`, {}, { prefer: 'wait=30' });
    const refund = (id: string, key: string) =>
      shop.call(
        'POST',
        `/v1/orders/${id}/refunds`,
        {},
        { prefer: 'wait=30', 'idempotency-key': key },
      );

    const givenPending = () => givenPendingOrder(shop, { gateway: name });

    async function givenFailed(): Promise<{ id: string; paymentId: string }> {
      const order = await givenPending();
      await gateway.fail(order.paymentId);
      await untilOrder(shop, order.id, ({ state }) => state === 'failed', 'failed');
      return order;
    }

    /** Counted in the gateway's own store, whichever it is. */
    async function assertPaidOnce(id: string, more: Partial<Proof> = {}): Promise<void> {
      await untilSettled(shop, id, 'paid');
      assert.deepEqual(await proofOf(id, gateway), { ...PAID_ONCE, ...more });
    }
  });

describe('a worker that dies between what the gateway has done and its answer', function () {
  this.timeout(120_000);

  const everywhere = ON_THE_STACK.map(({ name }) => `at ${name}`).join(', ');

  it(`T29 leaves one payment, which is found and paid once, ${everywhere}`, async () => {
    const [shop, stack] = [await openShop(), await sharedStack()];
    const asked = await Promise.all(
      Object.entries(stack.gateways).map(async ([name, gateway]) => {
        const id = await givenOrder(shop, { gateway: name, currency: currencyAt(name) });
        await gateway.loseAnswers();
        await shop.call('POST', `/v1/orders/${id}/payments`, {}, { prefer: 'wait=0' });
        await gateway.untilAnswerLost(id);
        return { id, gateway };
      }),
    );
    for (const name of Object.keys(stack.children))
      if (name.startsWith('worker')) stack.kill(name, 'SIGKILL');
    for (const { id, gateway } of asked) {
      const named = await untilOrder(shop, id, ({ payments }) => payments[0]?.id != null, 'named');
      const [payment, ...others] = await gateway.paymentsOf(id);
      assert.equal(payment?.paymentId, named.payments[0]?.id);
      assert.deepEqual(others, []);
      await gateway.capture(payment?.paymentId ?? '');
      const { payments, effects } = await untilSettled(shop, id, 'paid');
      assert.equal(payments.length, 1);
      assert.equal(effects.filter(({ effect }) => effect === 'grant_access').length, 1);
      assert.equal((await gateway.paymentsOf(id))[0]?.capturedMinor, AMOUNT);
    }
  });
});

const refundsOf = ({ refundsMinor }: { refundsMinor: number[] }): number[] => refundsMinor;

function times<T>(count: number, make: (i: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, i) => make(i)));
}

/** Shuffles the same way in every run, so that a failure can be looked at again. */
function shuffled<T>(items: T[], seed: number): T[] {
  const keyed = items.map((item, i) => ({
    item,
    key: ((i + 1) * (seed + 7) * 2_654_435_761) % 997,
  }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
