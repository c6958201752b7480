/**
 * The disk of a whole stack is full, and later is not. It is a small file system in memory, which only root
 * may mount.
 */
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { appendFileSync, chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import pg from 'pg';
import { NoSpaceError } from '../../src/dev/processes/disk-space.ts';
import type { Stack } from '../../src/dev/stack/stack.ts';
import {
  givenPendingOrder,
  newOrderId,
  orderBody,
  type Shop,
  shopOn,
  untilSettled,
} from '../support/shop.ts';
import { startTestStack } from '../support/stack.ts';

/** Both databases take some 60 MiB of it. */
const DISK = '160m';
/** A gateway gives up after five seconds, and every answer comes before that. */
const PATIENCE_MS = 5_000;
/** Both databases look for space some seconds apart; a busy machine takes longer to start one. */
const RECOVERY_MS = 120_000;
const BLOCK = Buffer.alloc(64 * 1024);
const ADVICE_FOR_DAMAGE = /move it aside|\.damaged|from a backup/;

interface Disk {
  dataDir: string;
  fill: () => void;
  free: () => void;
  remove: () => Promise<void>;
}

/** Nothing where no such disk can be had. */
async function mountDisk(): Promise<Disk | undefined> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'payonce-disk-'));
  const mounted = await execa('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', folder], {
    reject: false,
  });
  if (mounted.failed) {
    rmSync(folder, { recursive: true });
    return undefined;
  }
  // PostgreSQL gives up root's rights and has to reach its own directory below this one.
  chmodSync(folder, 0o755);
  const dataDir = path.join(folder, 'data');
  mkdirSync(dataDir);
  const ballast = path.join(folder, 'ballast');
  return {
    dataDir,
    fill: () => {
      try {
        for (;;) appendFileSync(ballast, BLOCK);
      } catch (error) {
        assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove: async () => {
      // A process that is killed has its files for a moment longer.
      await pWaitFor(async () => !(await execa('umount', [folder], { reject: false })).failed, {
        timeout: RECOVERY_MS,
      });
      rmSync(folder, { recursive: true });
    },
  };
}

interface Told {
  code?: string;
  detail?: string;
}

describe('a disk that is full', function () {
  this.timeout(600_000);
  let disk: Disk;
  let stack: Stack | undefined;
  let shop: Shop;
  const lines: string[] = [];
  const accepted: string[] = [];
  const problems: Told[] = [];
  let pending: { id: string; paymentId: string };

  const start = () =>
    startTestStack({
      workers: 1,
      apis: 1,
      dataDir: disk.dataDir,
      onProgress: (line) => void lines.push(line),
    });

  before(async function () {
    const mounted = await mountDisk();
    if (mounted === undefined) {
      console.log(
        '    skipped: only root on Linux, with the right to mount, can have a small disk',
      );
      return this.skip();
    }
    disk = mounted;
    stack = await start();
    shop = shopOn(stack);
    // A shop asks again where a busy machine has answered 503.
    const isAccepted = async () => {
      await trade();
      return accepted.length >= 8;
    };
    await pWaitFor(isAccepted, { timeout: RECOVERY_MS });
    pending = await givenPendingOrder(shop);
  });

  after(async () => {
    disk?.free();
    await stack?.stop('kill');
    await disk?.remove();
  });

  async function inTime<T extends Told>(method: string, url: string, body?: object) {
    const askedAt = Date.now();
    const answer = await shop.call<T>(method, url, body, { prefer: 'wait=1' });
    const took = Date.now() - askedAt;
    assert.ok(took < PATIENCE_MS, `${method} ${url} took ${took} ms`);
    assert.ok([200, 201, 202, 503].includes(answer.status), JSON.stringify(answer.body));
    if (answer.status === 503) problems.push(answer.body);
    return answer;
  }

  /** As shops do: new orders, clicks, and looks at what is there. */
  async function trade(): Promise<void> {
    const ids = Array.from({ length: 8 }, newOrderId);
    await Promise.all(
      ids.map(async (id) => {
        const { status } = await inTime('POST', '/v1/orders', orderBody(id));
        if (status === 503) return;
        accepted.push(id);
        await inTime('POST', `/v1/orders/${id}/cancel`, {});
      }),
    );
    await inTime('GET', '/v1/orders?limit=1');
    await inTime('GET', '/healthz');
  }

  const isReported = (detail: RegExp, code: string) =>
    problems.some((problem) => problem.code === code && detail.test(problem.detail ?? ''));

  it('makes no request wait, and is named in the answer and at the terminal', async () => {
    await pWaitFor(
      async () => {
        disk.fill();
        await trade();
        return isReported(/^The database has no space left/, 'database_unavailable');
      },
      { interval: 100, timeout: 180_000 },
    );
    await pWaitFor(() => lines.some((line) => line.startsWith('no space left on the disk of')));
  });

  it('makes no request wait for Temporal either, which has none for its own file', async () => {
    const { id } = pending;
    await pWaitFor(
      async () => {
        disk.fill();
        await Promise.all([growTemporal(stack), inTime('POST', `/v1/orders/${id}/verify`, {})]);
        return problems.some(({ code }) => code === 'orchestrator_unavailable');
      },
      { interval: 100, timeout: 180_000 },
    );
  });

  it('does not leave requests waiting either once the database has ended for lack of it', async () => {
    const before = stack?.children.postgres;
    assert(before);
    await endDatabaseByItsLog(stack?.databaseUrl ?? '');
    await pWaitFor(() => stack?.children.postgres !== before, { timeout: RECOVERY_MS });
    await trade();
    await pWaitFor(() => lines.includes('postgres died; starting it again'), {
      timeout: RECOVERY_MS,
    });
  });

  it('is never taken for damage', () => {
    assert.deepEqual(
      lines.filter((line) => ADVICE_FOR_DAMAGE.test(line)),
      [],
    );
  });

  it('is forgotten once there is space: everything goes on without a hand, and nothing acknowledged is lost', async () => {
    disk.free();
    const isServed = async () => {
      const { status } = await shop.call('POST', '/v1/orders', orderBody(newOrderId()));
      return status === 201;
    };
    await pWaitFor(isServed, { interval: 500, timeout: RECOVERY_MS });
    for (const id of accepted) {
      const { status } = await shop.call('GET', `/v1/orders/${id}`);
      assert.equal(status, 200, id);
      const isCancelled = async () =>
        (await shop.call('POST', `/v1/orders/${id}/cancel`, {})).status === 200;
      await pWaitFor(isCancelled, { interval: 500, timeout: RECOVERY_MS });
    }
    await shop.gateway('POST', `/payments/${pending.paymentId}/capture`, {});
    await untilSettled(shop, pending.id, 'paid');
    await pWaitFor(() => lines.some((line) => line.startsWith('there is space again')));
  });

  it('keeps a stack from starting, in one line that says so', async () => {
    await stack?.stop();
    stack = undefined;
    disk.fill();
    const error = await start().catch((reason: unknown) => reason);
    assert(error instanceof NoSpaceError, String(error));
    assert.match(error.message, /^There is no space left on the disk of .*: free some; /);
    assert.doesNotMatch(error.message, ADVICE_FOR_DAMAGE);
    disk.free();
    stack = await start();
    const [id = ''] = accepted;
    assert.equal((await shopOn(stack).call('GET', `/v1/orders/${id}`)).status, 200);
  });
});

/** What Temporal answers is of no interest, only that its file has to grow. */
async function growTemporal(stack: Stack | undefined): Promise<void> {
  assert(stack);
  const connection = await Connection.connect({ address: stack.temporalAddress });
  const client = new Client({ connection, namespace: stack.temporalNamespace });
  const start = () =>
    client.workflow.start('large', {
      taskQueue: 'nobody',
      workflowId: `large-${randomUUID()}`,
      args: ['x'.repeat(50_000)],
    });
  await client.withDeadline(Date.now() + 2_000, () =>
    Promise.allSettled(Array.from({ length: 20 }, start)),
  );
  await connection.close();
}

/** Makes its write-ahead log grow, until there is no space for the next file of it. */
async function endDatabaseByItsLog(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    for (;;) {
      await client.query('select pg_switch_wal()');
      await client.query("select pg_logical_emit_message(true, 'full', repeat('x', 200000))");
    }
  } catch {
    // The server has ended, and the connection with it.
  } finally {
    await client.end().catch(() => {});
  }
}
