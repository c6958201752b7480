/**
 * Hands a verified webhook to its order: finds the order, drops what it has on record, signals it.
 */
import type { EventMessage } from '../../gateways/gateway.ts';
import { orderOfPayment } from '../../store/orders/gateway-payments.ts';
import { readOutcome } from '../../store/orders/order-events.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { derivedId } from '../http/canonical-json.ts';
import { orderId as orderIdSchema } from '../http/request-schemas.ts';
import { UnknownOrder } from '../problems/orchestrator-errors.ts';

/** A webhook that is for an order. */
export type OrderMessage = Extract<EventMessage, { kind: 'fact' | 'ask' }>;

/** Signals take ids of up to 256 visible characters; anything else a gateway may sign is hashed. */
const SIGNAL_ID = /^[\x21-\x7e]{1,200}$/;

export function deliveryIdOf(gateway: string, eventId: string): string {
  return `${gateway}:${SIGNAL_ID.test(eventId) ? eventId : derivedId(eventId)}`;
}

export interface Delivered {
  orderId: string;
  /** The order had it before: by another process, or before this one began. */
  isRepeat: boolean;
}

/**
 * Hands a message to its order, unless the order has it on record already.
 *
 * @throws UnknownOrder when there is none, OrchestratorUnavailable when Temporal did not take it.
 */
export async function deliverMessage(
  {
    database,
    orders,
    inFlightDeliveries,
  }: Pick<ApiDependencies, 'database' | 'orders' | 'inFlightDeliveries'>,
  gateway: string,
  message: OrderMessage,
): Promise<Delivered> {
  const { paymentId } = message.kind === 'fact' ? message.fact : message;
  const owner = orderNamedBy(message) ?? (await orderOfPayment(database, gateway, paymentId));
  if (owner === null) throw new UnknownOrder(`of payment ${paymentId}`);
  const id = deliveryIdOf(gateway, message.eventId);
  if (await isOnRecord(database, owner, id)) return { orderId: owner, isRepeat: true };
  // From now on: a verify that arrives meanwhile does well to wait for it.
  inFlightDeliveries.expect(owner);
  if (message.kind === 'fact') await orders.signal(owner, 'webhook', { id, fact: message.fact });
  else await orders.signal(owner, 'verify', { id, source: 'webhook', paymentId });
  return { orderId: owner, isRepeat: false };
}

/** A text that does not have the form of our ids names no order of ours, however well it is signed. */
export function orderNamedBy({ orderId }: OrderMessage): string | null {
  return orderIdSchema.safeParse(orderId).data ?? null;
}

/**
 * Can no order of ours ever need this message of an unknown order? So it is where it names none, or where
 * another installation on the same gateway account made what it is about. An order of ours may yet be created.
 */
export function isNotOurs(message: OrderMessage, ownInstallation: string): boolean {
  const { installationId = ownInstallation } = message;
  return orderNamedBy(message) === null || installationId !== ownInstallation;
}

/** A database that cannot say leaves it to Temporal and the order, which drop a repeat as well. */
async function isOnRecord(
  database: ApiDependencies['database'],
  orderId: string,
  eventId: string,
): Promise<boolean> {
  const outcome = await readOutcome(database, orderId, eventId).catch(() => null);
  return outcome !== null;
}

/** What the order calls it in its events. */
export function typeOf(message: OrderMessage): string {
  return message.kind === 'fact' ? message.fact.type : 'verify';
}
