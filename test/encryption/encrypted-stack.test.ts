/** With PAYLOAD_KEYS set, nobody who reads Temporal's store or the parked events learns what they hold. */
import assert from 'node:assert/strict';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import pg from 'pg';
import { Webhook } from 'standardwebhooks';
import type { Stack } from '../../src/dev/stack.ts';
import { newOrderId, orderBody, type Shop, shopOn, untilSettled } from '../support/shop.ts';
import { startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';

const KEYS = `k2026:${Buffer.alloc(32, 5).toString('base64')},k2025:${Buffer.alloc(32, 4).toString('base64')}`;

describe('a stack with payload keys', function () {
  this.timeout(300_000);
  let stack: Stack;
  let shop: Shop;

  before(async () => {
    const env = { PAYLOAD_KEYS: KEYS, SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };
    stack = await startTestStack({ workers: 1, apis: 1, env });
    shop = shopOn(stack);
  });

  after(() => stopTestStack(stack));

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
    const [row] = await parkedBodies();
    assert.ok(row);
    assert.ok(!row.includes('sbx_pay_canary'));
    assert.ok(row.includes('k2026'));
  });

  async function historyOf(orderId: string): Promise<string> {
    const connection = await Connection.connect({ address: stack.temporalAddress });
    try {
      const client = new Client({ connection, namespace: stack.temporalNamespace });
      return historyToJSON(await client.workflow.getHandle(orderId).fetchHistory());
    } finally {
      await connection.close();
    }
  }

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

/** The history with all of its base64 turned into text. */
function decoded(history: string): string {
  const texts = history.match(/[A-Za-z0-9+/]{8,}={0,2}/g) ?? [];
  return history + texts.map((text) => Buffer.from(text, 'base64').toString('latin1')).join('\n');
}
