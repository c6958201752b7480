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
import { createOrderClient, GOES_ON_FROM } from '../api/temporal/order-client.ts';
import { createOrderRuns } from '../api/temporal/order-runs.ts';
import { ORDERS, type OrderRun } from '../api/temporal/runs.ts';
import type { Database } from '../store/database.ts';
import { noteLostRun } from '../store/orders/lost-runs.ts';
import { SCAN_START, scanOpenOrders } from '../store/orders/open-orders.ts';
import { loadRecord } from '../store/orders/record.ts';

/** Each is some five small calls to Temporal; more at once would only wait for each other there. */
const AT_ONCE = 20;
const PAGE = 500;
/** A call has some seconds; the pauses between these tries come to a quarter of a minute. */
const RETRIES = 4;

/** Temporal itself would say that its history service has ended the run, and nothing of a backup. */
const PUT_BACK = { how: 'terminated', endedBy: null, reason: 'put back from a backup' } as const;

const REASON = 'Payonce: put back from a backup; the order goes on from its record';

export interface GoneOn {
  /** Orders that have a new run. */
  begun: number;
  /** Runs that were open and were ended. */
  ended: number;
  /** Orders that have a run and no record: they began after the moment that the database was put back to. */
  withoutRecord: string[];
}

interface KnownRun extends OrderRun {
  isOpen: boolean;
  /** The run of before, whose signals it was to be sent. */
  goesOnFrom: string | undefined;
}

interface Dependencies {
  database: Database;
  client: Client;
  /** Told how many orders are done, now and then. */
  onProgress(done: number): void;
  /** Told of an order before its run is ended. */
  onWithoutRecord(orderId: string): void;
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
  onWithoutRecord,
}: Dependencies): Promise<GoneOn> {
  const startedAt = new Date();
  const orders = createOrderClient({ client, ledgerOf: (id) => loadRecord(database, id) });
  const runs = createOrderRuns(client);
  const seenTo = new Set<string>();
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

  /** @throws the first error once all others are seen to: nothing goes on behind it */
  async function seeToAll(ids: readonly string[]): Promise<void> {
    const limit = pLimit(AT_ONCE);
    const ended = await Promise.allSettled(
      ids.map((id) =>
        limit(async () => {
          await pRetry(() => seeTo(id), { retries: RETRIES });
          seenTo.add(id);
        }),
      ),
    );
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
    onProgress(seenTo.size);
  }

  async function seeTo(orderId: string): Promise<void> {
    // What a try that failed has begun is ended again; what that run has, and what it was not sent yet, is sent on.
    const run = await readRun({ orderId });
    const ledger = await loadRecord(database, orderId);
    if (ledger === null) {
      // Told before: where this breaks off, the next try does not find it any more.
      onWithoutRecord(orderId);
      result.withoutRecord.push(orderId);
      if (run?.isOpen) await end(run);
      return;
    }
    const sources = await withRunsBefore(run);
    // In one step, as an order that is at rest in its record is found by its open run alone.
    await orders.replaceRun(ledger, run?.runId);
    if (run?.isOpen) {
      result.ended += 1;
      await noteLostRun(database, orderId, { ...PUT_BACK, runId: run.runId });
    }
    result.begun += 1;
    // In this order: what callers asked for is found again under its key, and the gateway has the last word.
    const sent = new Set<string>();
    for (const source of sources) await handOverSignals({ database, orders, runs }, source, sent);
    const id = `put-back-${startedAt.getTime()}`;
    await orders.signal(orderId, 'sync', { id, source: 'operator', wasPutBack: true });
  }

  /** Oldest first: the run, the one whose signals it was to be sent, and so on. */
  async function withRunsBefore(run: KnownRun | null): Promise<OrderRun[]> {
    const found: KnownRun[] = [];
    for (let next = run; next !== null; ) {
      found.unshift(next);
      const { orderId, goesOnFrom: runId } = next;
      next = runId === undefined ? null : await readRun({ orderId, runId });
    }
    return found;
  }

  async function readRun({
    orderId,
    runId: asked,
  }: Pick<OrderRun, 'orderId'> & Partial<OrderRun>): Promise<KnownRun | null> {
    try {
      const { runId, closeTime, memo } = await client.workflow.getHandle(orderId, asked).describe();
      return { orderId, runId, isOpen: closeTime === undefined, goesOnFrom: goesOnFromIn(memo) };
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

function goesOnFromIn(memo: Record<string, unknown> | undefined): string | undefined {
  const runId = memo?.[GOES_ON_FROM];
  return typeof runId === 'string' ? runId : undefined;
}
