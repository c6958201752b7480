/** Money on its way back, by us, by the gateway's dashboard, twice at once, and not at all. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { call } from '../../src/client/index.ts';
import type { OrderView, RefundView } from '../../src/domain/view.ts';
import { rowsOf } from '../support/books.ts';
import { atEachGateway } from '../support/each-gateway.ts';
import { startBeside } from '../support/extra-processes.ts';
import { WAIT } from '../support/operator-client.ts';
import { type Place, placeAt } from '../support/place.ts';
import { REFUNDS } from '../support/scenarios/refunds.ts';
import {
  AMOUNT,
  clientOf,
  type Problem,
  type Reply,
  type Shop,
  untilOrder,
} from '../support/shop.ts';
import { deliver } from '../support/webhooks.ts';

describe('a paid order', function () {
  this.timeout(120_000);
  let place: Place;
  let shop: Shop;
  let id: string;
  let paymentId: string;

  before(async () => {
    place = await placeAt('sandbox');
    shop = place.shop;
  });

  beforeEach(async () => {
    ({ id, paymentId } = await place.paidOrder());
  });

  function refund(
    body: object,
    key: string = randomUUID(),
  ): Promise<Reply<RefundView & Pick<Problem, 'code'>>> {
    return shop.call('POST', `/v1/orders/${id}/refunds`, body, { ...WAIT, 'idempotency-key': key });
  }

  async function refundedAtGateway(): Promise<number[]> {
    const { body } = await shop.gateway<{ refunds: { amount: number }[] }>(
      'GET',
      `/payments/${paymentId}/refunds`,
    );
    return body.refunds.map(({ amount }) => amount);
  }

  it('refunded in full takes the access back and issues one credit note', async () => {
    const told = await REFUNDS['refunded-in-full'](place);
    ({ id, paymentId } = told);
    assert.equal(told.refund.status, 201);
    assert.equal(told.refunded.amountRefunded, AMOUNT);
    assert.deepEqual(await refundedAtGateway(), [AMOUNT]);
    assert.equal((await rowsOf('credit_notes', id)).length, 1);
    const [entitlement] = await rowsOf('entitlements', id);
    assert.ok(entitlement?.revoked_at);
  });

  it('answers a repeated refund with the first one', async () => {
    const key = randomUUID();
    const replies = [await refund({ amount: 1000 }, key), await refund({ amount: 1000 }, key)];
    assert.deepEqual(replies[1]?.body, replies[0]?.body);
    assert.equal(replies[1]?.headers.get('idempotent-replayed'), 'true');
    assert.deepEqual(await refundedAtGateway(), [1000]);
  });

  it('refuses another amount under the same key', async () => {
    const key = randomUUID();
    await refund({ amount: 1000 }, key);
    const other = await refund({ amount: 1001 }, key);
    assert.equal(other.status, 422);
    assert.equal(other.body.code, 'idempotency_key_reused');
    assert.deepEqual(await refundedAtGateway(), [1000]);
  });

  it('is the same refund when it is asked for again under a new API key', async () => {
    const key = randomUUID();
    const newSecret = 'ops_secret_that_replaced_the_former_one';
    const beside = await startBeside('server', { API_KEYS: `ops:${newSecret}` });
    try {
      await refund({ amount: 1000 }, key);
      const client = clientOf(beside.apiUrl, newSecret);
      const again = await call(client, 'POST', `/v1/orders/${id}/refunds`, {
        headers: { ...WAIT, 'idempotency-key': key },
        body: { amount: 1000 },
      });
      assert.equal(again.status, 201);
      assert.deepEqual(await refundedAtGateway(), [1000]);
    } finally {
      await beside.stop();
    }
  });

  it("takes up a refund from the gateway's dashboard", async () => {
    await shop.gateway('POST', `/payments/${paymentId}/refunds`, { amount: 500 });
    const order = await untilOrder(shop, id, ({ refunds }) => refunds.length === 1, 'told');
    assert.equal(order.refunds[0]?.origin, 'gateway');
    assert.equal(order.amountRefunded, 500);
    assert.equal(order.state, 'paid');
  });
});

describe('a refund or a dispute of a paid order', function () {
  this.timeout(120_000);

  const amountsAt = async ({ gateway }: Place, id: string): Promise<number[]> =>
    (await gateway.paymentsOf(id)).flatMap(({ refundsMinor }) => refundsMinor);

  atEachGateway('T40 counts twice when there are two equal ones', async (place) => {
    const { id } = await place.paidOrder();
    await Promise.all([place.refund(id, { amount: 1000 }), place.refund(id, { amount: 1000 })]);
    const isDone = ({ amountRefunded }: OrderView): boolean => amountRefunded === 2000;
    const order = await untilOrder(place.shop, id, isDone, 'refunded twice');
    assert.equal(order.state, 'paid');
    assert.deepEqual(await amountsAt(place, id), [1000, 1000]);
  });

  atEachGateway('T41 is one of two that ask for 60 % at once', async (place) => {
    const { id } = await place.paidOrder();
    const sixty = () => place.refund(id, { amount: 3000 });
    const replies = await Promise.all([sixty(), sixty()]);
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 422]);
    const refused = replies.find(({ status }) => status === 422);
    assert.equal(refused?.body.code, 'refund_exceeds_captured');
    assert.deepEqual(await amountsAt(place, id), [3000]);
  });

  atEachGateway('T06 is ours, and counts once when webhooks tell of it too', async (place) => {
    const { id, paymentId } = await place.paidOrder();
    await place.gateway.repeatWebhooks();
    const { body } = await place.refund(id, { amount: 1000 });
    const told = { orderId: id, paymentId, refundId: body.refundId ?? '', amountMinor: 1000 };
    const again = place.gateway.eventFor({ type: 'refund.succeeded', ...told });
    assert.ok(again);
    await deliver(place.shop, again);
    const isReported = ({ counters, effects }: OrderView): boolean =>
      counters.duplicates + counters.stale > 0 && effects.every(({ status }) => status === 'done');
    const order = await untilOrder(place.shop, id, isReported, 'told again');
    assert.equal(order.amountRefunded, 1000);
    assert.equal(order.refunds.length, 1);
    await place.assertMoneyAgrees(id);
  });

  atEachGateway(
    'T39 releases what it had reserved when it fails, and asks a person',
    async ({ gateway, shop, ...place }) => {
      const { id, paymentId } = await place.paidOrder();
      const { refundId } = await gateway.refund(paymentId, 3000, 'pending');
      await untilOrder(shop, id, ({ refunds }) => refunds[0]?.status === 'pending', 'pending');
      assert.equal((await place.refund(id, { amount: 3000 })).status, 422);
      await gateway.endRefund(refundId, 'failed');
      const failed = await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
      assert.equal(failed.reviews[0]?.reason, 'refund_failed');
      assert.equal((await place.refund(id, { amount: 3000 })).status, 201);
    },
  );

  atEachGateway(
    'T42 is not refunded while a dispute is open, and keeps its access when the dispute is won',
    async (place) => {
      const { id, refused, won } = await REFUNDS['disputed-and-won'](place);
      assert.deepEqual([refused.status, refused.body.code], [409, 'order_disputed']);
      assert.equal(won.state, 'paid');
      assert.equal((await rowsOf('entitlements', id))[0]?.revoked_at, null);
      assert.equal((await place.refund(id, { amount: 1000 })).status, 201);
    },
  );

  atEachGateway('T42 takes the access when the dispute is lost', async (place) => {
    const { id, refunded } = await REFUNDS['disputed-and-lost'](place);
    assert.equal(refunded.disputes[0]?.status, 'lost');
    assert.ok((await rowsOf('entitlements', id))[0]?.revoked_at);
  });
});
