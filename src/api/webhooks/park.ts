/**
 * Events that no order can take now. An event that was read is kept as it was read, because its
 * signature is checked once and cannot be checked again later; an unreadable one is kept as it came.
 */
import { type ParkedMoney, parkEvent } from '../../store/parked-events.ts';
import type { ApiDependencies } from '../api-dependencies.ts';
import { type OrderMessage, orderNamedBy, typeOf } from './deliver.ts';

export const PARKING_REASONS = [
  'event_orphaned',
  'event_unprocessable',
  'event_stale',
  'event_id_conflict',
  'foreign_payment',
] as const;

export type ParkingReason = (typeof PARKING_REASONS)[number];

/** Parks a message so that it can be delivered later. */
export async function parkOrphan(
  { database }: ApiDependencies,
  gateway: string,
  message: OrderMessage,
): Promise<void> {
  await parkEvent(database, {
    gateway,
    reason: 'event_orphaned',
    orderId: orderNamedBy(message),
    eventId: message.eventId,
    about: moneyIn(message),
    body: Buffer.from(JSON.stringify(message)),
  });
}

function moneyIn(message: OrderMessage): ParkedMoney {
  const type = typeOf(message);
  if (message.kind === 'ask')
    return { type, paymentId: message.paymentId, amountMinor: null, currency: null };
  const { paymentId, amountMinor, currency } = message.fact;
  return { type, paymentId, amountMinor, currency };
}

/** The message of a parked event; null when it was parked for not being readable. */
export function orphanOf({ reason, body }: { reason: string; body: Buffer }): OrderMessage | null {
  if (reason !== ('event_orphaned' satisfies ParkingReason)) return null;
  return JSON.parse(body.toString('utf8')) as OrderMessage;
}
