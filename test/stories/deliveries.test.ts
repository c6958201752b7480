/** Webhooks as gateways really send them: twice, late, oddly written, in the middle of something else. */
import assert from 'node:assert/strict';
import pWaitFor from 'p-wait-for';
import { PAID_ONCE, proofOf } from '../support/assert-paid-once.ts';
import { rowsOf } from '../support/books.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import type { Told } from '../support/gateway-driver.ts';
import type { OpenPayment, Place } from '../support/place.ts';
import { PAYMENTS } from '../support/scenarios/payments.ts';
import { REFUNDS } from '../support/scenarios/refunds.ts';
import {
  AMOUNT,
  newOrderId,
  openShop,
  orderBody,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { untilClosed } from '../support/temporal.ts';
import { deliver, deliverUntilTaken } from '../support/webhooks.ts';

const TYPES: Told['type'][] = [
  'payment.pending',
  'payment.authorized',
  'payment.captured',
  'payment.failed',
  'payment.expired',
  'payment.voided',
  'capture.reversed',
  'refund.pending',
  'refund.succeeded',
  'refund.failed',
  'refund.reversed',
  'dispute.opened',
  'dispute.won',
  'dispute.lost',
];

const STATES = ['pending', 'partially_paid', 'paid', 'failed', 'cancelled', 'refunded'];

const CROWD = 20;

describe('webhooks as they come', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  const capturedAgain = (place: Place, { id: orderId, paymentId }: OpenPayment) =>
    place.eventOf({ type: 'payment.captured', orderId, paymentId });

  async function webhooksTaken({ eventsOf }: Place, id: string): Promise<number> {
    return (await eventsOf(id)).filter(({ source }) => source === 'webhook').length;
  }

  atEachGateway(
    'T02 pay once whether verify or webhook is first, without anybody waiting for the other',
    async (place) => {
      const told = await PAYMENTS['paid-by-webhook'](place);
      assert.equal((await place.verify(told.id)).status, 200);
      const { verified: reply, ...verified } = await PAYMENTS['paid-by-verify'](place);
      assert.equal(reply.body.state, 'paid');
      assert.equal((await deliver(shop, capturedAgain(place, verified))).status, 200);
      await untilOrder(shop, verified.id, ({ counters }) => counters.duplicates > 0, 'told again');
      await Promise.all([place.assertPaidOnce(told.id), place.assertPaidOnce(verified.id)]);
    },
  );

  atEachGateway(
    'T01 T08 leave no failed run and no failed task when each fact comes three times',
    async (place) => {
      const order = await place.pendingOrder();
      await place.gateway.repeatWebhooks();
      await place.gateway.authorize(order.paymentId);
      await untilSettled(shop, order.id, 'paid');
      const data = { orderId: order.id, paymentId: order.paymentId };
      for (const type of ['payment.authorized', 'payment.captured'] as const)
        for (const turn of [0, 1, 2]) await deliver(shop, place.eventOf({ type, ...data }), turn);
      const isReported = ({ counters }: { counters: { duplicates: number; stale: number } }) =>
        counters.duplicates + counters.stale >= 6;
      await untilOrder(shop, order.id, isReported, 'told');
      await place.assertPaidOnce(order.id);
    },
  );

  async function inState(place: Place, state: string): Promise<OpenPayment> {
    const { gateway } = place;
    if (state === 'partially_paid') return place.orderPaidBy(2000);
    if (state === 'failed') return place.failedOrder();
    if (state === 'paid') return place.paidOrder();
    const order = await (state === 'refunded' ? place.paidOrder() : place.pendingOrder());
    if (state === 'refunded') await gateway.refund(order.paymentId);
    if (state === 'cancelled') await place.cancel(order.id);
    return order;
  }

  atEachGateway(
    'T04 are answered 200 and wedge nothing, whatever they say and whatever state the order is in',
    async (place) => {
      const assertTaken = async (state: string): Promise<void> => {
        const { id, paymentId } = await inState(place, state);
        await untilSettled(shop, id, state);
        const before = await webhooksTaken(place, id);
        const more = { refundId: `re_${id}`, disputeId: `dp_${id}` };
        const events = TYPES.map((type) =>
          place.gateway.eventFor({ type, orderId: id, paymentId, ...more }),
        ).filter((event) => event !== null);
        // Some three hundred at once, while the orders that they are of are still being made.
        const answers = await Promise.all(
          events.map((event, i) => deliverUntilTaken(shop, event, i)),
        );
        assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
        await pWaitFor(async () => (await webhooksTaken(place, id)) >= before + events.length, {
          interval: 100,
        });
        assert.equal((await proofOf(id, place.gateway)).failedTasks, 0);
      };
      await Promise.all(STATES.map(assertTaken));
    },
  );

  atEachGateway(
    'T11 never undo a capture by "failed", nor end a second try by what became of the first',
    async (place) => {
      const [paid, failed] = await Promise.all([place.paidOrder(), place.failedOrder()]);
      const second = await place.pay(failed.id);
      assert.equal(second.status, 201);
      for (const { id: orderId, paymentId } of [paid, failed]) {
        const before = await webhooksTaken(place, orderId);
        const { state, amountPaid } = await readOrder(shop, orderId);
        await place.deliverEvent({ type: 'payment.failed', orderId, paymentId });
        await pWaitFor(async () => (await webhooksTaken(place, orderId)) > before, {
          interval: 100,
        });
        const after = await readOrder(shop, orderId);
        assert.deepEqual([after.state, after.amountPaid], [state, amountPaid]);
      }
      await place.gateway.capture(second.body.id ?? '');
      await untilSettled(shop, failed.id, 'paid');
      await place.assertPaidOnce(paid.id);
    },
  );

  atEachGateway(
    'T16 end refunded when the refund is told before the capture that it is of',
    async (place) => {
      const { id, refunded } = await REFUNDS['refund-told-before-its-capture'](place);
      assert.deepEqual([refunded.amountPaid, refunded.amountRefunded], [AMOUNT, AMOUNT]);
      assert.equal(refunded.refunds.length, 1);
      await place.assertMoneyAgrees(id);
    },
  );

  atEachGateway(
    'T43 are checked over their raw bytes: odd whitespace, key order and letters are theirs',
    async (place) => {
      const order = await place.pendingOrder();
      await place.gateway.loseWebhooks();
      await place.gateway.capture(order.paymentId);
      const plain = Object.entries(JSON.parse(capturedAgain(place, order).body)).reverse();
      const written = JSON.stringify(Object.fromEntries(plain), null, '\t ').replaceAll(
        `: ${AMOUNT}`,
        ` : ${AMOUNT}.0e0`,
      );
      const body = `\n${written.replace('{', '{ "note":"caf\\u00e9 – ☕ \u2028",')} \n`;
      const odd = place.gateway.sign(body);
      const rewritten = { ...odd, body: JSON.stringify(JSON.parse(body)) };
      assert.equal((await deliver(shop, rewritten)).status, 401);
      assert.deepEqual((await deliver(shop, odd)).body, { status: 'accepted' });
      await untilSettled(shop, order.id, 'paid');
      await place.assertMoneyAgrees(order.id);
    },
  );

  atEachGateway('T03 T46 repeat what a closed order knows, and it is a repeat', async (place) => {
    const order = await place.closedOrder();
    const before = await readOrder(shop, order.id);
    assert.equal((await deliver(shop, capturedAgain(place, order))).status, 200);
    const { duplicates } = before.counters;
    const isReported = ({ counters }: typeof before) => counters.duplicates > duplicates;
    assert.equal((await untilOrder(shop, order.id, isReported, 'told')).version, before.version);
    await untilClosed(order.id);
    const proof = await proofOf(order.id, place.gateway);
    assert.deepEqual(proof, { ...PAID_ONCE, run: 'COMPLETED' });
  });

  atEachGateway(
    'T46 T47 open a closed order once when a crowd of them comes, and count once',
    async (place) => {
      const { id: orderId, paymentId } = await place.closedOrder();
      await place.gateway.loseWebhooks();
      const { refundId } = await place.gateway.refund(paymentId);
      const told = { type: 'refund.succeeded', orderId, paymentId, refundId } as const;
      const same = place.eventOf(told);
      const answers = await Promise.all(
        Array.from({ length: CROWD }, (_, i) =>
          deliverUntilTaken(shop, i % 2 === 0 ? same : place.eventOf(told), i >> 1),
        ),
      );
      assert.deepEqual(
        answers.map(({ status }) => status),
        Array(CROWD).fill(200),
      );
      const order = await untilSettled(shop, orderId, 'refunded');
      assert.equal(order.refunds.length, 1);
      assert.equal((await rowsOf('credit_notes', orderId)).length, 1);
      await untilClosed(orderId);
      assert.equal((await proofOf(orderId, place.gateway)).failedTasks, 0);
      await place.assertMoneyAgrees(orderId);
    },
  );

  atEachGateway(
    'T50 reach an order whose id is as long and as odd as ids may be',
    async (place) => {
      const id = `0${'-_'.repeat(10)}${newOrderId()}`.padEnd(64, 'Z_-').slice(0, 64);
      const more = { gateway: place.gateway.name, customer: { id: 'cus_odd' } };
      await shop.call('POST', '/v1/orders', orderBody(id, more));
      const { body } = await place.pay(id);
      await place.gateway.capture(body.id ?? '');
      await place.assertPaidOnce(id);
    },
  );
});
