/**
 * Delivers orphaned events by itself once their order is there. It repeats nothing that could count
 * twice: a delivery carries the id that its event first came under.
 */
import { failpoint } from '../../process/failpoints.ts';
import { findOrphans, markRedelivered } from '../../store/parked-events.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { OrchestratorUnavailable, UnknownOrder } from '../problems/orchestrator-errors.ts';
import { deliverMessage } from './deliver.ts';
import { orphanOf, type ParkingReason } from './park.ts';

/** As long as Stripe repeats a webhook; an order that is not there by then is not coming. */
const ORPHAN_RETRY_WINDOW_MS = 72 * 60 * 60 * 1_000;
/** The rest follows in the next round. */
const BATCH = 100;

type RedriveDependencies = Pick<
  ApiDependencies,
  'database' | 'orders' | 'inFlightDeliveries' | 'log'
>;

/** Each call looks at the next orphans, so that hopeless ones never keep the others waiting. */
export function createRedrive(dependencies: RedriveDependencies): () => Promise<void> {
  let lastId: string | null = null;
  return async () => {
    const orphans = await findOrphans(dependencies.database, {
      reason: 'event_orphaned' satisfies ParkingReason,
      youngerThanMs: ORPHAN_RETRY_WINDOW_MS,
      afterId: lastId,
      limit: BATCH,
    });
    for (const orphan of orphans) await deliverOrphan(dependencies, orphan);
    lastId = orphans.length < BATCH ? null : (orphans.at(-1)?.id ?? null);
  };
}

async function deliverOrphan(
  dependencies: RedriveDependencies,
  parked: { id: string; gateway: string; reason: string; body: Buffer },
): Promise<void> {
  const message = orphanOf(parked);
  if (message === null) return;
  const { database, log } = dependencies;
  try {
    const { orderId } = await deliverMessage(dependencies, parked.gateway, message);
    failpoint('orphan.afterSignalBeforeMark');
    await markRedelivered(database, parked.id);
    log.info({ order_id: orderId, event_id: message.eventId }, 'orphaned event delivered');
  } catch (error) {
    if (error instanceof UnknownOrder) return;
    if (error instanceof OrchestratorUnavailable) throw error;
    log.error({ err: error, event_id: message.eventId }, 'orphaned event not delivered');
  }
}
