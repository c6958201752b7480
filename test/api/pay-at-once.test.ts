/** An order that is created and paid for in one request. */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Order } from '../../src/api/orders/order-schemas.ts';
import {
  newOrderId,
  openShop,
  orderBody,
  type Problem,
  type Shop,
  withFaults,
} from '../support/shop.ts';
import { signalsOf, temporalClient } from '../support/temporal.ts';

let shop: Shop;

before(async function () {
  this.timeout(300_000);
  shop = await openShop();
});

function create(id: string, more: object = {}, headers: Record<string, string> = {}) {
  return shop.call<Order>('POST', '/v1/orders', { ...orderBody(id), ...more }, headers);
}

describe('an order that is created with "pay"', () => {
  it('is answered with its first payment', async () => {
    const id = newOrderId();
    const { status, headers, body } = await create(id, { pay: true });
    assert.deepEqual([status, headers.get('location')], [201, `/v1/orders/${id}`]);
    const [payment] = body.payments;
    assert.ok(payment?.id && payment.checkout);
    assert.deepEqual([body.state, payment.attempt], ['pending', 1]);
  });

  it('is one signal, which starts it', async () => {
    const id = newOrderId();
    await create(id, { pay: true });
    assert.deepEqual(await signalsOf(id), ['pay']);
    const { events = [] } = await (await temporalClient()).workflow.getHandle(id).fetchHistory();
    assert.ok(events?.[1]?.workflowExecutionSignaledEventAttributes);
  });

  it('has one attempt, however often and at once it is sent', async () => {
    const id = newOrderId();
    const crowd = await Promise.all(Array.from({ length: 10 }, () => create(id, { pay: true })));
    assert.deepEqual(crowd.map(({ status }) => status).toSorted(), [...Array(9).fill(200), 201]);
    const again = await create(id, { pay: true });
    assert.deepEqual([again.status, again.body.payments.length], [200, 1]);
  });

  it('gives the same answer under the same Idempotency-Key', async () => {
    const id = newOrderId();
    const key = { 'idempotency-key': randomUUID() };
    const [first, second] = [
      await create(id, { pay: true }, key),
      await create(id, { pay: true }, key),
    ];
    assert.deepEqual([second.status, second.body], [201, first.body]);
  });

  it('is the same order as without, and is paid for where it was not yet', async () => {
    const id = newOrderId();
    assert.equal((await create(id)).body.payments.length, 0);
    const { status, body } = await create(id, { pay: true });
    assert.deepEqual([status, body.payments.length], [200, 1]);
    assert.equal((await create(id)).body.payments.length, 1);
  });

  it('is there although the gateway was not, and says so', async () => {
    const id = newOrderId();
    await withFaults(shop, { api: { error500: 1 } }, async () => {
      const { status, body } = await create(id, { pay: true }, { prefer: 'wait=0' });
      assert.equal(status, 201);
      assert.equal(body.payments[0]?.id ?? null, null);
    });
  });

  it('takes true, and nothing else', async () => {
    const refused = await shop.call<Problem>('POST', '/v1/orders', {
      ...orderBody(newOrderId()),
      pay: false,
    });
    assert.equal(refused.status, 422);
  });
});
