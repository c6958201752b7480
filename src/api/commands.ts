/**
 * Sends a command to an order and waits for its outcome. The order decides; nothing here guesses an
 * outcome, and a wait that ends without one says so.
 */
import { failpoint } from '../failpoints.ts';
import type { Database } from '../store/database.ts';
import { type OrderWithOutcome, readOrderWithOutcome } from '../store/order-with-outcome.ts';
import { readOrder, type StoredOrder } from '../store/orders.ts';
import type { SignalName, SignalPayloads } from '../workflows/messages.ts';
import type { ApiDependencies } from './api-dependencies.ts';
import { Problem } from './problem.ts';
import { isProblemCode, type ProblemCode, problemEntry } from './problem-table.ts';
import { orderAnswer, orderPathOf } from './represent-order.ts';
import type { Answer, ApiRequest } from './route.ts';

type CommandName = Exclude<SignalName, 'webhook'>;
/** Of a request, what its command needs. */
export type Sender = Pick<
  ApiRequest<unknown, unknown, unknown>,
  'commandId' | 'idempotencyKey' | 'waitMs'
>;

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
 * Signals the order and waits. Answers the order with the outcome, which is null when it did not come
 * within the caller's wait.
 *
 * @throws Problem `order_not_found`, or with the order's reason when it refused the command.
 */
export async function submit<N extends CommandName>(
  { database, feed, orders }: ApiDependencies,
  { commandId, idempotencyKey, waitMs }: Sender,
  command: { orderId: string; name: N; payload: Omit<SignalPayloads[N], 'id'> },
): Promise<OrderWithOutcome> {
  const { orderId, name } = command;
  const payload = { ...command.payload, id: commandId } as SignalPayloads[N];
  const stopWaiting = new AbortController();
  const deadlineAt = Date.now() + waitMs;
  const nextChange = (): Promise<boolean> =>
    feed.next(orderId, Math.max(0, deadlineAt - Date.now()), stopWaiting.signal);
  try {
    // Listening begins before anything is read or sent, so that no change goes unheard.
    let change = nextChange();
    const known = idempotencyKey && (await readPresent(database, orderId, commandId));
    if (known && known.outcome !== null) return accepted(known);
    await orders.signal(orderId, name, payload);
    failpoint('command.afterSignalBeforeAnswer');
    for (;;) {
      const hasChanged = await change;
      change = nextChange();
      const present = await readPresent(database, orderId, commandId);
      if (present.outcome !== null || !hasChanged) return accepted(present);
    }
  } finally {
    stopWaiting.abort();
  }
}

/** Whether the gateway has yet to say what became of it. */
export function isUnsettled({ outcome }: OrderWithOutcome): boolean {
  return outcome?.answer?.unsettled ?? outcome === null;
}

/** The order, or what is known of it so far and where to look for the rest. */
export function answerWithOrder(answered: OrderWithOutcome): Answer {
  const { order } = answered;
  if (!isUnsettled(answered)) return orderAnswer(200, order);
  const answer = orderAnswer(202, order);
  const headers = { ...answer.headers, location: orderPathOf(order.id) };
  return { ...answer, headers, isUnsettled: true };
}

async function readPresent(
  database: Database,
  orderId: string,
  commandId: string,
): Promise<OrderWithOutcome> {
  const present = await readOrderWithOutcome(database, orderId, commandId);
  if (present === null) throw new Problem('order_not_found');
  return present;
}

/** With the gateway's own code, where there is one, before what there is to do. */
function detailOf(code: ProblemCode, gatewayCode: string | undefined): { detail?: string } {
  if (gatewayCode === undefined) return {};
  return { detail: `The gateway's reason: ${gatewayCode}. ${problemEntry(code).advice}` };
}

function accepted(answered: OrderWithOutcome): OrderWithOutcome {
  const { outcome } = answered;
  if (outcome?.outcome !== 'rejected') return answered;
  const { code = '', gatewayCode } = outcome.answer ?? {};
  if (isProblemCode(code)) throw new Problem(code, detailOf(code, gatewayCode));
  throw new Problem('internal_error', { cause: new Error(`order refused with ${outcome.reason}`) });
}
