/**
 * Sees to it that every order that is not at rest has a run. Temporal's own commands (terminate, delete, reset) and
 * the loss of its store leave orders without one, and nothing else would ever wake them. A run that no replay follows
 * is as good as none: see mend-stuck-runs.ts.
 *
 * Suspects come from four places, each bounded at any number of orders: runs that were ended from outside lately,
 * orders past their deadline, a scan of all open orders in small steps, and the same scan at full speed when
 * Temporal has fewer open runs than the database has open orders. A suspect is looked at exactly, its record is
 * read after that, and its new run begins from the record: Temporal allows one open run of an order, so any number
 * of processes may do this at the same time.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Ledger } from '../../domain/ledger.ts';
import { type LostRun, noteLostRun } from '../../store/orders/lost-runs.ts';
import {
  countOpenOrders,
  findPastDeadline,
  loadOpenLedger,
  SCAN_START,
  type ScanPosition,
  scanOpenOrders,
  stillOpen,
} from '../../store/orders/open-orders.ts';
import { actOnEach } from './act-on-each.ts';
import { handOverSignals } from './hand-over-signals.ts';
import { createRunMender, type MenderDependencies } from './mend-stuck-runs.ts';
import type { LastRun, OrderRuns } from './order-runs.ts';
import type { OrderRun } from './runs.ts';

/** A terminated run is found within this time and the moment that visibility takes. */
const INTERVAL_MS = 5_000;
/** A younger order is still being started, or is not in visibility yet. */
const OLDER_THAN_MS = 10_000;
/** A worker that is alive and free takes up a timer within a second. */
const PAST_DEADLINE_MS = 30_000;
/** How far back the first look goes: while all APIs were down, no look was taken. */
const FIRST_LOOK_BACK_MS = 60 * 60_000;
/** Visibility may learn of a close late, so each look overlaps the one before. */
const OVERLAP_MS = 60_000;
/** One page of Temporal's. What does not fit into it is found by the scan at full speed. */
const MOST_ENDED = 1_000;
const BATCH = 500;
/** In quiet times: 400 orders a second for each process, in four small queries on either side. */
const BATCHES_PER_ROUND = 4;
/** Counting reads the index of all open orders: half a second of PostgreSQL for a million. */
const COUNT_INTERVAL_MS = 20_000;
/** Enough to restart some hundred orders a second, and no burst that callers would notice. */
const SEEN_TO_AT_ONCE = 20;
/** Ended runs that were seen to, so that the overlap costs nothing. */
const MOST_REMEMBERED = 10_000;

export type ReaperDependencies = MenderDependencies & {
  runs: OrderRuns;
};

