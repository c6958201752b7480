/** Steps in words, for the notebook of a traced life. */
import type { DomainEvent } from '../../src/domain/events.ts';
import { stateOf } from '../../src/domain/sums.ts';
import type { Transition } from '../../src/domain/transition.ts';

export function nameOf(event: DomainEvent): string {
  if ('key' in event) return `${event.type} ${event.key}`;
  if (event.type === 'fact') return `fact ${event.id} ${event.fact.type}`;
  if (event.type === 'deadline.reached') return `deadline ${event.deadline}`;
  return `${event.type} ${event.id}`;
}

/** Where the order is now, what was recorded, and what was started. */
export function toldOf({ ledger, records, effects }: Transition): string {
  const outcomes = records.map(({ outcome, type, reason }) => `[${outcome} ${type}: ${reason}]`);
  const started = effects.map(({ key }) => `+${key.slice(key.indexOf(':') + 1)}`);
  return [`${stateOf(ledger)} v${ledger.version}`, ...outcomes, ...started].join(' ');
}
