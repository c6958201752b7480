/**
 * After the database was put back, or Temporal, or both to different moments: what runs know and what the records have
 * differ, in either direction. So each run is ended, and each order that is not at rest gets a new one that begins from
 * its record, is sent what the ended run knew and the record does not, and asks the gateway for the present truth.
 *
 * It is done before workers and APIs run: a run that acts on what it knew would write over the older record, and what
 * it had granted and issued since would stay lost.
 */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import pLimit from 'p-limit';
import pRetry from 'p-retry';
import { handOverSignals } from '../api/temporal/hand-over-signals.ts';
import { createOrderClient } from '../api/temporal/order-client.ts';
import { createOrderRuns } from '../api/temporal/order-runs.ts';
import { ORDERS, type OrderRun } from '../api/temporal/runs.ts';
import type { Database } from '../store/database.ts';
import { SCAN_START, scanOpenOrders } from '../store/orders/open-orders.ts';
import { loadRecord } from '../store/orders/record.ts';

/** Each is some five small calls to Temporal; more at once would only wait for each other there. */
const AT_ONCE = 20;
const PAGE = 500;
/** A call has some seconds; the pauses between these tries come to a quarter of a minute. */
const RETRIES = 4;

const REASON = 'Payonce: put back from a backup; the order goes on from its record';

export interface GoneOn {
  /** Orders that have a new run. */
  begun: number;
  /** Runs that were open and were ended. */
  ended: number;
  /** Orders that have a run and no record: they began after the moment that the database was put back to. */
  withoutRecord: string[];
}

interface Dependencies {
  database: Database;
  client: Client;
  /** Told how many orders are done, now and then. */
  onProgress(done: number): void;
}

/**
 * May be done again, as after an error.
 *
 * @throws Error when Temporal or the database does not answer; then some orders may not have been seen to
 */
export async function goOnFromRecords({
  database,
  client,
  onProgress,
}: Dependencies): Promise<GoneOn> {
  const startedAt = new Date();
  const orders = createOrderClient({ client, ledgerOf: (id) => loadRecord(database, id) });
  const runs = createOrderRuns(client);
  const seenTo = new Set<string>();
  /** Runs of orders that failed in between, oldest first: the next try hands over what each of them has. */
  const tried = new Map<string, OrderRun[]>();
  const result: GoneOn = { begun: 0, ended: 0, withoutRecord: [] };
  await seeToOpenOrders();
  await seeToOtherRuns();
  return result;

  async function seeToOpenOrders(): Promise<void> {
    let after = SCAN_START;
    for (;;) {
      const found = await scanOpenOrders(database, { after, limit: PAGE, olderThanMs: 0 });
      await seeToAll(found.map(({ id }) => id));
      const last = found.at(-1);
      if (last === undefined || found.length < PAGE) return;
      after = last;
    }
  }

  /** Of orders that the record has at rest, or not at all. */
  async function seeToOtherRuns(): Promise<void> {
    const query = `${ORDERS} AND ExecutionStatus IN ('Running', 'Paused') AND StartTime < '${startedAt.toISOString()}'`;
    const others: string[] = [];
    for await (const { workflowId } of client.workflow.list({ query }))
      if (!seenTo.has(workflowId)) others.push(workflowId);
    await seeToAll(others);
  }

  async function seeToAll(ids: readonly string[]): Promise<void> {
    await pLimit(AT_ONCE).map(ids, async (id) => {
      await pRetry(() => seeTo(id), { retries: RETRIES });
      tried.delete(id);
      seenTo.add(id);
    });
    onProgress(seenTo.size);
  }

  async function seeTo(orderId: string): Promise<void> {
    // What a first try has begun is ended again; what that run has, and what it had not been sent yet, is sent on.
    const run = await latestRun(orderId);
    if (run?.isOpen) await end(run);
    const sources = new Map(tried.get(orderId)?.map((earlier) => [earlier.runId, earlier]));
    if (run !== null) sources.set(run.runId, run);
    tried.set(orderId, [...sources.values()]);
    const ledger = await loadRecord(database, orderId);
    if (ledger === null) {
      result.withoutRecord.push(orderId);
      return;
    }
    await orders.restart(ledger);
    result.begun += 1;
    // In this order: what callers asked for is found again under its key, and the gateway has the last word.
    for (const source of sources.values())
      await handOverSignals({ database, orders, runs }, source);
    const id = `put-back-${startedAt.getTime()}`;
    await orders.signal(orderId, 'sync', { id, source: 'operator', wasPutBack: true });
  }

  async function latestRun(orderId: string): Promise<(OrderRun & { isOpen: boolean }) | null> {
    try {
      const { runId, closeTime } = await client.workflow.getHandle(orderId).describe();
      return { orderId, runId, isOpen: closeTime === undefined };
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      throw error;
    }
  }

  async function end({ orderId, runId }: OrderRun): Promise<void> {
    try {
      await client.workflow.getHandle(orderId, runId).terminate(REASON);
      result.ended += 1;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}
