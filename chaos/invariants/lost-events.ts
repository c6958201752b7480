/** Events: every one that was answered with a 2xx is on record. */
import { appliedOnce } from '../../test/invariants/outcomes.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';

/** A repeat is marked as such, and is not the event itself. */
const RECORDED = `
  select distinct order_id || ' ' || event_id as name
  from order_events
  where event_id like 'sandbox:%' and answer ->> 'redelivered' is distinct from 'true'`;

/** One that came under a known id with other bytes is parked under its id and their hash. */
const PARKED = `select distinct split_part(event_id, '#', 1) as id from parked_events`;

export const noLostEvent: Invariant = {
  name: appliedOnce.name,
  check: async (remains) =>
    (await findLostEvents(remains)).map((name) =>
      wrong(name, 'was acknowledged, and nobody knows of it'),
    ),
};

/** @returns acknowledged events that are neither on record nor parked, by order and event */
export async function findLostEvents(remains: Remains): Promise<string[]> {
  const { database } = remains.evidence;
  const recorded = await database.query<{ name: string }>(RECORDED);
  const onRecord = new Set(recorded.rows.map(({ name }) => name));
  const parked = await database.query<{ id: string }>(PARKED);
  const isParked = new Set(parked.rows.map(({ id }) => id));
  return [...acknowledged(remains)]
    .filter(([name, id]) => !onRecord.has(name) && !isParked.has(id))
    .map(([name]) => name);
}

/** What the driver or the gateway itself got a 2xx for, by order and event, with the event's id. */
function acknowledged({ deliveries, gateway }: Remains): Map<string, string> {
  const isTaken = (status: number | null) => status !== null && status >= 200 && status < 300;
  const driven = deliveries.filter(
    ({ status, outcome }) => isTaken(status) && outcome !== 'ignored',
  );
  const sent = gateway.webhooks
    .filter(({ attempts }) => attempts.some(({ status }) => isTaken(status)))
    .map(({ id, orderId }) => ({ eventId: id, orderId }));
  return new Map(
    [...driven, ...sent].map(({ orderId, eventId }) => [`${orderId} sandbox:${eventId}`, eventId]),
  );
}
