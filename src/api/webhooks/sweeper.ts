/**
 * Starts orders whose row is there and whose workflow is not, because Temporal was away or the process
 * died in between, hands over what came before its order, and erases personal data of orders that needed them until
 * now. Any number of processes may sweep: what two of them do at once is done once.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { findUnstarted } from '../../store/orders/orders.ts';
import { continueErasures } from '../../store/orders/personal-data.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { startOrder } from '../orders/create-order.ts';
import { createRedrive } from './redrive.ts';

/** Seldom enough to cost nothing, often enough that no customer waits for an order to begin. */
const INTERVAL_MS = 3_000;
/** A younger order is still being started by the request that made it. */
const OLDER_THAN_MS = 5_000;
/** After an outage the rest follows in the next round. */
const BATCH = 100;

/** Sweeps until the signal is given; resolves after the round under way. */
export async function sweep(
  dependencies: Pick<
    ApiDependencies,
    'database' | 'orders' | 'starts' | 'inFlightDeliveries' | 'log'
  >,
  signal: AbortSignal,
): Promise<void> {
  const redrive = createRedrive(dependencies);
  while (!signal.aborted) {
    await startUnstarted(dependencies).catch((error: unknown) => {
      dependencies.log.warn({ err: error }, 'orders could not be started; tried again soon');
    });
    await redrive().catch((error: unknown) => {
      dependencies.log.warn({ err: error }, 'orphaned events wait on; tried again soon');
    });
    await continueErasures(dependencies.database).catch((error: unknown) => {
      dependencies.log.warn({ err: error }, 'personal data wait to be erased; tried again soon');
    });
    await sleep(INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

async function startUnstarted(
  dependencies: Pick<ApiDependencies, 'database' | 'orders' | 'starts' | 'log'>,
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
