/**
 * Sends a command to an order and waits for its outcome. The order decides; nothing here guesses an
 * outcome, and a wait that ends without one says so.
 */
import { failpoint } from '../failpoints.ts';
import { readOutcome, type StoredEvent } from '../store/order-events.ts';
import { readOrder, type StoredOrder } from '../store/orders.ts';
import type { SignalName, SignalPayloads } from '../workflows/messages.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { Problem } from './problem.ts';
import { isProblemCode } from './problem-table.ts';
import type { ApiRequest } from './route.ts';

type CommandName = Exclude<SignalName, 'webhook'>;
/** Of a request, what its command needs. */
export type Sender = Pick<
  ApiRequest<unknown, unknown, unknown>,
  'commandId' | 'idempotencyKey' | 'waitMs'
>;

/** The outcome record of a command; null when it did not come within the caller's wait. */
export type CommandOutcome = StoredEvent | null;

/** @throws Problem `order_not_found` */
export async function requireOrder(
  { database }: ApiDependencies,
  id: string,
): Promise<StoredOrder> {
  const order = await readOrder(database, id);
  if (order === null) throw new Problem('order_not_found');
  return order;
}

/**
 * Signals the order and waits.
 *
 * @throws Problem with the order's reason when it refused the command.
 */
export async function submit<N extends CommandName>(
  { database, feed, orders }: ApiDependencies,
  { commandId, idempotencyKey, waitMs }: Sender,
  command: { orderId: string; name: N; payload: Omit<SignalPayloads[N], 'id'> },
): Promise<CommandOutcome> {
  const { orderId, name } = command;
  const payload = { ...command.payload, id: commandId } as SignalPayloads[N];
  const stopWaiting = new AbortController();
  const deadlineAt = Date.now() + waitMs;
  const nextChange = (): Promise<boolean> =>
    feed.next(orderId, Math.max(0, deadlineAt - Date.now()), stopWaiting.signal);
  try {
    // Listening begins before anything is read or sent, so that no change goes unheard.
    let change = nextChange();
    const known = idempotencyKey && (await readOutcome(database, orderId, commandId));
    if (known) return accepted(known);
    await orders.signal(orderId, name, payload);
    failpoint('command.afterSignalBeforeAnswer');
    for (;;) {
      const hasChanged = await change;
      change = nextChange();
      const outcome = await readOutcome(database, orderId, commandId);
      if (outcome !== null) return accepted(outcome);
      if (!hasChanged) return null;
    }
  } finally {
    stopWaiting.abort();
  }
}

/** Whether the gateway has yet to say what became of it. */
export function isUnsettled(outcome: CommandOutcome): boolean {
  return outcome?.answer?.unsettled ?? outcome === null;
}

function accepted(outcome: StoredEvent): StoredEvent {
  if (outcome.outcome !== 'rejected') return outcome;
  const code = outcome.answer?.code ?? '';
  if (isProblemCode(code)) throw new Problem(code);
  throw new Problem('internal_error', { cause: new Error(`order refused with ${outcome.reason}`) });
}
