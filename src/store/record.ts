/**
 * Writes down what the order's workflow decided. A record may arrive twice, late, or after a newer one:
 * the newest revision wins, outcome records are kept under their own number, and nothing is ever lost
 * or overwritten by something older.
 */
import { eq } from 'drizzle-orm';
import type { OutcomeRecord } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { needsPerson, viewOf } from '../domain/view.ts';
import type { Database } from './database.ts';
import { orders } from './schema/orders.ts';

/** The channel on which every written record is announced; the payload is the order's id. */
export const CHANGE_CHANNEL = 'order_changed';

export interface OrderRecord {
  ledger: Ledger;
  /** Outcome records that are not known to be written yet. */
  records: OutcomeRecord[];
}

/** The workflow of an order runs that the API never inserted, or whose row is gone. */
export class UnknownOrderError extends Error {
  override readonly name = 'UnknownOrderError';

  constructor(orderId: string) {
    super(`order ${orderId} has no row: orders begin with POST /v1/orders, or restore the row`);
  }
}

/**
 * One statement and so one transaction, and one round trip: it runs after every step of every order.
 * `before` locks the row first, so that two writers see each other's revision.
 *
 * A worker that dies inside a workflow task may have written what never came to be: the task runs again,
 * and what has arrived since is taken up in it. So of two outcomes with one number the later one counts, and
 * of two ledgers with one revision the later one: it may well be the last.
 *
 * Readers have seen the version of what never came to be, and must not see an older one. The order gets there
 * again, as the gateway does nothing twice under one key; until then they see what they saw. Its last record
 * counts in any case.
 */
const WRITE_RECORD = {
  name: 'write-record',
  text: `
    with before as (
      select id, gateway, state, revision, version, updated_at from orders where id = $1 for update
    ), changed as (
      update orders set
        revision = $2, version = $3, state = $4, needs_review = $5,
        ledger = $6::json, view = $7::json, updated_at = $8, expires_at = $9
      from before
      where orders.id = before.id
        and (before.revision < $2 or (before.revision = $2 and before.updated_at < $8))
        and (before.version <= $3 or ($6::json ->> 'closed')::boolean)
      returning before.state as from_state
    ), logged as (
      insert into order_state_log (order_id, revision, version, from_state, to_state, at)
      select $1, $2, $3, from_state, $4, $8 from changed where from_state <> $4
      on conflict (order_id, revision) do update set
        version = excluded.version, to_state = excluded.to_state, at = excluded.at
    ), recorded as (
      insert into order_events as known
        (order_id, seq, at, source, type, event_id, outcome, reason, version, answer)
      select $1, seq, at, source, type, "eventId", outcome, reason, record.version, answer
      from before, json_to_recordset($10::json) as record
        (seq int, at timestamptz, source text, type text, "eventId" text, outcome text,
         reason text, version int, answer json)
      on conflict (order_id, seq) do update set
        at = excluded.at, source = excluded.source, type = excluded.type,
        event_id = excluded.event_id, outcome = excluded.outcome, reason = excluded.reason,
        version = excluded.version, answer = excluded.answer
      where known.at < excluded.at
    ), owned as (
      insert into gateway_payments (gateway, payment_id, order_id)
      select gateway, payment_id, $1 from before, unnest($11::text[]) as payment_id
      on conflict do nothing
    )
    select pg_notify('${CHANGE_CHANNEL}', id) from before`,
};

/** @throws UnknownOrderError when there is no such order to write about. */
export async function writeRecord({ pool }: Database, record: OrderRecord): Promise<void> {
  const { ledger } = record;
  const view = viewOf(ledger);
  const { rowCount } = await pool.query({
    ...WRITE_RECORD,
    values: [
      view.id,
      ledger.revision,
      view.version,
      view.state,
      needsPerson(view),
      JSON.stringify(ledger),
      JSON.stringify(view),
      view.updatedAt,
      view.expiresAt,
      JSON.stringify(record.records.map(storable)),
      paymentIdsOf(ledger),
    ],
  });
  if (rowCount === 0) throw new UnknownOrderError(view.id);
}

/** The ledger as last written: what a late event's new run begins from. */
export async function loadRecord({ db }: Database, orderId: string): Promise<Ledger | null> {
  const [order] = await db
    .select({ ledger: orders.ledger })
    .from(orders)
    .where(eq(orders.id, orderId));
  return order?.ledger ?? null;
}

/** Text columns hold no NUL and no half of a surrogate pair, and callers may send either. */
function storable(record: OutcomeRecord) {
  const { type, eventId, reason } = record;
  return {
    ...record,
    at: new Date(record.at).toISOString(),
    type: plainText(type),
    eventId: plainText(eventId),
    reason: plainText(reason),
  };
}

function plainText(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\uFFFD');
}

function paymentIdsOf({ attempts, payments }: Ledger): string[] {
  const ids = attempts.flatMap(({ paymentId }) => (paymentId === null ? [] : [paymentId]));
  return [...new Set([...ids, ...Object.keys(payments)])];
}
