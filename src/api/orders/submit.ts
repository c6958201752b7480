/**
 * Sends a command to an order and waits for its outcome. The order decides; nothing here guesses an
 * outcome, and a wait that ends without one says so.
 */
import type { CommandAnswer } from '../../domain/events.ts';
import { failpoint } from '../../process/failpoints.ts';
import type { Database } from '../../store/database.ts';
import type { StoredEvent } from '../../store/orders/order-events.ts';
import {
  type OrderWithOutcome,
  readOrderWithOutcome,
} from '../../store/orders/order-with-outcome.ts';
import { readOrder, type StoredOrder } from '../../store/orders/orders.ts';
import type { SignalName, SignalPayloads } from '../../workflows/inbox/messages.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import type { Answer, ApiRequest, Caller } from '../http/route.ts';
import { Problem } from '../problems/problem.ts';
import { isProblemCode, type ProblemCode, problemEntry } from '../problems/problem-table.ts';
import { orderAnswer, orderPathOf } from './represent-order.ts';

type CommandName = Exclude<SignalName, 'webhook'>;
/** Of a request, what its command needs. */
export type Sender = Pick<
  ApiRequest<unknown, unknown, unknown>,
  'commandId' | 'idempotencyKey' | 'waitMs'
> & { caller: Pick<Caller, 'actor'> };

/** What customers do is not decided by whose key brings it. */
const OF_CUSTOMERS: ReadonlySet<CommandName> = new Set<CommandName>(['pay', 'verify']);

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
  dependencies: ApiDependencies,
  { commandId, idempotencyKey, waitMs, caller }: Sender,
  command: { orderId: string; name: N; payload: Omit<SignalPayloads[N], 'id' | 'actor'> },
): Promise<OrderWithOutcome> {
  const { database, orders } = dependencies;
  const { orderId, name } = command;
  return untilOutcome(dependencies, { orderId, waitMs }, async () => {
    const { id, known } = idempotencyKey
      ? await readKnown(database, orderId, commandId)
      : { id: commandId, known: null };
    if (known !== null) return known;
    const actor = OF_CUSTOMERS.has(name) ? {} : { actor: caller.actor };
    const payload = { ...command.payload, ...actor, id } as SignalPayloads[N];
    await orders.signal(orderId, name, payload);
    failpoint('command.afterSignalBeforeAnswer');
    return id;
  });
}

/**
 * Sends a command and waits for its outcome, at most so long.
 *
 * @param send gives the command's id, or its outcome where that is known already
 * @throws Problem with the order's reason when it refused the command.
 */
export async function untilOutcome(
  dependencies: ApiDependencies,
  { orderId, waitMs }: { orderId: string; waitMs: number },
  send: () => Promise<string | OrderWithOutcome>,
): Promise<OrderWithOutcome> {
  const { database, feed } = dependencies;
  const stopWaiting = new AbortController();
  const deadlineAt = Date.now() + waitMs;
  const nextChange = (): Promise<boolean> =>
    feed.next(orderId, Math.max(0, deadlineAt - Date.now()), stopWaiting.signal);
  try {
    // Listening begins before anything is read or sent, so that no change is missed.
    let change = nextChange();
    const sent = await send();
    if (typeof sent !== 'string') return accepted(dependencies, sent);
    for (;;) {
      const hasChanged = await change;
      change = nextChange();
      const present = await readPresent(database, orderId, sent);
      if (present.outcome !== null || !hasChanged) return accepted(dependencies, present);
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

/**
 * What came of the command under its key before. An outcome that says "send it again" is none: the repeat is a
 * command of its own, whose id is derived from that outcome.
 */
async function readKnown(
  database: Database,
  orderId: string,
  commandId: string,
): Promise<{ id: string; known: OrderWithOutcome | null }> {
  let id = commandId;
  for (;;) {
    const present = await readPresent(database, orderId, id);
    const { outcome } = present;
    if (outcome === null) return { id, known: null };
    if (!isToBeSentAgain(outcome)) return { id, known: present };
    id = `${commandId}.${outcome.seq}`;
  }
}

function isToBeSentAgain({ outcome, answer }: StoredEvent): boolean {
  const { code = '' } = answer ?? {};
  return outcome === 'rejected' && isProblemCode(code) && problemEntry(code).status >= 500;
}

/** With the gateway's own code, or who decided, where it is known, before what there is to do. */
function detailOf(
  code: ProblemCode,
  { gatewayCode, decidedBy }: CommandAnswer,
  refusalReasons: Readonly<Record<string, string>>,
): { detail?: string } {
  if (decidedBy !== undefined)
    return { detail: `${decidedBy} has decided. ${problemEntry(code).advice}` };
  if (gatewayCode === undefined) return {};
  const meaning = Object.hasOwn(refusalReasons, gatewayCode)
    ? refusalReasons[gatewayCode]
    : undefined;
  const reason = meaning === undefined ? gatewayCode : `${gatewayCode}, ${meaning}`;
  return { detail: `The gateway's reason: ${reason}. ${problemEntry(code).advice}` };
}

function accepted({ gateways }: ApiDependencies, answered: OrderWithOutcome): OrderWithOutcome {
  const { outcome } = answered;
  if (outcome?.outcome !== 'rejected') return answered;
  const answer = outcome.answer ?? {};
  const { code = '' } = answer;
  const { refusalReasons = {} } = gateways[answered.order.view.gateway] ?? {};
  if (isProblemCode(code)) throw new Problem(code, detailOf(code, answer, refusalReasons));
  throw new Problem('internal_error', { cause: new Error(`order refused with ${outcome.reason}`) });
}
