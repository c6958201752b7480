/** What of Temporal is checked before a restore ends the runs that it finds there. */
import type { Client } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import { listRuns, ORDERS, type OrderRun } from '../api/temporal/runs.ts';
import type { Database } from '../store/database.ts';
import { readHolder } from '../store/orchestrator-lease.ts';
import { newestRecord, recordedAmong } from '../store/orders/open-orders.ts';
import { TASK_QUEUE } from '../workflows/inbox/messages.ts';
import { BackupError } from './backup-folder.ts';

/** A worker that has nothing to do asks again after a minute, and Temporal lists one that is gone for five. */
const GONE_AFTER_MS = 70_000;
const GLANCE_MS = 1_000;
/** Enough to meet one that is known, where the namespace is this database's. */
const RUNS_LOOKED_AT = 1_000;
/** To each that is recorded: one whose start came through while its row was lost. */
const MOST_FOREIGN = 0.05;
/** Temporal's number for the queue of workflow tasks. */
const WORKFLOW_TASKS = 1;

interface Poller {
  identity: string;
  /** Epoch milliseconds. */
  askedAt: number;
}

/**
 * A worker that has been idle for some seconds has no connection to the database, and goes on with its runs all the
 * same. One that was stopped a moment ago looks no different until its next question is due.
 *
 * @throws BackupError where one is there
 */
export async function demandNoWorkers(
  client: Client,
  print: (line: string) => void,
): Promise<void> {
  const atFirst = await recentPollers(client);
  const [first] = atFirst;
  if (first === undefined) return;
  print(
    `Temporal has heard of ${names(atFirst)} within the last ${GONE_AFTER_MS / 1_000} seconds: waiting whether they ask again …`,
  );
  const startedAt = Math.max(...atFirst.map(({ askedAt }) => askedAt));
  await pWaitFor(
    async () => {
      const present = await recentPollers(client);
      const alive = present.filter(({ askedAt }) => askedAt > startedAt);
      if (alive.length > 0)
        throw new BackupError(
          `${names(alive)} ask Temporal for work: stop all workers first, and start them when the restore has ended`,
        );
      return present.length === 0;
    },
    { interval: GLANCE_MS },
  );
}

function names(pollers: readonly Poller[]): string {
  return `the workers ${pollers.map(({ identity }) => identity).join(', ')}`;
}

async function recentPollers(client: Client): Promise<Poller[]> {
  const { namespace } = client.options;
  const { pollers } = await client.workflowService.describeTaskQueue({
    namespace,
    taskQueue: { name: TASK_QUEUE },
    taskQueueType: WORKFLOW_TASKS,
  });
  return (pollers ?? [])
    .map(({ identity, lastAccessTime }) => ({
      identity: identity ?? '',
      askedAt: Number(lastAccessTime?.seconds ?? 0) * 1_000,
    }))
    .filter(({ askedAt }) => askedAt > Date.now() - GONE_AFTER_MS);
}

/**
 * Runs of orders in a namespace that never served this database are another installation's. In one that Payonce was moved
 * to since the backup, every order that began before the newest record has a record here; two shops may have some numbers
 * of orders in common.
 *
 * @throws BackupError where more than a few of its orders have none
 */
export async function demandOwnNamespace(
  client: Client,
  database: Pick<Database, 'pool'>,
): Promise<void> {
  const { namespace } = client.options;
  const { namespaceInfo } = await client.workflowService.describeNamespace({ namespace });
  const holder = await readHolder(database);
  if (holder?.namespaceId === namespaceInfo?.id) return;
  const newest = (await newestRecord(database)) ?? new Date(0);
  const began = `${ORDERS} AND StartTime < '${newest.toISOString()}'`;
  const [older, all] = await Promise.all(
    [began, ORDERS].map(async (query) => idsIn(await listRuns(client, query, RUNS_LOOKED_AT))),
  );
  const ids = new Set([...(older ?? []), ...(all ?? [])]);
  if (ids.size === 0) return;
  const recorded = await recordedAmong(database, [...ids]);
  const foreign = [...(older ?? [])].filter((id) => !recorded.has(id)).length;
  if (recorded.size > 0 && foreign <= recorded.size * MOST_FOREIGN) return;
  const served = holder ? `, which ${holder.place} served,` : '';
  throw new BackupError(
    `the namespace ${namespace} has runs of orders that this database${served} does not know: set TEMPORAL_ADDRESS and TEMPORAL_NAMESPACE to what serves this database, or to a namespace without orders`,
  );
}

function idsIn(runs: readonly OrderRun[]): Set<string> {
  return new Set(runs.map(({ orderId }) => orderId));
}
