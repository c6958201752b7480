/** What comes after an order's run has closed: it is neither lost nor done twice. */
import assert from 'node:assert/strict';
import { PAID_ONCE, proofOf } from '../support/assert-paid-once.ts';
import { givenOwnOrder } from '../support/custom-terms.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import type { OpenPayment, Place } from '../support/place.ts';
import {
  AMOUNT,
  openShop,
  orderBody,
  readOrder,
  type Shop,
  untilOrder,
  untilSettled,
  withFaults,
} from '../support/shop.ts';
import { runIdsOf, untilClosed } from '../support/temporal.ts';
import { deliverTo, signedEvent } from '../support/webhooks.ts';

const WINDOW_MS = 1_000;
/** Leaves time to do something between the order's end and its close. */
const LONGER_WINDOW_MS = 5_000;

describe('an order whose run has closed', function () {
  this.timeout(120_000);
  let shop: Shop;

  before(async () => {
    shop = await openShop();
  });

  async function givenClosedPaidOrder(): Promise<{ id: string; paymentId: string }> {
    const id = await givenOwnOrder({ settlementWindowMs: WINDOW_MS });
    const { body } = await shop.call<{ id: string }>(
      'POST',
      `/v1/orders/${id}/payments`,
      {},
      {
        prefer: 'wait=30',
      },
    );
    await shop.gateway('POST', `/payments/${body.id}/capture`, {});
    await untilSettled(shop, id, 'paid');
    await untilClosed(id);
    return { id, paymentId: body.id };
  }

  async function givenClosedAt({ gateway, pay }: Place): Promise<OpenPayment> {
    const id = await givenOwnOrder({ gateway: gateway.name, settlementWindowMs: WINDOW_MS });
    const paymentId = String((await pay(id)).body.id);
    await gateway.capture(paymentId);
    await untilSettled(shop, id, 'paid');
    await untilClosed(id);
    return { id, paymentId };
  }

  it('T03 T46 takes a repeated webhook as the repeat that it is', async () => {
    const { id, paymentId } = await givenClosedPaidOrder();
    const before = await readOrder(shop, id);
    const event = signedEvent('payment.captured', { orderId: id, paymentId, amount: AMOUNT });
    assert.equal((await deliverTo(shop, event)).status, 200);
    const after = await untilOrder(
      shop,
      id,
      ({ counters }) => counters.duplicates > before.counters.duplicates,
      'told of the repeat',
    );
    assert.equal(after.version, before.version);
    await untilClosed(id);
    assert.deepEqual(await proofOf(id), { ...PAID_ONCE, run: 'COMPLETED' });
  });

  it('has no new run for a delivery that it has on record, at any API', async () => {
    const { id, paymentId } = await givenClosedPaidOrder();
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
    const { id, paymentId } = await givenClosedAt(place);
    await place.gateway.refund(paymentId);
    const { amountRefunded, refunds } = await untilSettled(shop, id, 'refunded');
    assert.deepEqual([amountRefunded, refunds[0]?.origin], [AMOUNT, 'gateway']);
    await place.assertMoneyAgrees(id);
    await untilClosed(id);
  });

  atEachGateway(
    'is opened again by a dispute that is lost, and takes the access',
    async (place) => {
      const { id, paymentId } = await givenClosedAt(place);
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
    const { id } = await givenClosedPaidOrder();
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
    const { id } = await givenClosedPaidOrder();
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
    const { id } = await givenClosedPaidOrder();
    const again = await shop.call<{ code: string }>(
      'POST',
      '/v1/orders',
      orderBody(id, { amount: 1 }),
    );
    assert.equal(again.status, 409);
    assert.equal(again.body.code, 'order_conflict');
  });

  it('T20 was only closed after the gateway had been asked once more: a lost capture is found', async () => {
    const id = await givenOwnOrder({ settlementWindowMs: LONGER_WINDOW_MS });
    const { body } = await shop.call<{ id: string }>(
      'POST',
      `/v1/orders/${id}/payments`,
      {},
      {
        prefer: 'wait=30',
      },
    );
    await shop.gateway('POST', `/payments/${body.id}/fail`, {});
    await untilOrder(shop, id, ({ state }) => state === 'failed', 'failed');
    const order = await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      await shop.gateway('POST', `/payments/${body.id}/capture`, {});
      return untilSettled(shop, id, 'paid');
    });
    assert.equal(order.late, true);
  });
});
