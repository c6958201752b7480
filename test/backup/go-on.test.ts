/** What a restore does with the runs that it finds, on a real Temporal that no worker asks for work. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { AbortError } from 'p-retry';
import pWaitFor from 'p-wait-for';
import { createOrderClient, type OrderClient } from '../../src/api/temporal/order-client.ts';
import { BackupError } from '../../src/backup/backup-folder.ts';
import { goOnFromRecords } from '../../src/backup/go-on-from-records.ts';
import { demandNoWorkers, demandOwnNamespace } from '../../src/backup/temporal-checks.ts';
import { withStores } from '../../src/dev/stack/stack.ts';
import type { Database } from '../../src/store/database.ts';
import { renewLease } from '../../src/store/orchestrator-lease.ts';
import { insertOrder } from '../../src/store/orders/orders.ts';
import { loadRecord } from '../../src/store/orders/record.ts';
import { TASK_QUEUE } from '../../src/workflows/inbox/messages.ts';
import { freshOrderId, newOrder } from '../support/order-fixtures.ts';
import { openPatiently } from '../support/patient-database.ts';
import { freshDatabase } from '../support/test-database.ts';

const FREE_PORTS = { api: 0, sandbox: 0, temporal: 0, temporalUi: 0 };
const SENT = ['sync-1', 'sync-2', 'sync-3'];

const isLookUp = (query: unknown): boolean => JSON.stringify(query).includes('from order_events');

describe('the runs that a restore finds', function () {
  this.timeout(180_000);
  let dataDir: string;
  let database: Database;
  let client: Client;
  let orders: OrderClient;
  let end: () => void;
  let ended: Promise<void>;
  const withoutRecord: string[] = [];

  before(async () => {
    dataDir = await mkdtemp(path.join(tmpdir(), 'payonce-go-on-'));
    const env = { PATH: process.env.PATH, HOME: process.env.HOME };
    const isOver = new Promise<void>((resolve) => {
      end = resolve;
    });
    await new Promise<void>((resolve, reject) => {
      ended = withStores(
        { env, dataDir, ports: FREE_PORTS },
        async () => {},
        async ({ databaseUrl, variables: { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE } }) => {
          const connection = await Connection.connect({ address: address ?? '' });
          client = new Client({ connection, namespace: TEMPORAL_NAMESPACE ?? '' });
          database = openPatiently(databaseUrl);
          const ledgerOf = (id: string) => loadRecord(database, id);
          orders = createOrderClient({ client, ledgerOf });
          resolve();
          await isOver;
          await database.close();
          await connection.close();
        },
      );
      ended.catch(reject);
    });
  });
  after(async () => {
    end();
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  });

  /** An order whose run was sent what its record does not know. */
  async function givenRun(): Promise<string> {
    const order = newOrder(freshOrderId());
    await insertOrder(database, order);
    await orders.start(order.ledger);
    for (const id of SENT) await orders.signal(order.id, 'sync', { id, source: 'operator' });
    return order.id;
  }

  async function idsHere(): Promise<string[]> {
    const { rows } = await database.pool.query<{ id: string }>('select id from orders');
    return rows.map(({ id }) => id);
  }

  const goOn = (of: Database = database) =>
    goOnFromRecords({
      database: of,
      client,
      onProgress: () => {},
      onWithoutRecord: (id) => void withoutRecord.push(id),
    });

  /** The handing over of signals to this order fails so many times, once its new run has begun. */
  function failing(orderId: string, times: number, error: Error): Database {
    let left = times;
    const query = ((text: unknown, ...rest: unknown[]) => {
      const isHandOver = JSON.stringify([text, rest]).includes(orderId) && isLookUp(text);
      if (!isHandOver || left === 0)
        return (database.pool.query as (...given: unknown[]) => unknown)(text, ...rest);
      left -= 1;
      throw error;
    }) as typeof database.pool.query;
    const pool = new Proxy(database.pool, {
      get: (target, name) => (name === 'query' ? query : Reflect.get(target, name)),
    });
    return { ...database, pool };
  }

  async function sentTo(orderId: string): Promise<string[]> {
    const { events } = await client.workflow.getHandle(orderId).fetchHistory();
    return (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) => {
      const [payload] = signal?.input?.payloads ?? [];
      if (payload?.data == null) return [];
      return [(JSON.parse(Buffer.from(payload.data).toString()) as { id: string }).id];
    });
  }

  async function assertAllIsThere(orderId: string): Promise<void> {
    const ids = await sentTo(orderId);
    assert.deepEqual(
      SENT.filter((id) => !ids.includes(id)),
      [],
      `the run was sent ${ids.join(', ')}`,
    );
    assert.match(ids.at(-1) ?? '', /^put-back-/);
  }

  it('are ended, and their orders begin again with what these were sent', async () => {
    const id = await givenRun();
    const { begun } = await goOn();
    assert.ok(begun >= 1);
    await assertAllIsThere(id);
  });

  it('lose nothing where handing over fails and is tried again', async () => {
    const id = await givenRun();
    await goOn(failing(id, 1, new Error('the database is away for a moment')));
    await assertAllIsThere(id);
  });

  it('lose nothing where the command ends halfway, twice, and is given again', async () => {
    const id = await givenRun();
    for (const _ of [1, 2])
      await assert.rejects(goOn(failing(id, 1, new AbortError('the machine went down'))));
    await goOn();
    await assertAllIsThere(id);
  });

  it('are told of before they are ended, where the order has no record', async () => {
    const order = newOrder(freshOrderId());
    await orders.start(order.ledger);
    await pWaitFor(async () => (await goOn()) !== undefined && withoutRecord.includes(order.id));
    const { status } = await client.workflow.getHandle(order.id).describe();
    assert.equal(status.name, 'TERMINATED');
  });

  it('are left alone in a namespace that served another database', async () => {
    await givenRun();
    const another = await freshDatabase();
    try {
      await assert.rejects(
        demandOwnNamespace(client, another),
        (error: unknown) =>
          error instanceof BackupError &&
          /has runs of orders that this database does not know: set TEMPORAL_ADDRESS/.test(
            error.message,
          ),
      );
      const place = 'temporal.example.com:7233/shop';
      await renewLease(another, { namespaceId: 'lost', place }, 'lost');
      await assert.rejects(demandOwnNamespace(client, another), /which .*example.*served/);
      // Both shops have an order of this number.
      const [common] = await idsHere();
      await insertOrder(another, newOrder(common));
      await another.pool.query("update orders set created_at = now() + interval '1 minute'");
      await assert.rejects(demandOwnNamespace(client, another), BackupError);
    } finally {
      await another.close();
    }
  });

  it('are seen to in the namespace that served this one, and in another that knows its orders', async () => {
    await demandOwnNamespace(client, database);
    await renewLease(database, { namespaceId: 'lost', place: 'elsewhere' }, 'lost');
    await demandOwnNamespace(client, database);
  });

  it('are not touched while a worker asks for work, though it has no connection to the database', async () => {
    const lines: string[] = [];
    await demandNoWorkers(client, (line) => void lines.push(line));
    assert.equal(lines.length, 0, 'nobody has asked yet');
    let isOver = false;
    const worker = (async () => {
      const { namespace } = client.options;
      const question = { namespace, taskQueue: { name: TASK_QUEUE }, identity: 'worker-idle' };
      while (!isOver)
        await client
          .withAbortSignal(AbortSignal.timeout(2_000), () =>
            client.withDeadline(Date.now() + 60_000, () =>
              client.workflowService.pollWorkflowTaskQueue(question),
            ),
          )
          .catch(() => sleep(100));
    })();
    await assert.rejects(
      async () => {
        for (;;) {
          await demandNoWorkers(client, (line) => void lines.push(line));
          await sleep(100);
        }
      },
      (error: unknown) =>
        error instanceof BackupError && /worker-idle ask Temporal for work/.test(error.message),
    );
    assert.match(lines[0] ?? '', /worker-idle within the last 70 seconds/);
    isOver = true;
    await worker;
  });
});
