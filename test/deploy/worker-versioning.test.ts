/**
 * A release with Worker Deployments, on a real server and with the commands of the runbook: the old
 * worker drains, and orders that it has begun go on with the new one.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import type { Stack } from '../../src/dev/stack/stack.ts';
import { findTemporalCli } from '../../src/dev/temporal/temporal-cli.ts';
import { readTemporalDevFile } from '../../src/dev/temporal/temporal-dev-file.ts';
import { type Place, startPlace } from '../scale-out/processes.ts';
import { givenPendingOrder, readOrder, type Shop, shopOn, untilSettled } from '../support/shop.ts';
import { startTestStack, stopTestStack, WEBHOOK_SECRET } from '../support/stack.ts';

const DEPLOYMENT = 'payonce';
const GLANCE_MS = 200;

describe('a release of workers that belong to a deployment', function () {
  this.timeout(300_000);
  let stack: Stack;
  let shop: Shop;
  let cli: string;
  let client: Client;
  const running = new Set<Place>();

  before(async () => {
    const { version } = readTemporalDevFile();
    cli = await findTemporalCli({ env: process.env, version, onProgress: () => {} });
    const env = { SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET };
    stack = await startTestStack({ workers: 0, apis: 1, env });
    shop = shopOn(stack);
    const connection = await Connection.connect({ address: stack.temporalAddress });
    client = new Client({ connection, namespace: stack.temporalNamespace });
  });
  after(async () => {
    await Promise.all([...running].map((place) => place.stop()));
    await client.connection.close();
    await stopTestStack(stack);
  });

  async function startWorker(buildId: string): Promise<Place> {
    const place = await startPlace({
      name: `worker-${buildId}`,
      script: 'worker',
      logs: path.join(stack.dataDir, 'logs'),
      env: {
        PATH: process.env.PATH ?? '',
        DATABASE_URL: stack.databaseUrl,
        TEMPORAL_ADDRESS: stack.temporalAddress,
        TEMPORAL_NAMESPACE: stack.temporalNamespace,
        SANDBOX_PORT: new URL(stack.sandboxUrl).port,
        SANDBOX_WEBHOOK_SECRETS: WEBHOOK_SECRET,
        TEMPORAL_DEPLOYMENT_NAME: DEPLOYMENT,
        TEMPORAL_WORKER_BUILD_ID: buildId,
      },
    });
    running.add(place);
    return place;
  }

  function deployment(...args: string[]) {
    const server = ['--address', stack.temporalAddress, '--namespace', stack.temporalNamespace];
    const command = ['worker', 'deployment', ...args, '--deployment-name', DEPLOYMENT, ...server];
    return execa(cli, command, { reject: false });
  }

  function override(orderId: string, behavior: string, ...args: string[]) {
    const server = ['--address', stack.temporalAddress, '--namespace', stack.temporalNamespace];
    const command = ['workflow', 'update-options', '--workflow-id', orderId, ...args, ...server];
    return execa(cli, [...command, '--versioning-override-behavior', behavior]);
  }

  /** The server hears of a version with its worker's first polls. */
  async function makeCurrent(buildId: string): Promise<void> {
    await pWaitFor(
      async () => !(await deployment('set-current-version', '--build-id', buildId, '--yes')).failed,
      { interval: GLANCE_MS },
    );
  }

  /** The builds that have done this order's workflow tasks, in order. */
  async function buildsOf(orderId: string): Promise<string[]> {
    const { events } = await client.workflow.getHandle(orderId).fetchHistory();
    return (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: task }) =>
      task ? [task.deploymentVersion?.buildId ?? 'unversioned'] : [],
    );
  }

  /** An order answers from inside its task, so its last task may not be in its history yet. */
  async function untilDoneBy(orderId: string, buildId: string): Promise<string[]> {
    await pWaitFor(async () => (await buildsOf(orderId)).at(-1) === buildId, {
      interval: GLANCE_MS,
    });
    return buildsOf(orderId);
  }

  async function untilTask(orderId: string, isSo: (isPending: boolean) => boolean): Promise<void> {
    await pWaitFor(async () => {
      const { raw } = await client.workflow.getHandle(orderId).describe();
      return isSo(raw.pendingWorkflowTask != null);
    });
  }

  /** The part of the server that hands out tasks hears of a new current version some moments later. */
  async function untilNewOrdersGoTo(buildId: string): Promise<void> {
    await pWaitFor(
      async () => (await buildsOf((await givenPendingOrder(shop)).id)).at(-1) === buildId,
      { interval: GLANCE_MS },
    );
  }

  it('moves an open order to the new version, and lets the old worker end', async () => {
    const old = await startWorker('r1');
    await makeCurrent('r1');
    const open = await givenPendingOrder(shop);
    assert.deepEqual([...new Set(await untilDoneBy(open.id, 'r1'))], ['r1']);

    await startWorker('r2');
    await makeCurrent('r2');
    running.delete(old);
    assert.equal(await old.stop(), 'exit code 0');

    await shop.gateway('POST', `/payments/${open.paymentId}/capture`, {});
    await untilSettled(shop, open.id, 'paid');
    await untilDoneBy(open.id, 'r2');
    const begunLater = await givenPendingOrder(shop);
    assert.deepEqual([...new Set(await untilDoneBy(begunLater.id, 'r2'))], ['r2']);
  });

  it('goes back to the release before when that one is made current again', async () => {
    const open = await givenPendingOrder(shop);
    await startWorker('r1');
    await makeCurrent('r1');
    await untilNewOrdersGoTo('r1');
    await shop.gateway('POST', `/payments/${open.paymentId}/capture`, {});
    await untilSettled(shop, open.id, 'paid');
    assert.equal((await untilDoneBy(open.id, 'r1')).at(0), 'r2');
  });

  it('holds an order that is pinned to a release without workers, until it is unpinned', async () => {
    const { id, paymentId } = await givenPendingOrder(shop);
    await untilTask(id, (isPending) => !isPending);
    const pinned = ['--versioning-override-deployment-name', DEPLOYMENT];
    await override(id, 'pinned', ...pinned, '--versioning-override-build-id', 'r2');
    const [gone] = [...running].filter(({ name }) => name === 'worker-r2');
    assert.ok(gone);
    running.delete(gone);
    await gone.stop();
    const completed = (await buildsOf(id)).length;
    await shop.gateway('POST', `/payments/${paymentId}/capture`, {});
    await untilTask(id, (isPending) => isPending);
    // An order that nobody pinned, whose whole life is shorter than what this one has waited by then.
    const other = await givenPendingOrder(shop);
    await shop.gateway('POST', `/payments/${other.paymentId}/capture`, {});
    await untilSettled(shop, other.id, 'paid');
    assert.equal((await buildsOf(id)).length, completed);
    assert.equal((await readOrder(shop, id)).state, 'pending');

    await override(id, 'unspecified');
    await untilSettled(shop, id, 'paid');
    await untilDoneBy(id, 'r1');
  });
});
