/** When the gateway says that an event happened, from which the delay of its webhook is counted. */
import type { EventMessage } from './gateway.ts';

type WithoutId<T> = T extends unknown ? Omit<T, 'eventId'> : never;

/** @param time epoch milliseconds; anything else is no time, and the event counts without one */
export function withTime<M extends EventMessage | WithoutId<EventMessage>>(
  message: M,
  time: number | undefined,
): M {
  const isForOrder = message.kind === 'fact' || message.kind === 'ask';
  const isTime = time !== undefined && Number.isSafeInteger(time) && time > 0;
  return isForOrder && isTime ? { ...message, occurredAt: time } : message;
}
