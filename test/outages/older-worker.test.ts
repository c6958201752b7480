/**
 * A release whose workflow cannot be replayed by the one before, rolled out without versions: for a while workers of
 * both take each other's orders.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import pWaitFor from 'p-wait-for';
import { end, type Launched, launch, untilReady } from '../../src/dev/processes/child-process.ts';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { scrape, sumOf } from '../metrics/scrape.ts';
import { givenPendingOrder, type Shop, shopOn, untilSettled } from '../support/shop.ts';
import { startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';

const ORDERS = 8;
/** No worker keeps an order, so that every task may go to either. */
const NOTHING_KEPT = { WORKER_CACHED_ORDERS: '0', SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };
const STOP_GRACE_MS = 25_000;

interface GatewayPayments {
  payments: object[];
}

describe('an old worker beside a new one', function () {
  this.timeout(300_000);
  let stack: Stack;
  let shop: Shop;
  let older: Launched | undefined;
  let newer: Launched | undefined;

  before(async () => {
    stack = await startTestStack({ workers: 0, apis: 1, env: NOTHING_KEPT });
    shop = shopOn(stack);
    [older, newer] = await Promise.all([
      startWorker('older-worker', 'src/worker.ts'),
      startWorker('newer-worker', 'test/outages/newer-worker.ts'),
    ]);
  });
  after(async () => {
    for (const worker of [older, newer]) if (worker) await end(worker, STOP_GRACE_MS);
    if (stack) await stopTestStack(stack);
  });

  const logOf = (name: string): string => path.join(stack.dataDir, 'logs', `${name}.log`);

  async function startWorker(name: string, script: string): Promise<Launched> {
    const preload = path.resolve('src/temporal/workflow-thread.mjs');
    const spec = {
      name,
      command: [process.execPath, '--import', 'tsx', '--import', preload, path.resolve(script)],
      log: logOf(name),
      env: {
        PATH: process.env.PATH ?? '',
        DATABASE_URL: stack.databaseUrl,
        TEMPORAL_ADDRESS: stack.temporalAddress,
        TEMPORAL_NAMESPACE: stack.temporalNamespace,
        SANDBOX_PORT: new URL(stack.sandboxUrl).port,
        ...NOTHING_KEPT,
      },
      ready: 'message' as const,
      stopGraceMs: STOP_GRACE_MS,
    };
    const launched = launch(spec);
    await untilReady(spec, launched);
    return launched;
  }

  /** Core's line, which names no order. */
  const hasFailedTasks = (name: string): boolean =>
    readFileSync(logOf(name), 'utf8').includes('Failing workflow task');

  /**
   * The roll-out is finished once the old worker has failed a task. While both go on, an order may meet the old one
   * any number of times in a row, and Temporal waits longer after each.
   */
  async function finishRollOut(): Promise<void> {
    await pWaitFor(() => hasFailedTasks('older-worker'), { timeout: 150_000 });
    if (older) await end(older, STOP_GRACE_MS);
  }

  it('fails tasks that it cannot replay, and no order: each is paid once', async () => {
    const orders: { id: string; paymentId: string }[] = [];
    let isRolledOut = false;
    const rollOut = finishRollOut().then(() => {
      isRolledOut = true;
    });
    const isSeen = async () => {
      orders.push(await givenPendingOrder(shop));
      return isRolledOut && orders.length >= ORDERS;
    };
    await Promise.all([rollOut, pWaitFor(isSeen, { timeout: 200_000 })]);
    for (const { paymentId } of orders)
      await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    for (const { id } of orders) {
      const { payments, effects } = await untilSettled(shop, id, 'paid');
      assert.equal(payments.length, 1);
      assert.equal(new Set(effects.map(({ key }) => key)).size, effects.length);
      const made = await shop.gateway<GatewayPayments>('GET', `/payments?orderId=${id}`);
      assert.equal(made.body.payments.length, 1);
    }
    assert(!hasFailedTasks('newer-worker'));
    const samples = await scrape(`${stack.apiUrl}/metrics`);
    assert.equal(sumOf(samples, 'payonce_stuck_runs_mended_total'), 0);
  });
});
