/** Money on its way back, by us, by the gateway's dashboard, twice at once, and not at all. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { OrderView, RefundView } from '../../src/domain/view.ts';
import { startBeside } from '../support/beside.ts';
import { rowsOf } from '../support/books.ts';
import {
  AMOUNT,
  givenPendingOrder,
  openShop,
  type Problem,
  type Reply,
  type Shop,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { untilDelivered } from '../support/webhooks.ts';

const WAIT = { prefer: 'wait=30' };

describe('a paid order', function () {
  this.timeout(120_000);
  let shop: Shop;
  let id: string;
  let paymentId: string;

  before(async () => {
    shop = await openShop();
  });

  beforeEach(async () => {
    ({ id, paymentId } = await givenPendingOrder(shop));
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilSettled(shop, id, 'paid');
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
    assert.equal((await refund({})).status, 201);
    const order = await untilSettled(shop, id, 'refunded');
    assert.equal(order.amountRefunded, AMOUNT);
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
      const again = await fetch(`${beside.apiUrl}/v1/orders/${id}/refunds`, {
        method: 'POST',
        headers: {
          ...WAIT,
          authorization: `Bearer ${newSecret}`,
          'content-type': 'application/json',
          'idempotency-key': key,
        },
        body: JSON.stringify({ amount: 1000 }),
      });
      assert.equal(again.status, 201);
      assert.deepEqual(await refundedAtGateway(), [1000]);
    } finally {
      await beside.stop();
    }
  });

  it('T40 counts two equal refunds twice', async () => {
    await Promise.all([refund({ amount: 1000 }), refund({ amount: 1000 })]);
    const order = await untilOrder(
      shop,
      id,
      ({ amountRefunded }) => amountRefunded === 2000,
      'both',
    );
    assert.equal(order.state, 'paid');
    assert.deepEqual(await refundedAtGateway(), [1000, 1000]);
  });

  it('T41 lets one of two concurrent 60 % refunds pass', async () => {
    const replies = await Promise.all([refund({ amount: 3000 }), refund({ amount: 3000 })]);
    assert.deepEqual(replies.map(({ status }) => status).sort(), [201, 422]);
    const refused = replies.find(({ status }) => status === 422);
    assert.equal(refused?.body.code, 'refund_exceeds_captured');
    assert.deepEqual(await refundedAtGateway(), [3000]);
  });

  it('T06 counts its own refund once when the webhook tells of it too', async () => {
    await refund({ amount: 1000 });
    await untilDelivered(shop, id, 'refund.succeeded');
    const order = await untilOrder(
      shop,
      id,
      ({ amountRefunded }) => amountRefunded > 0,
      'refunded',
    );
    assert.equal(order.amountRefunded, 1000);
    assert.equal(order.refunds.length, 1);
  });

  it("takes up a refund from the gateway's dashboard", async () => {
    await shop.gateway('POST', `/payments/${paymentId}/refunds`, { amount: 500 });
    const order = await untilOrder(shop, id, ({ refunds }) => refunds.length === 1, 'told');
    assert.equal(order.refunds[0]?.origin, 'gateway');
    assert.equal(order.amountRefunded, 500);
    assert.equal(order.state, 'paid');
  });

  it('T39 releases what a failed refund had reserved, and asks a person', async () => {
    const { body } = await shop.gateway<{ id: string }>('POST', `/payments/${paymentId}/refunds`, {
      amount: 3000,
      status: 'pending',
    });
    await untilOrder(shop, id, ({ refunds }) => refunds[0]?.status === 'pending', 'pending');
    assert.equal((await refund({ amount: 3000 })).status, 422);
    await shop.gateway('POST', `/refunds/${body.id}/fail`, {});
    const failed = await untilOrder(shop, id, ({ reviews }) => reviews.length === 1, 'in review');
    assert.equal(failed.reviews[0]?.reason, 'refund_failed');
    assert.equal((await refund({ amount: 3000 })).status, 201);
  });

  it('T42 is not refunded while a dispute is open, and keeps its access when the dispute is won', async () => {
    await shop.gateway('POST', `/payments/${paymentId}/dispute`, {});
    await untilOrder(shop, id, ({ disputes }) => disputes.length === 1, 'disputed');
    const refused = await refund({ amount: 1000 });
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'order_disputed');
    await shop.gateway('POST', `/payments/${paymentId}/dispute`, { outcome: 'won' });
    const won = await untilOrder(shop, id, ({ disputes }) => disputes[0]?.status === 'won', 'won');
    assert.equal(won.state, 'paid');
    assert.equal((await rowsOf('entitlements', id))[0]?.revoked_at, null);
    assert.equal((await refund({ amount: 1000 })).status, 201);
  });

  it('T42 loses its access with a lost dispute', async () => {
    await shop.gateway('POST', `/payments/${paymentId}/dispute`, {});
    await untilOrder(shop, id, ({ disputes }) => disputes.length === 1, 'disputed');
    await shop.gateway('POST', `/payments/${paymentId}/dispute`, { outcome: 'lost' });
    const order: OrderView = await untilSettled(shop, id, 'refunded');
    assert.equal(order.disputes[0]?.status, 'lost');
    assert.ok((await rowsOf('entitlements', id))[0]?.revoked_at);
  });
});
