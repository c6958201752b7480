/**
 * What an ended run was sent and never wrote down, for want of a worker or behind a backlog, is the next run's: the
 * order's record says which signals it knows, and the others are sent again.
 */
import type { Database } from '../../store/database.ts';
import { knownEvents } from '../../store/orders/open-orders.ts';
import type { OrderClient } from './order-client.ts';
import type { OrderRuns } from './order-runs.ts';
import type { HistorySignal } from './run-signals.ts';
import type { OrderRun } from './runs.ts';

/**
 * Signals of an ended run are sent again one after the other, as they came. Of a backlog some are sent at once, as it
 * came from many callers and other orders wait.
 */
const MOST_IN_ORDER = 100;
const SIGNALS_AT_ONCE = 20;
/** Of an ended run, looked up together. A run takes its signals up in their order: behind so many known, all are. */
const SIGNALS_LOOKED_UP = 100;

export interface HandOverDependencies {
  database: Database;
  orders: Pick<OrderClient, 'deliverAgain'>;
  runs: Pick<OrderRuns, 'signalsOf'>;
}

/**
 * To the order's present run, which is open. Temporal drops what several processes hand over at the same time.
 *
 * @param sent ids of events that were handed over from an earlier run, which is added to
 */
export async function handOverSignals(
  dependencies: HandOverDependencies,
  run: OrderRun,
  sent = new Set<string>(),
): Promise<void> {
  const unknown = (await unknownSignals(dependencies, run)).filter(
    ({ eventId }) => eventId === undefined || !sent.has(eventId),
  );
  for (const { eventId } of unknown) if (eventId !== undefined) sent.add(eventId);
  const atOnce = unknown.length > MOST_IN_ORDER ? SIGNALS_AT_ONCE : 1;
  for (let i = 0; i < unknown.length; i += atOnce)
    await Promise.all(
      unknown
        .slice(i, i + atOnce)
        .map((signal) => dependencies.orders.deliverAgain(run.orderId, signal)),
    );
}

/** Oldest first. Read from the end, as most of a long history is known. */
async function unknownSignals(
  { database, runs }: HandOverDependencies,
  run: OrderRun,
): Promise<HistorySignal[]> {
  const found: HistorySignal[] = [];
  for await (const signals of inLots(runs.signalsOf(run), SIGNALS_LOOKED_UP)) {
    const ids = signals.flatMap(({ eventId }) => eventId ?? []);
    const known = await knownEvents(database, run.orderId, ids);
    const unknown = signals.filter(({ eventId }) => eventId === undefined || !known.has(eventId));
    if (unknown.length === 0) break;
    found.push(...unknown);
  }
  return found.reverse();
}

async function* inLots<T>(all: AsyncIterable<T>, size: number): AsyncGenerator<T[], void> {
  let lot: T[] = [];
  for await (const one of all) {
    lot.push(one);
    if (lot.length < size) continue;
    yield lot;
    lot = [];
  }
  if (lot.length > 0) yield lot;
}
