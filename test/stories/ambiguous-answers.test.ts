/** The gateway does it and does not say so. Nobody guesses: it is asked again, under the key used before. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkflowHandle } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { GatewaySilence } from '../../src/gateways/gateway.ts';
import { createSandboxGateway } from '../../src/gateways/sandbox/index.ts';
import {
  AMOUNT,
  givenOrder,
  givenPendingOrder,
  openShop,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { temporalClient } from '../support/temporal.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';
import { AT_ONCE, type Clerk, clerkOf, WAIT } from './clerk.ts';
import { assertMoneyAgrees, paymentsAtGateway } from './gateway-truth.ts';

const NO_WEBHOOKS = { webhooks: { drop: 1 } };

/** `tries`: how often a call is seen to fail; one that gets no answer takes eight seconds to do so. */
const FAULTS = [
  { api: { error500: 1 }, what: 'answers 500, before or after it has done it', tries: 2 },
  { api: { reset: 1 }, what: 'cuts the connection, before or after it has done it', tries: 2 },
  { api: { error429: 1 }, what: 'has too much to do', tries: 2 },
  { api: { timeoutAfter: 0.5, hang: 1 }, what: 'never answers, done or not', tries: 1 },
];

describe('a gateway whose answer is lost', function () {
  this.timeout(180_000);
  let shop: Shop;
  let clerk: Clerk;

  before(async () => {
    shop = await openShop();
    clerk = clerkOf(shop);
  });

  afterEach(() => shop.gateway('PUT', '/faults', {}));

  async function givenFour() {
    const [toPay, toCapture, toCancel, toRefund] = await Promise.all([
      givenOrder(shop),
      givenPendingOrder(shop),
      givenPendingOrder(shop),
      clerk.paidOrder(),
    ]);
    return { toPay, toCapture, toCancel: toCancel.id, toRefund: toRefund.id };
  }

  type Four = Awaited<ReturnType<typeof givenFour>>;

  /** Somebody asks for each of the four things that move money; what they hear comes later. */
  function askForAll({ toPay, toCapture, toCancel, toRefund }: Four, headers: typeof WAIT) {
    const data = { orderId: toCapture.id, paymentId: toCapture.paymentId, amount: AMOUNT };
    return Promise.all([
      clerk.pay(toPay, headers),
      clerk.cancel(toCancel, headers),
      clerk.refund(toRefund, {}, headers),
      // The bank holds the money, and the webhook that says so has come: we capture.
      shop
        .gateway('POST', `/payments/${toCapture.paymentId}/authorize`, {})
        .then(() => deliverTo(shop, signedEvent('payment.authorized', data))),
    ]);
  }

  async function assertDoneOnce({ toPay, toCapture, toCancel, toRefund }: Four) {
    const named = await untilOrder(shop, toPay, ({ payments }) => payments[0]?.id != null, 'named');
    const made = await paymentsAtGateway(shop, toPay);
    assert.deepEqual([made.length, named.payments.length], [1, 1]);
    assert.equal(made[0]?.id, named.payments[0]?.id);
    assert.equal(named.payments[0]?.attempt, 1);
    assert.ok(named.payments[0]?.checkout);
    await untilSettled(shop, toCapture.id, 'paid');
    assert.equal((await paymentsAtGateway(shop, toCapture.id))[0]?.captures.length, 1);
    await untilSettled(shop, toCancel, 'cancelled');
    assert.equal((await paymentsAtGateway(shop, toCancel))[0]?.status, 'voided');
    const refunded = await untilSettled(shop, toRefund, 'refunded');
    assert.equal(refunded.refunds.length, 1);
    assert.equal((await paymentsAtGateway(shop, toRefund))[0]?.refunds.length, 1);
    await Promise.all(
      [toPay, toCapture.id, toCancel, toRefund].map((id) => assertMoneyAgrees(shop, id)),
    );
  }

  for (const { api, what, tries } of FAULTS)
    it(`T26 pays, captures, voids and refunds once when it ${what}`, async () => {
      const four = await givenFour();
      await shop.gateway('PUT', '/faults', { ...NO_WEBHOOKS, api });
      await askForAll(four, AT_ONCE);
      await Promise.all([
        untilTried(four.toPay, 'createPayment', tries),
        untilTried(four.toCapture.id, 'capturePayment', tries),
        untilTried(four.toCancel, 'voidPayment', tries),
        untilTried(four.toRefund, 'refundPayment', tries),
      ]);
      await shop.gateway('PUT', '/faults', NO_WEBHOOKS);
      await assertDoneOnce(four);
    });

  it('T22 T26 T33 says that it does not know, asks again on schedule, and then it knows', async () => {
    const four = await givenFour();
    const race = await givenPendingOrder(shop);
    await shop.gateway('PUT', '/faults', { ...NO_WEBHOOKS, api: { error500: 1 } });
    const [[pay, cancel, refund], lostRace] = await Promise.all([
      askForAll(four, WAIT),
      clerk.cancel(race.id),
    ]);
    assert.deepEqual(
      [pay.status, cancel.status, refund.status, lostRace.status],
      Array(4).fill(202),
    );
    assert.equal(cancel.body.state, 'pending');
    const unknown = await untilOrder(
      shop,
      four.toPay,
      ({ payments }) => payments[0]?.status === 'unknown',
      'unknown',
    );
    assert.equal(unknown.state, 'pending');
    const again = await clerk.pay(four.toPay);
    assert.deepEqual([again.status, again.body.attempt], [202, 1]);
    await shop.gateway('PUT', '/faults', NO_WEBHOOKS);
    await shop.gateway('POST', `/payments/${race.paymentId}/capture`, {});
    await assertDoneOnce(four);
    const { captured, cancelled } = await outcomeOf(race.id);
    assert.notEqual(captured, cancelled);
  });

  /** The void may have been committed before the capture: then a person is asked about the money. */
  async function outcomeOf(id: string) {
    const order = await untilOrder(
      shop,
      id,
      ({ state, reviews }) => state === 'paid' || (state === 'cancelled' && reviews.length > 0),
      'paid, or cancelled and in review',
    );
    await assertMoneyAgrees(shop, id);
    return { captured: order.state === 'paid', cancelled: order.state === 'cancelled' };
  }

  it('T27 that still works on the first call under a key is silent, and answers the next one', async () => {
    const keys: unknown[] = [];
    const payment = { id: 'p1', orderId: 'o1', status: 'created', amount: 5, currency: 'INR' };
    const body = { ...payment, checkoutUrl: 'u', captures: [], refunds: [], disputes: [] };
    const server = createServer((request, response) => {
      keys.push(request.headers['idempotency-key']);
      const busy = keys.length === 1;
      response.writeHead(busy ? 409 : 201, { 'content-type': 'application/json' });
      response.end(JSON.stringify(busy ? { code: 'idempotency_in_progress' } : body));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const gateway = createSandboxGateway({ baseUrl, webhookSecrets: [] });
      const request = { orderId: 'o1', attempt: 1, amountMinor: 5, currency: 'INR' };
      const create = () => gateway.createPayment({ ...request, idempotencyKey: 'key-of-o1-1' });
      await assert.rejects(create(), GatewaySilence);
      assert.equal((await create()).payment.paymentId, 'p1');
      assert.deepEqual(keys, ['key-of-o1-1', 'key-of-o1-1']);
    } finally {
      server.close();
    }
  });
});

/** Waits until the order's activity has been under way for so many times, or has been given up for now. */
async function untilTried(orderId: string, activityType: string, times: number): Promise<void> {
  const handle = (await temporalClient()).workflow.getHandle(orderId);
  let wasSeen = false;
  await pWaitFor(
    async () => {
      const { raw } = await handle.describe();
      const found = raw.pendingActivities?.find(
        ({ activityType: type }) => type?.name === activityType,
      );
      if (found === undefined) return wasSeen || (await wasScheduled(handle, activityType));
      wasSeen = true;
      return (found.attempt ?? 0) >= times && found.lastStartedTime != null;
    },
    { interval: 20 },
  );
}

async function wasScheduled(handle: WorkflowHandle, activityType: string): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).some(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === activityType,
  );
}
