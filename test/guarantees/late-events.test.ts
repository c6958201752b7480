/** What comes after an order's run has closed: it is neither lost nor done twice. */
import assert from 'node:assert/strict';
import { proofOf } from '../support/assert-paid-once.ts';
import { begunEarly } from '../support/begun-early.ts';
import { givenOwnOrder } from '../support/custom-terms.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { type Place, placeAt } from '../support/place.ts';
import { ENDINGS } from '../support/scenarios/endings.ts';
import { AMOUNT, orderBody, type Shop, untilOrder, untilSettled } from '../support/shop.ts';
import { runIdsOf, untilClosed } from '../support/temporal.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

/** Leaves time to do something between the order's end and its close. */
const LONGER_WINDOW_MS = 5_000;

/** Failed, and captured before its run has closed; no webhook comes of that. */
const capturedUnheard = begunEarly(async () => {
  const { gateway, ...place } = await placeAt('sandbox');
  const id = await givenOwnOrder({ settlementWindowMs: LONGER_WINDOW_MS });
  const paymentId = String((await place.pay(id)).body.id);
  await gateway.fail(paymentId);
  await place.until(id, ({ state }) => state === 'failed');
  await gateway.loseWebhooks();
  await gateway.capture(paymentId);
  await gateway.calm();
  return id;
});

describe('an order whose run has closed', function () {
  this.timeout(120_000);
  let place: Place;
  let shop: Shop;

  before(async () => {
    place = await placeAt('sandbox');
    shop = place.shop;
  });

  it('has no new run for a delivery that it has on record, at any API', async () => {
    const { id, paymentId } = await place.closedOrder();
    const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
    await deliverTo(shop, event, 0);
    await untilOrder(shop, id, ({ counters }) => counters.duplicates > 0, 'told of the repeat');
    await untilClosed(id);
    const runs = await runIdsOf(id);
    const again = await deliverTo(shop, event, 1);
    assert.deepEqual([again.status, again.body], [200, { status: 'duplicate' }]);
    assert.deepEqual(await runIdsOf(id), runs);
  });

  atEachGateway('is opened again by a refund from the dashboard of its gateway', async (place) => {
    const { id, refunded } = await ENDINGS['closed-and-opened-again'](place);
    assert.deepEqual([refunded.amountRefunded, refunded.refunds[0]?.origin], [AMOUNT, 'gateway']);
    await place.assertMoneyAgrees(id);
  });

  atEachGateway(
    'is opened again by a dispute that is lost, and takes the access',
    async (place) => {
      const { id, paymentId } = await place.closedOrder();
      await place.gateway.dispute(paymentId);
      await untilOrder(shop, id, ({ disputes }) => disputes.length === 1, 'disputed');
      await place.gateway.endDispute(paymentId, 'lost');
      const { effects } = await untilSettled(shop, id, 'refunded');
      assert.ok(
        effects.some(({ effect, status }) => effect === 'revoke_access' && status === 'done'),
      );
      await place.assertMoneyAgrees(id);
    },
  );

  it('is opened again by a refund that we ask for', async () => {
    const { id } = await place.closedOrder();
    const refund = await shop.call(
      'POST',
      `/v1/orders/${id}/refunds`,
      { amount: 1000 },
      {
        prefer: 'wait=30',
        'idempotency-key': `late-refund-${id}`,
      },
    );
    assert.equal(refund.status, 201);
    const order = await untilSettled(shop, id, 'paid');
    assert.equal(order.amountRefunded, 1000);
  });

  it('answers a pay click without starting anything that could charge', async () => {
    const { id } = await place.closedOrder();
    const click = await shop.call<{ code: string }>(
      'POST',
      `/v1/orders/${id}/payments`,
      {},
      {
        prefer: 'wait=30',
      },
    );
    assert.equal(click.status, 409);
    assert.equal(click.body.code, 'order_already_paid');
    assert.equal((await proofOf(id)).gatewayPayments, 1);
  });

  it('keeps its id: another order under it is a conflict', async () => {
    const { id } = await place.closedOrder();
    const again = await shop.call<{ code: string }>(
      'POST',
      '/v1/orders',
      orderBody(id, { amount: 1 }),
    );
    assert.equal(again.status, 409);
    assert.equal(again.body.code, 'order_conflict');
  });

  it('T20 was only closed after the gateway had been asked once more: a lost capture is found', async () => {
    const order = await place.settled(await capturedUnheard(), 'paid');
    assert.equal(order.late, true);
  });
});
