/**
 * Payonce's database is put back to an earlier moment, and Temporal and the gateway are not. The operator does what
 * docs/operations.md says: ends all runs, so that each order goes on from its record.
 */
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import pg from 'pg';
import { type Postgres, startPostgres } from '../../src/dev/postgres/postgres.ts';
import type { Stack } from '../../src/dev/stack/stack.ts';
import {
  givenOrder,
  givenPendingOrder,
  newOrderId,
  orderBody,
  type Shop,
  shopOn,
  untilOrder,
  untilSettled,
} from '../support/shop.ts';
import { sideBySide } from '../support/side-by-side.ts';
import { startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';

const PATIENCE = { interval: 200, timeout: 90_000 };

interface GatewayPayment {
  amountCaptured: number;
  refunds: { amount: number }[];
}

describe('a database that was put back to an earlier moment', function () {
  this.timeout(400_000);
  let postgres: Postgres;
  let dataDir: string;
  let stack: Stack;
  let shop: Shop;
  const ids: Record<string, string> = {};

  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'payonce-test-'));
    // PostgreSQL gives up root's rights and has to reach its own directory below this one.
    await chmod(dataDir, 0o755);
    postgres = await startPostgres({ dataDir });
    const env = { DATABASE_URL: postgres.url, SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };
    stack = await startTestStack({ workers: 1, apis: 1, env });
    shop = shopOn(stack);

    const paidLater = await givenPendingOrder(shop);
    const clickedLater = await givenOrder(shop);
    const refundedLater = await givenPendingOrder(shop);
    await capture(refundedLater.paymentId);
    await untilSettled(shop, refundedLater.id, 'paid');
    await whileStopped((data) => copy(data, `${data}.then`));

    await capture(paidLater.paymentId);
    await untilSettled(shop, paidLater.id, 'paid');
    await payNow(clickedLater);
    const refund = { 'idempotency-key': `refund-${refundedLater.id}`, prefer: 'wait=30' };
    await shop.call('POST', `/v1/orders/${refundedLater.id}/refunds`, {}, refund);
    await untilSettled(shop, refundedLater.id, 'refunded');
    const begunLater = await givenOrder(shop);
    await payNow(begunLater);
    Object.assign(ids, { begunLater, clickedLater });
    Object.assign(ids, { paidLater: paidLater.id, refundedLater: refundedLater.id });

    await whileStopped(async (data) => {
      await rm(data, { recursive: true });
      await copy(`${data}.then`, data);
    });
    await endAllRuns();
  });
  after(async () => {
    if (stack) await stopTestStack(stack);
    await postgres?.stop('immediate');
    if (dataDir) await rm(dataDir, { recursive: true, force: true });
  });

  /** With its owner, who is not root. */
  const copy = (from: string, to: string) => execa('cp', ['-a', from, to]);

  const capture = (paymentId: string) => shop.gateway('POST', `/payments/${paymentId}/capture`, {});

  async function payNow(id: string): Promise<void> {
    await shop.call('POST', `/v1/orders/${id}/payments`, {}, { prefer: 'wait=30' });
    const { payments } = await untilOrder(
      shop,
      id,
      (order) => order.payments[0]?.id != null,
      'open',
    );
    await capture(payments[0]?.id ?? '');
    await untilSettled(shop, id, 'paid');
  }

  async function whileStopped(act: (data: string) => Promise<unknown>): Promise<void> {
    await postgres.stop('fast');
    await act(path.join(dataDir, 'postgres', 'data'));
    await postgres.revive();
    const isServed = async () => (await shop.call('GET', '/readyz')).status === 200;
    await pWaitFor(isServed, PATIENCE);
  }

  /** As `temporal workflow terminate --query "WorkflowType = 'order'"` does. */
  async function endAllRuns(): Promise<void> {
    const connection = await Connection.connect({ address: stack.temporalAddress });
    const client = new Client({ connection, namespace: stack.temporalNamespace });
    const query = "WorkflowType = 'order' AND ExecutionStatus = 'Running'";
    for await (const { workflowId } of client.workflow.list({ query }))
      await client.workflow.getHandle(workflowId).terminate('the database was put back');
    await connection.close();
  }

  async function atGateway(id = ''): Promise<GatewayPayment[]> {
    const path_ = `/payments?orderId=${id}`;
    return (await shop.gateway<{ payments: GatewayPayment[] }>('GET', path_)).body.payments;
  }

  async function traces(id = ''): Promise<unknown> {
    const database = new pg.Client({ connectionString: stack.databaseUrl });
    await database.connect();
    try {
      const { rows } = await database.query(
        `select (select count(*)::int from invoices where order_id = $1) as invoices,
                (select count(*)::int from entitlements where order_id = $1) as grants,
                (select count(*)::int from entitlements where order_id = $1
                  and revoked_at is not null) as revoked`,
        [id],
      );
      return rows[0];
    } finally {
      await database.end();
    }
  }

  const PAID = { invoices: 1, grants: 1, revoked: 0 };

  // What a click finds of its payment comes when the order asks the gateway, half a minute later.
  sideBySide({
    async 'finds what was paid meanwhile at the gateway, by itself, and grants and invoices it once'() {
      await untilSettled(shop, ids.paidLater ?? '', 'paid');
      assert.equal((await atGateway(ids.paidLater)).length, 1);
      assert.deepEqual(await traces(ids.paidLater), PAID);
    },

    async 'does not charge again who had clicked and paid meanwhile and clicks again'() {
      const { clickedLater = '' } = ids;
      await shop.call('POST', `/v1/orders/${clickedLater}/payments`, {}, { prefer: 'wait=30' });
      await untilSettled(shop, clickedLater, 'paid');
      assert.equal((await atGateway(clickedLater)).length, 1);
      assert.deepEqual(await traces(clickedLater), PAID);
    },

    async 'does not refund again what was refunded meanwhile: a sync finds it'() {
      const { refundedLater = '' } = ids;
      await shop.call('POST', `/v1/orders/${refundedLater}/sync`, {}, { prefer: 'wait=30' });
      await untilSettled(shop, refundedLater, 'refunded');
      const [payment] = await atGateway(refundedLater);
      assert.equal(payment?.refunds.length, 1);
      assert.deepEqual(await traces(refundedLater), { ...PAID, revoked: 1 });
    },

    async 'knows nothing of an order begun since, until the shop creates and the customer clicks it again'() {
      const { begunLater = '' } = ids;
      assert.equal((await shop.call('GET', `/v1/orders/${begunLater}`)).status, 404);
      assert.equal((await shop.call('POST', '/v1/orders', orderBody(begunLater))).status, 201);
      await shop.call('POST', `/v1/orders/${begunLater}/payments`, {}, { prefer: 'wait=30' });
      await untilSettled(shop, begunLater, 'paid');
      assert.equal((await atGateway(begunLater)).length, 1);
      assert.deepEqual(await traces(begunLater), PAID);
    },
  });

  it('serves new orders as ever', async () => {
    const id = newOrderId();
    assert.equal((await shop.call('POST', '/v1/orders', orderBody(id))).status, 201);
    await payNow(id);
    assert.deepEqual(await traces(id), PAID);
  });
});
