/** Runs whose history no worker can replay: which of them go on by themselves, and which wait for a release. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { tsToMs } from '@temporalio/common/lib/time.js';
import pWaitFor from 'p-wait-for';
import { end, type Launched, launch, untilReady } from '../../src/dev/processes/child-process.ts';
import { scrape } from '../metrics/scrape.ts';
import { givenPendingOrder, readOrder } from '../support/shop.ts';
import { EFFECTS_SECRET, WEBHOOK_SECRET } from '../support/stack.ts';
import { type OperatorStack, startOperatorStack } from './operator-stack.ts';

/** Each try takes a minute of failures, and the look that finds it. */
const PATIENCE = { interval: 200, timeout: 300_000 };
const STOP_GRACE_MS = 25_000;
/** No worker keeps an order, so that each task is a replay. */
const NOTHING_KEPT = { WORKER_CACHED_ORDERS: '0', SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };

const OTHER_WORKER = 'test/operators/other-order-worker.ts';
/** By then each API has looked at a run that would be reset after a minute. */
const LOOKED_AT_BY_MS = 100_000;

interface Given {
  id: string;
  paymentId: string;
}

describe('an order whose history no worker can replay', function () {
  this.timeout(400_000);
  let place: OperatorStack;
  let worker: Launched | undefined;

  before(async () => {
    place = await startOperatorStack({ workers: 0, apis: 2, env: NOTHING_KEPT });
  });
  after(async () => {
    await stopWorker();
    await place?.close();
  });

  async function startWorker(script: string, env: Record<string, string> = {}): Promise<void> {
    await stopWorker();
    const { stack, crm } = place;
    const name = path.basename(script, '.ts');
    const preload = path.resolve('src/temporal/workflow-thread.mjs');
    const spec = {
      name,
      command: [process.execPath, '--import', 'tsx', '--import', preload, path.resolve(script)],
      log: path.join(stack.dataDir, 'logs', `${name}.log`),
      env: {
        PATH: process.env.PATH ?? '',
        DATABASE_URL: stack.databaseUrl,
        TEMPORAL_ADDRESS: stack.temporalAddress,
        TEMPORAL_NAMESPACE: stack.temporalNamespace,
        SANDBOX_PORT: new URL(stack.sandboxUrl).port,
        CRM_URL: crm.url,
        EFFECTS_SECRET,
        ...NOTHING_KEPT,
        ...env,
      },
      ready: 'message' as const,
      stopGraceMs: STOP_GRACE_MS,
    };
    worker = launch(spec);
    await untilReady(spec, worker);
  }

  async function stopWorker(): Promise<void> {
    if (worker) await end(worker, STOP_GRACE_MS);
    worker = undefined;
  }

  const handleOf = (id: string) => place.client.workflow.getHandle(id);

  async function completedTasks(id: string) {
    const { events } = await handleOf(id).fetchHistory();
    return (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: task }) => task ?? []);
  }

  async function untilTaskHasEnded(id: string): Promise<void> {
    const isAtRest = async () => (await handleOf(id).describe()).raw.pendingWorkflowTask == null;
    await pWaitFor(isAtRest, PATIENCE);
  }

  async function givenOrder(): Promise<Given> {
    const order = await givenPendingOrder(place.shop);
    await untilTaskHasEnded(order.id);
    return order;
  }

  /** The worker that runs completes a task that the present code cannot replay. */
  async function spoil({ id }: Given): Promise<void> {
    const before = (await completedTasks(id)).length;
    await place.shop.call('POST', `/v1/orders/${id}/verify`, {}, { prefer: 'wait=0' });
    await pWaitFor(async () => (await completedTasks(id)).length > before, PATIENCE);
  }

  /** As often as the API itself does before it ends a run. */
  async function resetTwiceByHand({ id }: Given): Promise<void> {
    const type = ['--type', 'FirstWorkflowTask', '--reason', 'by hand'];
    for (const _ of [1, 2]) {
      await place.temporal('workflow', 'reset', '--workflow-id', id, ...type);
      await untilTaskHasEnded(id);
    }
  }

  async function captureAndSignal({ id, paymentId }: Given): Promise<void> {
    await place.shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await pWaitFor(async () => {
      const { events } = await handleOf(id).fetchHistory();
      return (events ?? []).some(
        ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'webhook',
      );
    }, PATIENCE);
  }

  async function untilState({ id }: Given, state: string): Promise<void> {
    await pWaitFor(async () => {
      const order = await readOrder(place.shop, id);
      return order.state === state && order.effects.every(({ status }) => status === 'done');
    }, PATIENCE);
  }

  async function untilPaidOnce(order: Given): Promise<void> {
    await untilState(order, 'paid');
    const { id } = order;
    const { payments, reviews } = await readOrder(place.shop, id);
    const count = async (table: string) =>
      (await place.rows(`select from ${table} where order_id = $1`, [id])).length;
    const made = await place.shop.gateway<{ payments: object[] }>('GET', `/payments?orderId=${id}`);
    const updates = place.crm.requests.filter(({ orderId }) => orderId === id);
    const seen = {
      payments: payments.length,
      reviews: reviews.length,
      atGateway: made.body.payments.length,
      entitlements: await count('entitlements'),
      invoices: await count('invoices'),
      crmUpdates: new Set(updates.map(({ key }) => key)).size,
    };
    const once = { payments: 1, atGateway: 1, entitlements: 1, invoices: 1, crmUpdates: 1 };
    assert.deepEqual(seen, { reviews: 0, ...once });
  }

  async function stuckOrders(): Promise<(string | undefined)[]> {
    const pages = await Promise.all(place.stack.apiUrls.map((url) => scrape(`${url}/metrics`)));
    return pages
      .flat()
      .flatMap(({ name, labels }) => (name === 'payonce_stuck_orders' ? [labels.order_id] : []));
  }

  /** All runs of an order by now, the latest first. */
  async function runsOf({ id }: Given): Promise<string[]> {
    const statuses: string[] = [];
    const query = `WorkflowId = '${id}'`;
    for await (const { status } of place.client.workflow.list({ query }))
      statuses.push(status.name);
    return statuses;
  }

  /** The list of runs comes a little behind them. */
  async function untilReset(order: Given, least: number): Promise<void> {
    await pWaitFor(async () => {
      const [latest, ...others] = await runsOf(order);
      const areEnded = others.every((status) => status === 'TERMINATED');
      return latest === 'RUNNING' && areEnded && others.length >= least;
    }, PATIENCE);
  }

  const logOf = (name: string) =>
    readFileSync(path.join(place.stack.dataDir, 'logs', `${name}.log`), 'utf8');
  const apiLogs = () => ['api', 'api-2'].map(logOf).join('');

  async function failingFor({ id }: Given): Promise<number> {
    const { events } = await handleOf(id).fetchHistory();
    const failed = events?.find(({ workflowTaskFailedEventAttributes: task }) => task);
    return failed === undefined ? 0 : Date.now() - tsToMs(failed.eventTime);
  }

  it('goes on by itself where the build that fails has written it, with all that came meanwhile, from its record where resets are used up', async () => {
    await startWorker('src/worker.ts');
    const [lastTask, twoTasks, cancelled, resetBefore] = [
      await givenOrder(),
      await givenOrder(),
      await givenOrder(),
      await givenOrder(),
    ];
    await resetTwiceByHand(resetBefore);
    const { workerVersion } = (await completedTasks(lastTask.id)).at(-1) ?? {};
    await startWorker(OTHER_WORKER, { BUILD_ID: workerVersion?.buildId ?? '' });
    for (const order of [lastTask, twoTasks, cancelled, twoTasks, resetBefore]) await spoil(order);

    await startWorker('src/worker.ts');
    for (const order of [lastTask, twoTasks, resetBefore]) await captureAndSignal(order);
    await place.temporal('workflow', 'cancel', '--workflow-id', cancelled.id);
    await untilPaidOnce(lastTask);
    await untilState(cancelled, 'cancelled');
    await untilPaidOnce(twoTasks);
    await untilPaidOnce(resetBefore);
    assert.match(
      apiLogs(),
      new RegExp(`"order_id":"${resetBefore.id}".*it begins again from its record`),
    );
    // A busy machine may fail a task of the new run for a minute as well, which is one more reset.
    for (const [order, least] of [
      [lastTask, 1],
      [cancelled, 1],
      [twoTasks, 2],
      [resetBefore, 3],
    ] as const)
      await untilReset(order, least);
    await pWaitFor(async () => (await stuckOrders()).length === 0, PATIENCE);
  });

  it('is named and waits where another build has written it, and goes on when that is back', async () => {
    await startWorker('src/worker.ts');
    const order = await givenOrder();
    await startWorker(OTHER_WORKER);
    await spoil(order);

    await startWorker('src/worker.ts');
    await captureAndSignal(order);
    await pWaitFor(async () => (await failingFor(order)) > LOOKED_AT_BY_MS, PATIENCE);
    assert.deepEqual(await stuckOrders(), [order.id, order.id]);
    assert.match(
      logOf('worker'),
      new RegExp(`"order_id":"${order.id}".*"reason":"Nondeterminism error: `),
    );
    assert.deepEqual(await runsOf(order), ['RUNNING']);
    assert.equal((await readOrder(place.shop, order.id)).state, 'pending');

    await startWorker(OTHER_WORKER);
    await untilPaidOnce(order);
    await pWaitFor(async () => (await stuckOrders()).length === 0, PATIENCE);
  });
});