/** Reaps until the signal is given; resolves after the round under way. */
export async function reap(dependencies: ReaperDependencies, signal: AbortSignal): Promise<void> {
  const round = createReaper(dependencies);
  while (!signal.aborted) {
    await round(signal).catch((error: unknown) => {
      dependencies.log.warn(
        { err: error },
        'orders without a run not looked for; tried again soon',
      );
    });
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

/** One round of it, for a process that remembers where the round before ended. */
export function createReaper(
  dependencies: ReaperDependencies,
): (signal: AbortSignal) => Promise<void> {
  const { database, orders, runs, metrics, log } = dependencies;
  const mendStuckRuns = createRunMender(dependencies);
  const seenTo = new LRUCache<string, true>({ max: MOST_REMEMBERED });
  /** Found without a run, and not restarted yet. */
  const withoutRun = new Set<string>();
  let endedSince = Date.now() - FIRST_LOOK_BACK_MS;
  let countedAt = 0;
  let isScanUrgent = false;
  let scanned = SCAN_START;
  let pastDeadline = SCAN_START;

  return async (signal) => {
    const steps = [
      () => restartAll([...withoutRun]),
      lookAtEndedRuns,
      compareCounts,
      lookAtPastDeadline,
      () => scan(signal),
      mendStuckRuns,
      async () => metrics.runsPaused(await runs.countPaused()),
    ];
    const failures: unknown[] = [];
    // Each by itself: what one of them cannot do must not keep the others from finding orders.
    for (const step of steps) await step().catch((error: unknown) => failures.push(error));
    metrics.runsMissing(withoutRun.size);
    if (failures.length > 0) throw failures[0];
  };

  async function lookAtEndedRuns(): Promise<void> {
    const lookedAt = Date.now();
    const ended = await runs.endedByForce(endedSince, MOST_ENDED);
    if (ended.length === MOST_ENDED) isScanUrgent = true;
    const unseen = ended.filter(({ runId }) => !seenTo.has(runId));
    const open = new Set(
      await stillOpen(
        database,
        unseen.map(({ orderId }) => orderId),
      ),
    );
    await each(unseen, async (run) => {
      if (open.has(run.orderId)) await seeTo(run);
      seenTo.set(run.runId, true);
    });
    // One that could not be seen to is looked at again, for an hour at most.
    const areAllSeenTo = unseen.every(({ runId }) => seenTo.has(runId));
    const backMs = areAllSeenTo ? OVERLAP_MS : FIRST_LOOK_BACK_MS;
    endedSince = Math.max(endedSince, lookedAt - backMs);
  }

  async function seeTo(run: OrderRun): Promise<void> {
    const end = await runs.endOf(run);
    if (end.how === 'reset') await compareWithRecord(run);
    else {
      await restart(run.orderId);
      await handOverSignals(dependencies, run);
    }
    // Also where a signal has begun the next run before. One whose history is gone is known by the run in its place.
    if (end.how !== 'missing') await keep(run.orderId, async () => ({ ...end, runId: run.runId }));
  }

  /**
   * A reset run knows what the order knew at an earlier time, and waits for deadlines of that time. An event makes
   * it write, and so find the record and go on from there. The id makes the same notice of several processes one.
   */
  async function compareWithRecord({ orderId, runId }: OrderRun): Promise<void> {
    await orders.signal(orderId, 'verify', { id: `reset-${runId}`, source: 'operator' });
    log.warn({ order_id: orderId }, 'a run was reset; its order is compared with the record');
  }

  async function compareCounts(): Promise<void> {
    if (Date.now() - countedAt < COUNT_INTERVAL_MS) return;
    countedAt = Date.now();
    // In this order: an order that comes to rest in between is no order without a run.
    const openRuns = await runs.countOpen(countedAt - OLDER_THAN_MS);
    if ((await countOpenOrders(database, OLDER_THAN_MS)) > openRuns) isScanUrgent = true;
  }

  async function lookAtPastDeadline(): Promise<void> {
    const page = { byMs: PAST_DEADLINE_MS, after: pastDeadline, limit: BATCH };
    const found = await findPastDeadline(database, page);
    pastDeadline = nextPosition(found);
    await restartMissing(found);
  }

  async function scan(signal: AbortSignal): Promise<void> {
    const isWhole = isScanUrgent;
    if (isWhole) scanned = SCAN_START;
    for (let batches = 0; isWhole || batches < BATCHES_PER_ROUND; batches += 1) {
      if (signal.aborted) return;
      const page = { after: scanned, limit: BATCH, olderThanMs: OLDER_THAN_MS };
      const found = await scanOpenOrders(database, page);
      // Before anything can fail, so that no page is looked at for ever.
      scanned = nextPosition(found);
      await restartMissing(found);
      if (scanned === SCAN_START) break;
    }
    isScanUrgent = false;
  }

  async function restartMissing(found: readonly ScanPosition[]): Promise<void> {
    const open = await runs.openAmong(found.map(({ id }) => id));
    await restartAll(found.filter(({ id }) => !open.has(id)).map(({ id }) => id));
  }

  function restartAll(ids: readonly string[]): Promise<void> {
    // Several processes find the same orders, and each begins with others: who comes second has nothing to do.
    const first = Math.floor(Math.random() * ids.length);
    return each([...ids.slice(first), ...ids.slice(0, first)], restart);
  }

  /** The record is read after the look at the run: what is still open then was not closed by that run. */
  async function restart(orderId: string): Promise<void> {
    const last = await runs.lastRun(orderId);
    const ledger = last?.isOpen ? null : await loadOpenLedger(database, orderId);
    if (ledger !== null) {
      withoutRun.add(orderId);
      await begin(ledger);
      metrics.runRestarted();
      log.warn({ order_id: orderId }, 'an order had no run; it goes on from its record');
    }
    withoutRun.delete(orderId);
    if (ledger !== null) await keep(orderId, () => lostRunOf(orderId, last));
  }

  /** For whoever reads the order, which goes on whether it can be written down or not. */
  async function keep(orderId: string, lost: () => Promise<LostRun>): Promise<void> {
    try {
      await noteLostRun(database, orderId, await lost());
    } catch (err) {
      log.warn({ err, order_id: orderId }, 'why a run was begun again could not be kept');
    }
  }

  /** One that is gone from Temporal is known by the run that was begun in its place, the same for all processes. */
  async function lostRunOf(orderId: string, last: LastRun | null): Promise<LostRun> {
    if (last !== null) {
      const { runId } = last;
      return { ...(await runs.endOf({ orderId, runId })), runId };
    }
    const begun = await runs.lastRun(orderId);
    return { runId: begun?.runId ?? '', how: 'missing', endedBy: null, reason: null };
  }

  /** One order that cannot be seen to keeps no other waiting; where none can, the rest is left for later. */
  async function each<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
    const reasons = await actOnEach(all, SEEN_TO_AT_ONCE, act);
    for (const err of reasons) log.error({ err }, 'an order without a run could not be started');
  }

  /** Deadlines are in the record. What only the lost run received from the gateway is synced again. */
  async function begin(ledger: Ledger): Promise<void> {
    const { terms, revision, poll, attempts } = ledger;
    const isOpenAtGateway = poll !== null && attempts.length > 0;
    if (!isOpenAtGateway) return orders.restart(ledger);
    const message = { id: `lost-run-${revision}`, source: 'operator' } as const;
    return orders.signal(terms.orderId, 'verify', message);
  }
}

/** A page that is not full is the last one: the next round begins anew. */
function nextPosition(found: readonly ScanPosition[]): ScanPosition {
  const last = found.at(-1);
  return last === undefined || found.length < BATCH ? SCAN_START : last;
}
