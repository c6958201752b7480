/**
 * Temporal loses everything: its namespace, or its store. Every open order gets a run again from its record, and
 * nobody has to look after a single one.
 */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Connection } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';
import { untilServing } from '../../src/dev/temporal/temporal-server.ts';
import { givenOrder, givenPendingOrder, untilSettled, withFaults } from '../support/shop.ts';
import { type OperatorStack, startOperatorStack } from './operator-stack.ts';

const PENDING = 30;
const UNPAID = 170;
/** Starting Temporal's server, its namespace and its caches on a busy machine takes the greater part of it. */
const BACK_WITHIN_MS = 120_000;

describe('open orders', function () {
  this.timeout(400_000);
  let place: OperatorStack;

  before(async () => {
    place = await startOperatorStack({ workers: 1, apis: 2 });
  });
  after(() => place?.close());

  async function openRuns(): Promise<number> {
    const connection = await Connection.connect({ address: place.stack.temporalAddress });
    try {
      const { temporalNamespace: namespace } = place.stack;
      const query = "WorkflowType = 'order' AND ExecutionStatus = 'Running'";
      const { count } = await connection.workflowService.countWorkflowExecutions({
        namespace,
        query,
      });
      return Number(count);
    } finally {
      await connection.close();
    }
  }

  function untilRuns(count: number): Promise<void> {
    const areThere = async () => (await openRuns().catch(() => 0)) >= count;
    return pWaitFor(areThere, { interval: 250, timeout: BACK_WITHIN_MS });
  }

  async function loseAll(lose: () => Promise<void>): Promise<void> {
    const { shop } = place;
    await Promise.all(Array.from({ length: UNPAID }, () => givenOrder(shop)));
    const pending = await Promise.all(
      Array.from({ length: PENDING }, () => givenPendingOrder(shop)),
    );
    await untilRuns(UNPAID + PENDING);
    const before = await openRuns();
    await withFaults(shop, { webhooks: { drop: 1 } }, async () => {
      for (const { paymentId } of pending)
        await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    });
    await lose();
    await untilRuns(before);
    for (const { id } of pending) await untilSettled(shop, id, 'paid');
    const counted = await place.rows(
      `select count(*)::int as invoices, count(distinct order_id)::int as orders from invoices
       where order_id = any($1)`,
      [pending.map(({ id }) => id)],
    );
    assert.deepEqual(counted, [{ invoices: PENDING, orders: PENDING }]);
  }

  it('go on after the namespace was deleted and made again', () =>
    loseAll(async () => {
      const { temporalNamespace: namespace, temporalAddress } = place.stack;
      await place.temporal('operator', 'namespace', 'delete', '--yes', '--namespace', namespace);
      await untilServing(
        temporalAddress,
        readTemporalDevFile(),
        AbortSignal.timeout(BACK_WITHIN_MS),
      );
    }));

  it('go on after Temporal’s store was lost', () =>
    loseAll(async () => {
      const { databaseFile } = readTemporalDevFile();
      for (const end of ['', '-wal', '-shm'])
        await rm(path.join(place.stack.dataDir, `${databaseFile}${end}`), { force: true });
      await place.stack.restart('temporal');
    }));
});
