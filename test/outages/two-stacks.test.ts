/** A second stack, with a Temporal of its own, is started by mistake on the database of the first. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pWaitFor from 'p-wait-for';
import pg from 'pg';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { givenPendingOrder, newOrderId, orderBody, shopOn, untilSettled } from '../support/shop.ts';
import { startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';

/** A lease is renewed every five seconds; a busy machine takes longer to start an API. */
const PATIENCE = { interval: 200, timeout: 90_000 };

interface GatewayPayments {
  payments: { status: string; amountCaptured: number }[];
}

describe('two stacks on one database', function () {
  this.timeout(300_000);
  let first: Stack;
  let secondDir: string;

  before(async () => {
    const env = { SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };
    first = await startTestStack({ workers: 1, apis: 1, env });
    secondDir = await mkdtemp(path.join(tmpdir(), 'payonce-test-'));
  });
  after(async () => {
    if (first) await stopTestStack(first);
    if (secondDir) await rm(secondDir, { recursive: true, force: true });
  });

  function startSecond(): Promise<Stack> {
    const env = { DATABASE_URL: first.databaseUrl };
    return startTestStack({ workers: 1, apis: 1, env, dataDir: secondDir });
  }

  it('are one too many: the second does not start, and says which two there are', async () => {
    const error = await startSecond().then(stopTestStack, (reason: unknown) => reason);
    assert(error instanceof Error, 'the second stack has started');
    assert.match(error.message, /the database serves another Temporal: /);
    assert.ok(error.message.includes(`${first.temporalAddress}/payments`), error.message);
    assert.match(error.message, /correct DATABASE_URL or TEMPORAL_ADDRESS/);
  });

  it('cost the first one nothing: its open orders go on, once', async () => {
    const shop = shopOn(first);
    const { id, paymentId } = await givenPendingOrder(shop);
    const error = await startSecond().then(stopTestStack, (reason: unknown) => reason);
    assert(error instanceof Error, 'the second stack has started');
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    const order = await untilSettled(shop, id, 'paid');
    const { payments } = (await shop.gateway<GatewayPayments>('GET', `/payments?orderId=${id}`))
      .body;
    assert.equal(payments.length, 1);
    assert.equal(order.amountPaid, payments[0]?.amountCaptured);
    assert.deepEqual(await rows('select count(*)::int as papers from invoices'), [{ papers: 1 }]);
  });

  it('end where the lease went to another one: an API that lost it stops, and says why', async () => {
    const shop = shopOn(first);
    const before = first.children.api;
    await rows(
      "update orchestrator_lease set namespace_id = 'another', place = 'elsewhere:7233/payments', renewed_at = now()",
    );
    await pWaitFor(() => first.children.api !== before, PATIENCE);
    await rows("update orchestrator_lease set renewed_at = now() - interval '1 hour'");
    const id = newOrderId();
    const isServed = async () =>
      (await shop.call('POST', '/v1/orders', orderBody(id)).catch(() => null))?.status === 201;
    await pWaitFor(isServed, PATIENCE);
  });

  async function rows(sql: string): Promise<unknown[]> {
    const database = new pg.Client({ connectionString: first.databaseUrl });
    await database.connect();
    try {
      return (await database.query(sql)).rows;
    } finally {
      await database.end();
    }
  }
});
