/**
 * Starts orders whose row is there and whose workflow is not: Temporal was away when they were made, or
 * the process died in between. Any number of processes may sweep; a start repeated is a start ignored.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { findUnstarted } from '../store/orders.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { startOrder } from './create-order.ts';

/** Seldom enough to cost nothing, often enough that nobody waits for an order to begin. */
const INTERVAL_MS = 3_000;
/** A younger order is still being started by the request that made it. */
const OLDER_THAN_MS = 5_000;
/** After an outage the rest follows in the next round. */
const BATCH = 100;

/** Sweeps until the signal is given; resolves after the round under way. */
export async function sweep(
  dependencies: Pick<ApiDependencies, 'database' | 'orders' | 'log'>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await startUnstarted(dependencies).catch((error: unknown) => {
      dependencies.log.warn({ err: error }, 'orders could not be started; tried again soon');
    });
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

async function startUnstarted(
  dependencies: Pick<ApiDependencies, 'database' | 'orders' | 'log'>,
): Promise<void> {
  const unstarted = await findUnstarted(dependencies.database, {
    olderThanMs: OLDER_THAN_MS,
    limit: BATCH,
  });
  for (const order of unstarted) {
    await startOrder(dependencies, order);
    dependencies.log.info({ order_id: order.id }, 'order started by the sweeper');
  }
}
