/** The gateway does it and does not say so. Nobody guesses: it is asked again, under the key used before. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WorkflowHandle } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { GatewayOutcomeUnknown } from '../../src/gateways/gateway.ts';
import { createSandboxGateway } from '../../src/gateways/sandbox/index.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import type { Trouble } from '../support/gateway-driver.ts';
import { moneyAt } from '../support/gateway-truth.ts';
import { AT_ONCE, WAIT } from '../support/operator-client.ts';
import type { Place } from '../support/place.ts';
import { MONEY_CALLS } from '../support/scenarios/outages.ts';
import { PROVOKE } from '../support/scenarios/reviews.ts';
import { openShop, type Shop, untilOrder, untilSettled } from '../support/shop.ts';
import { temporalClient } from '../support/temporal.ts';

/** How often a call is seen to fail; one that gets no answer takes eight seconds to do so. */
const TRIES: Readonly<Record<Exclude<Trouble, 'is down' | 'refuses the key'>, number>> = {
  'breaks down': 2,
  'cuts the connection': 2,
  'has too much to do': 2,
  hangs: 1,
};

/** Short beside the seconds that a call is tried for; many are watched at once. */
const GLANCE_MS = 100;

describe('a gateway whose answer is lost', function () {
  this.timeout(180_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  async function givenFour(place: Place) {
    const { createPayment, capturePayment, voidPayment, refundPayment } = MONEY_CALLS;
    const [toPay, toCapture, toCancel, toRefund] = await Promise.all([
      createPayment.given(place),
      capturePayment.given(place),
      voidPayment.given(place),
      refundPayment.given(place),
    ]);
    return { toPay, toCapture, toCancel, toRefund };
  }

  type Four = Awaited<ReturnType<typeof givenFour>>;

  /** Each of the four things that move money is asked for; what comes of it is known later. */
  function askForAll(place: Place, four: Four, headers: typeof WAIT) {
    const { createPayment, capturePayment, voidPayment, refundPayment } = MONEY_CALLS;
    return Promise.all([
      createPayment.ask(place, four.toPay, headers),
      voidPayment.ask(place, four.toCancel, headers),
      refundPayment.ask(place, four.toRefund, headers),
      capturePayment.ask(place, four.toCapture),
    ]);
  }

  async function assertDoneOnce({ gateway, assertMoneyAgrees }: Place, four: Four) {
    const [toPay, toCapture] = [four.toPay.id, four.toCapture.id];
    const [toCancel, toRefund] = [four.toCancel.id, four.toRefund.id];
    const named = await untilOrder(shop, toPay, ({ payments }) => payments[0]?.id != null, 'named');
    const made = await gateway.paymentsOf(toPay);
    assert.deepEqual([made.length, named.payments.length], [1, 1]);
    assert.equal(made[0]?.paymentId, named.payments[0]?.id);
    assert.equal(named.payments[0]?.attempt, 1);
    assert.ok(named.payments[0]?.checkout);
    await untilSettled(shop, toCapture, 'paid');
    assert.equal((await gateway.paymentsOf(toCapture))[0]?.capturesMinor.length, 1);
    await untilSettled(shop, toCancel, 'cancelled');
    assert.equal((await gateway.paymentsOf(toCancel))[0]?.isVoided, true);
    const refunded = await untilSettled(shop, toRefund, 'refunded');
    assert.equal(refunded.refunds.length, 1);
    assert.equal((await gateway.paymentsOf(toRefund))[0]?.refundsMinor.length, 1);
    await Promise.all([toPay, toCapture, toCancel, toRefund].map(assertMoneyAgrees));
  }

  for (const trouble of Object.keys(TRIES) as (keyof typeof TRIES)[])
    atEachGateway(
      `T26 pays, captures, voids and refunds once when it ${trouble}, before or after it is done`,
      async (place) => {
        const four = await givenFour(place);
        await place.gateway.loseWebhooks();
        await place.gateway.disturb(trouble);
        await askForAll(place, four, AT_ONCE);
        await Promise.all([
          untilTried(four.toPay.id, 'createPayment', TRIES[trouble]),
          untilTried(four.toCapture.id, 'capturePayment', TRIES[trouble]),
          untilTried(four.toCancel.id, 'voidPayment', TRIES[trouble]),
          untilTried(four.toRefund.id, 'refundPayment', TRIES[trouble]),
        ]);
        await place.gateway.answerAgain();
        await assertDoneOnce(place, four);
      },
    );

  atEachGateway(
    'T22 T26 T33 says that it does not know, asks again on schedule, and then it knows',
    async (place) => {
      const { gateway } = place;
      const four = await givenFour(place);
      const race = await place.pendingOrder();
      await gateway.loseWebhooks();
      await gateway.disturb('is down');
      const [[pay, cancel, refund], lostRace] = await Promise.all([
        askForAll(place, four, WAIT),
        place.cancel(race.id),
      ]);
      assert.deepEqual(
        [pay.status, cancel.status, refund.status, lostRace.status],
        Array(4).fill(202),
      );
      assert.equal(cancel.body.state, 'pending');
      const unknown = await untilOrder(
        shop,
        four.toPay.id,
        ({ payments }) => payments[0]?.status === 'unknown',
        'unknown',
      );
      assert.equal(unknown.state, 'pending');
      const again = await place.pay(four.toPay.id);
      assert.deepEqual([again.status, again.body.attempt], [202, 1]);
      await gateway.answerAgain();
      // Where the void was done and only its answer lost, there may be nothing left to capture.
      await gateway.capture(race.paymentId).catch(() => {});
      await assertDoneOnce(place, four);
      await assertOneEnd(place, race.id);
    },
  );

  /** The void may have been committed before the capture: then a person is asked about the money. */
  async function assertOneEnd({ gateway, assertMoneyAgrees }: Place, id: string): Promise<void> {
    const { captured } = await moneyAt(gateway, id);
    const { state } = await untilOrder(
      shop,
      id,
      ({ state, reviews }) =>
        (state === 'paid' && captured > 0) ||
        (state === 'cancelled' && reviews.length === (captured > 0 ? 1 : 0)),
      'paid, or cancelled, and then in review where money came',
    );
    await untilSettled(shop, id, state);
    await assertMoneyAgrees(id);
  }

  atEachGateway(
    'T28 is not asked again under a key that it may have forgotten: a person is',
    async (place) => {
      const id = await PROVOKE.key_expired(place);
      const order = await untilOrder(shop, id, ({ reviews }) => reviews.length > 0, 'in review');
      assert.deepEqual(
        order.reviews.map(({ reason, status }) => [reason, status]),
        [['key_expired', 'open']],
      );
      assert.deepEqual(await place.gateway.paymentsOf(id), []);
    },
  );

  it('T27 that still works on the first call under a key is silent, and answers the next one, at sandbox', async () => {
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
      const order = { orderId: 'o1', installationId: 'ins_1' };
      const request = { ...order, attempt: 1, amountMinor: 5, currency: 'INR' };
      const create = () => gateway.createPayment({ ...request, idempotencyKey: 'key-of-o1-1' });
      await assert.rejects(create(), GatewayOutcomeUnknown);
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
      // Between two tries only the number of the next one is told.
      const begun = found.lastStartedTime == null ? 1 : 0;
      return (found.attempt ?? 0) >= times + begun;
    },
    { interval: GLANCE_MS },
  );
}

async function wasScheduled(handle: WorkflowHandle, activityType: string): Promise<boolean> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).some(
    ({ activityTaskScheduledEventAttributes: scheduled }) =>
      scheduled?.activityType?.name === activityType,
  );
}
