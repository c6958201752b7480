/**
 * Reads what a run left once nothing moves any more: an event that Temporal took a moment ago is not
 * lost yet, and tables that are read while an order writes do not agree with each other.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Evidence } from '../evidence.ts';
import { findLostEvents } from './lost-events.ts';
import { type Remains, readRemains } from './remains.ts';

/** An order on a busy machine takes up what it was sent within some tenths of a second. */
const GLANCE_MS = 500;
/** Longer than an order that has lost its worker waits for another one. */
const STILL_FOR_MS = 4_000;
const STILL_WITHIN_MS = 30_000;

/** Waits no longer than everything may take to come to rest; what moves then is judged as it is. */
export async function readAtStandstill(evidence: Evidence): Promise<Remains> {
  const { faultsEndedAt, drainLimitMs } = evidence.settings;
  for (;;) {
    const remains = await readRemains(evidence);
    if (Date.now() > faultsEndedAt + drainLimitMs) return remains;
    const lost = await findLostEvents(remains);
    await sleep(GLANCE_MS);
    if (lost.length === 0 && !(await hasMoved(remains))) return remains;
  }
}

async function hasMoved({ evidence: { database }, orders }: Remains): Promise<boolean> {
  const read = [...orders.values()].reduce((total, { revision }) => total + revision, 0);
  return (await revisionsIn(database)) !== read;
}

/** Resolves when no order has written anything for some seconds, or some have after half a minute. */
export async function untilStill(database: pg.Pool): Promise<void> {
  const giveUpAt = Date.now() + STILL_WITHIN_MS;
  let [seen, since] = [await revisionsIn(database), Date.now()];
  while (Date.now() < Math.min(since + STILL_FOR_MS, giveUpAt)) {
    await sleep(GLANCE_MS);
    const now = await revisionsIn(database);
    if (now !== seen) [seen, since] = [now, Date.now()];
  }
}

/** Rises with everything that any order takes up. */
async function revisionsIn(database: pg.Pool): Promise<number> {
  const { rows } = await database.query<{ total: number }>(
    'select coalesce(sum(revision), 0)::float8 as total from orders',
  );
  return rows[0]?.total ?? 0;
}
