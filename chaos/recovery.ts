/** How long a fault goes on being felt after its end. */
import type { Wait } from './acts.ts';
import type { Delivery } from './evidence.ts';
import type { FaultName } from './fault-schedule.ts';
import type { Strike } from './storm.ts';

/** These are over at once; everything else when it ends. */
const KILLS = {
  workerKills: 'worker',
  apiKills: 'api',
  temporalKills: 'temporal',
  databaseKills: 'database',
} as const satisfies Partial<Record<FaultName, string>>;

/** Which of the four a fault killed; null for every other fault. */
export function killedBy(name: FaultName): (typeof KILLS)[keyof typeof KILLS] | null {
  return name in KILLS ? KILLS[name as keyof typeof KILLS] : null;
}

type Span = Pick<Wait, 'from' | 'to'>;

/** Of each span that a fault ended in: from the last such end to its own, in milliseconds. */
export function recoveries(spans: readonly Span[], strikes: readonly Strike[]): number[] {
  const ends = strikes.map(({ name, from, to }) => (killedBy(name) === null ? to : from));
  return spans.flatMap(({ from, to }) => {
    const through = ends.filter((end) => end > from && end < to);
    return through.length === 0 ? [] : [to - Math.max(...through)];
  });
}

/**
 * From when the gateway first told an event to when its order had taken it up.
 *
 * @param takenUp by the gateway's id of the event, in milliseconds since 1970
 */
export function toldSpans(
  deliveries: readonly Pick<Delivery, 'eventId' | 'startedAt'>[],
  takenUp: ReadonlyMap<string, number>,
): Span[] {
  const firstTold = new Map<string, number>();
  for (const { eventId, startedAt } of deliveries) {
    const before = firstTold.get(eventId) ?? startedAt;
    firstTold.set(eventId, Math.min(before, startedAt));
  }
  return [...takenUp].flatMap(([eventId, to]) => {
    const from = firstTold.get(eventId);
    return from === undefined ? [] : [{ from, to }];
  });
}
