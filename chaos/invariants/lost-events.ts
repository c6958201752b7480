/** Events: every one that was answered with a 2xx is on record, and was applied at most once. */
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
    const { rows } = await database.query<Recorded>(RECORDED);
    const parked = await database.query<{ id: string }>(PARKED);
    const isParked = new Set(parked.rows.map(({ id }) => id));
    const onRecord = new Set(rows.filter(({ first }) => first > 0).map(({ name }) => name));
    const lost = [...acknowledged(remains)]
      .filter(([name, id]) => !onRecord.has(name) && !isParked.has(id))
      .map(([name]) => wrong(name, 'was acknowledged, and nobody knows of it'));
    const twice = rows
      .filter(({ effective }) => effective > 1)
      .map(({ name, effective }) => wrong(name, `was applied ${effective} times`));
    return [...lost, ...twice, ...(await gaps(remains))];
  },
};

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

const NUMBERED = `
  select order_id as "orderId", count(*)::int as records, max(seq) as last
  from order_events group by order_id`;

async function gaps({ evidence, orders }: Remains): Promise<Violation[]> {
  const { rows } = await evidence.database.query<{
    orderId: string;
    records: number;
    last: number;
  }>(NUMBERED);
  const stored = new Map(rows.map((row) => [row.orderId, row]));
  return [...orders.values()].flatMap(({ id, recorded }) => {
    const { records, last } = stored.get(id) ?? { records: 0, last: 0 };
    if (records === recorded && last === recorded) return [];
    return [wrong(id, `${recorded} outcomes were written, ${records} are there up to ${last}`)];
  });
}
