/** Asks the orders that lack what a report shows for the gateway's truth, also those that have closed. */
import { randomUUID } from 'node:crypto';
import {
  type Difference,
  differencesToSync,
  judgeAgain,
  markSynced,
} from '../../store/settlements/differences.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { type Sender, submit } from '../orders/submit.ts';
import { problemOf } from '../problems/errors.ts';

/** What one request asks for; the next one goes on. A lost day of webhooks must not become a flood of calls. */
const MOST_AT_ONCE = 200;
const AT_THE_SAME_TIME = 8;

/** How long to wait for the answers, and who wants them. */
type Asking = Pick<Sender, 'waitMs' | 'caller'>;

/**
 * Answers how many were asked. Waits for their answers for `waitMs` at most, and judges again then.
 *
 * @throws OrchestratorUnavailable when Temporal cannot be reached; the next request goes on.
 */
export async function syncOrders(
  dependencies: ApiDependencies,
  gateway: string,
  { waitMs, caller }: Asking,
): Promise<number> {
  const { database, books } = dependencies;
  const differences = await differencesToSync(database, gateway, MOST_AT_ONCE);
  if (differences.length === 0) return 0;
  const deadlineAt = Date.now() + waitMs;
  const queue = [...differences];
  const work = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift())
      await ask(dependencies, next, { waitMs: Math.max(0, deadlineAt - Date.now()), caller });
  };
  await Promise.all(Array.from({ length: AT_THE_SAME_TIME }, work));
  await judgeAgain(database, gateway, books.terms);
  return differences.length;
}

async function ask(
  dependencies: ApiDependencies,
  { id, orderId }: Difference,
  asking: Asking,
): Promise<void> {
  if (orderId === null) return;
  const sender = { commandId: randomUUID(), idempotencyKey: null, ...asking };
  try {
    await submit(dependencies, sender, { orderId, name: 'sync', payload: {} });
  } catch (error) {
    const { code, status } = problemOf(error);
    if (code === 'orchestrator_unavailable') throw error;
    // An order that has nothing to ask about, or is gone: the difference stays open for a person. So it does for an order
    // that fails in any other way, as that one would keep all others from being asked.
    if (status >= 500)
      dependencies.log.error(
        { err: error, order_id: orderId },
        'an order could not be asked to sync',
      );
  }
  await markSynced(dependencies.database, [id]);
}
