/** Events: every one that was answered with a 2xx is on record, and was applied at most once. */
import type pg from 'pg';
import type { Violation } from '../evidence.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';

/** A repeat is marked as such, or meets what the fact itself has done; neither changes anything. */
const RECORDED = `
  select order_id || ' ' || event_id as name,
         count(*) filter (where answer ->> 'redelivered' is distinct from 'true')::int as first,
         count(*) filter (where outcome in ('applied', 'review'))::int as effective
  from order_events where event_id like 'sandbox:%' group by order_id, event_id`;

/** One that came under a known id with other bytes is parked under its id and their hash. */
const PARKED = `select distinct split_part(event_id, '#', 1) as id from parked_events`;

export const noLostEvent: Invariant = {
  name: 'I5 no acknowledged event is lost or applied twice',
  check: async (remains) => {
    const { database } = remains.evidence;
    const lost = await findLostEvents(remains);
    const twice = (await recordedEvents(database)).filter(({ effective }) => effective > 1);
    return [
      ...lost.map((name) => wrong(name, 'was acknowledged, and nobody knows of it')),
      ...twice.map(({ name, effective }) => wrong(name, `was applied ${effective} times`)),
      ...(await gaps(database)),
    ];
  },
};

/** @returns acknowledged events that are neither on record nor parked, by order and event */
export async function findLostEvents(remains: Remains): Promise<string[]> {
  const { database } = remains.evidence;
  const recorded = await recordedEvents(database);
  const onRecord = new Set(recorded.filter(({ first }) => first > 0).map(({ name }) => name));
  const parked = await database.query<{ id: string }>(PARKED);
  const isParked = new Set(parked.rows.map(({ id }) => id));
  return [...acknowledged(remains)]
    .filter(([name, id]) => !onRecord.has(name) && !isParked.has(id))
    .map(([name]) => name);
}

async function recordedEvents(database: pg.Pool): Promise<Recorded[]> {
  return (await database.query<Recorded>(RECORDED)).rows;
}

interface Recorded {
  /** Order and event. */
  name: string;
  first: number;
  effective: number;
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

/** In one statement, as an order may still be writing. */
const GAPS = `
  select id as "orderId",
         written || ' outcomes were written, ' || records || ' are there up to ' || last as detail
  from (
    select id, (ledger ->> 'recorded')::int as written,
           count(seq) as records, coalesce(max(seq), 0) as last
    from orders left join order_events on order_id = id group by id
  ) counted where written <> records or written <> last`;

async function gaps(database: pg.Pool): Promise<Violation[]> {
  const { rows } = await database.query<{ orderId: string; detail: string }>(GAPS);
  return rows.map(({ orderId, detail }) => wrong(orderId, detail));
}
