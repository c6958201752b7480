/** With PAYLOAD_KEYS set, nobody who reads Temporal's store or the parked events learns what they hold. */
import assert from 'node:assert/strict';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import type { OrderView } from '../../src/domain/view.ts';
import {
  decoded,
  type EncryptedStack,
  encryptedStack,
  historyOf,
} from '../support/encrypted-stack.ts';
import {
  newOrderId,
  orderBody,
  type Shop,
  shopOn,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { WEBHOOK_SECRET } from '../support/stack.ts';

describe('a stack with payload keys', function () {
  this.timeout(300_000);
  let stack: EncryptedStack;
  let shop: Shop;

  before(async () => {
    stack = await encryptedStack();
    shop = shopOn(stack);
  });

  it('takes an order through as ever, and its history shows neither payment nor amount', async () => {
    const id = newOrderId();
    await shop.call('POST', '/v1/orders', orderBody(id));
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
    const history = await historyOf(id);
    assert.ok(history.includes(base64('k2026')));
    for (const canary of [body.id, 'amountMinor', 'checkout'])
      assert.ok(!decoded(history).includes(canary), `${canary} can be read in the history`);
  });

  it('shows neither what an error said nor where it arose', async () => {
    const id = newOrderId();
    stack.crm.replies.push(500, 400);
    const order = await refusedOrder(id);
    assert.equal(order.effects.find(({ effect }) => effect === 'update_crm')?.status, 'failed');
    const history = await historyOf(id);
    assert.match(history, /"message": ?"Encoded failure"/);
    assert.match(history, /DeliveryRefusal/);
    assert.doesNotMatch(decoded(history), /the CRM answered|src\/activities|stackTrace": ?"[^"]/);
  });

  async function refusedOrder(id: string): Promise<OrderView> {
    await shop.call('POST', '/v1/orders', orderBody(id));
    const paid = await shop.call<{ id: string }>(
      'POST',
      `/v1/orders/${id}/payments`,
      {},
      { prefer: 'wait=30' },
    );
    await shop.gateway('POST', `/payments/${paid.body.id}/capture`, {});
    return untilOrder(
      shop,
      id,
      ({ effects }) => effects.some(({ status }) => status === 'failed'),
      'refused by the CRM',
    );
  }

  it('keeps parked events sealed', async () => {
    const body = JSON.stringify({
      type: 'payment.captured',
      timestamp: new Date().toISOString(),
      data: { paymentId: 'sbx_pay_canary', orderId: newOrderId(), amount: 4999, currency: 'INR' },
    });
    const now = new Date();
    const response = await fetch(`${stack.apiUrl}/webhooks/sandbox`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'webhook-id': 'evt_parked',
        'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
        'webhook-signature': new Webhook(WEBHOOK_SECRET).sign('evt_parked', now, body),
      },
      body,
    });
    assert.deepEqual(await response.json(), { status: 'parked' });
    const row = (await parkedBodies()).at(-1);
    assert.ok(row);
    assert.ok(!row.includes('sbx_pay_canary'));
    assert.ok(row.includes('k2026'));
    const { events } = (
      await shop.call<{ events: { id: string }[] }>('GET', '/v1/parked-events?limit=1')
    ).body;
    const read = await shop.call<{ body: string }>('GET', `/v1/parked-events/${events[0]?.id}`);
    assert.match(read.body.body, /sbx_pay_canary/);
  });

  async function parkedBodies(): Promise<Buffer[]> {
    const client = new pg.Client({ connectionString: stack.databaseUrl });
    await client.connect();
    try {
      const { rows } = await client.query<{ body: Buffer }>('select body from parked_events');
      return rows.map(({ body }) => body);
    } finally {
      await client.end();
    }
  }
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
