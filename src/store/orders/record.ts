/**
 * Writes down what the order's workflow decided. Each record is written on top of the one before, or not at
 * all: a worker that dies inside a workflow task may have written what Temporal does not know, and the worker
 * that repeats the task has to go on from there. So what was read, or done, is never taken back.
 */
import { eq, sql } from 'drizzle-orm';
import type { OutcomeRecord } from '../../domain/events.ts';
import { MANUAL_PREFIX } from '../../domain/facts/manual.ts';
import type { Ledger } from '../../domain/ledger.ts';
import { nextDeadline } from '../../domain/schedule/deadlines.ts';
import { needsPerson, type OrderView, viewOf } from '../../domain/view.ts';
import { CHANGE_CHANNEL } from '../change-channel.ts';
import type { Database } from '../database.ts';
import { prepared } from '../prepared.ts';
import { orders } from '../schema/orders.ts';

export interface OrderRecord {
  ledger: Ledger;
  /** Outcome records that came about since `known`. */
  records: OutcomeRecord[];
  /** The revision of the ledger that this one has come from; with a later one there, nothing is written. */
  known: number;
}

/** The workflow of an order runs that the API never inserted, or whose row is gone. */
export class UnknownOrderError extends Error {
  override readonly name = 'UnknownOrderError';

  constructor(orderId: string) {
    super(`order ${orderId} has no row: orders begin with POST /v1/orders, or restore the row`);
  }
}

/**
 * The record as parts of a statement, from `$1` to `$20`. `before` locks the row first, so that of two writers the
 * second sees what the first has written; `changed` has a row where the record was written.
 * A payment through the gateway is one order's; one transfer that a person received may pay several, so that its
 * reference is each order's own.
 */
export const RECORD_PARTS = `
    before as (
      select id, gateway, state, revision, ledger, email, description, people, lines
      from orders where id = $1 for update
    ), changed as (
      update orders set
        revision = $2, version = $3, state = $4, needs_review = $5,
        ledger = $6::json, view = $7::json, updated_at = $8, expires_at = $9,
        closed = $13, next_deadline_at = $14, review_reasons = $15::text[],
        started_at = coalesce(orders.started_at, now())
      from before
      where orders.id = before.id and before.revision <= $12
      returning orders.id, before.gateway, before.state as from_state
    ), logged as (
      insert into order_state_log (order_id, revision, version, from_state, to_state, at)
      select id, $17, $18, from_state, $4, $19 from changed where from_state <> $4
      on conflict do nothing
    ), recorded as (
      insert into order_events
        (order_id, seq, at, source, type, event_id, outcome, reason, version, actor, note, answer)
      select id, seq, at, source, type, "eventId", outcome, reason, version, actor, note, answer
      from changed, json_to_recordset($10::json) as record
        (seq int, at timestamptz, source text, type text, "eventId" text, outcome text,
         reason text, version int, actor text, note text, answer json)
      on conflict do nothing
    ), owned as (
      insert into gateway_payments (gateway, payment_id, order_id)
      select
        case when starts_with(payment_id, '${MANUAL_PREFIX}') then '${MANUAL_PREFIX}' || id else gateway end,
        payment_id, id
      from changed, unnest($11::text[]) as payment_id
      on conflict do nothing
    ), refunded as (
      insert into order_refunds (refund_id, order_id)
      select refund_id, id from changed, unnest($16::text[]) as refund_id
      on conflict do nothing
    ), disputed as (
      insert into order_disputes as known
        (order_id, dispute_id, payment_id, gateway, amount_minor, currency, status, respond_by)
      select id, "disputeId", "paymentId", gateway, "amountMinor", currency, status,
        coalesce("respondBy", 'infinity')
      from changed, json_to_recordset($20::json) as dispute
        ("disputeId" text, "paymentId" text, "amountMinor" bigint, currency text, status text,
         "respondBy" timestamptz)
      on conflict (order_id, dispute_id) do update
      set status = excluded.status, amount_minor = excluded.amount_minor,
        respond_by = excluded.respond_by
      where (known.status, known.amount_minor, known.respond_by)
        is distinct from (excluded.status, excluded.amount_minor, excluded.respond_by)
    )`;

/** One statement and so one transaction, and one round trip: it runs in every step of every order. */
const WRITE_RECORD = {
  name: 'write-record',
  text: `
    with ${RECORD_PARTS}
    select
      case when changed.id is null and before.ledger::text <> $6::text
        then before.ledger end as other,
      case when changed.id is not null
        then pg_notify('${CHANGE_CHANNEL}', changed.id) end
    from before left join changed on true`,
};

/**
 * Answers null once it is written, also by an earlier try; the ledger that is there instead where the
 * order has come to another one.
 *
 * @throws UnknownOrderError when there is no such order to write about.
 */
export async function writeRecord({ pool }: Database, record: OrderRecord): Promise<Ledger | null> {
  const view = viewOf(record.ledger);
  const { rows } = await pool.query<{ other: Ledger | null }>({
    ...WRITE_RECORD,
    values: recordValues(record, view),
  });
  const [row] = rows;
  if (row === undefined) throw new UnknownOrderError(view.id);
  return row.other;
}

/** What the order was when it came to its state; absent where that is the record itself. */
export type CameToState = Pick<OrderView, 'version' | 'updatedAt'> & { revision: number };

/** The values of `RECORD_PARTS`. */
export function recordValues(
  { ledger, records, known }: OrderRecord,
  view: OrderView,
  came: CameToState = { ...view, revision: ledger.revision },
): unknown[] {
  return [
    view.id,
    ledger.revision,
    view.version,
    view.state,
    needsPerson(view),
    JSON.stringify(ledger),
    JSON.stringify(view),
    view.updatedAt,
    view.expiresAt,
    JSON.stringify(records.map(storable)),
    paymentIdsOf(ledger),
    known,
    ledger.closed,
    wakesAt(ledger),
    openReasonsOf(view),
    refundIdsOf(view),
    came.revision,
    came.version,
    came.updatedAt,
    JSON.stringify(disputesOf(ledger)),
  ];
}

const LOAD = prepared((db) =>
  db
    .select({ ledger: orders.ledger })
    .from(orders)
    .where(eq(orders.id, sql.placeholder('id')))
    .prepare('load-record'),
);

/** The ledger as last written; null when there is no such order. */
export async function loadRecord(database: Database, id: string): Promise<Ledger | null> {
  const [order] = await LOAD(database).execute({ id });
  return order?.ledger ?? null;
}

/** When the order wakes by itself, for PostgreSQL. */
export function wakesAt(ledger: Ledger): string {
  const deadline = nextDeadline(ledger);
  return deadline === null ? 'infinity' : new Date(deadline.at).toISOString();
}

/** Text columns hold no NUL and no half of a surrogate pair, and callers may send either. */
function storable(record: OutcomeRecord) {
  const { type, eventId, reason, actor, note } = record;
  return {
    ...record,
    at: new Date(record.at).toISOString(),
    type: plainText(type),
    eventId: plainText(eventId),
    reason: plainText(reason),
    ...(actor === undefined ? {} : { actor: plainText(actor) }),
    ...(note === undefined ? {} : { note: plainText(note) }),
  };
}

function plainText(text: string): string {
  return Buffer.from(text).toString().replaceAll('\0', '\uFFFD');
}

function paymentIdsOf({ attempts, payments }: Ledger): string[] {
  const ids = attempts.flatMap(({ paymentId }) => (paymentId === null ? [] : [paymentId]));
  return [...new Set([...ids, ...Object.keys(payments)])];
}

function openReasonsOf({ reviews }: OrderView): string[] {
  const open = reviews.filter(({ status }) => status === 'open');
  return [...new Set(open.map(({ reason }) => reason))];
}

/** An id that an index cannot hold could not be asked for either. */
const SEARCHABLE_ID = /^[\x21-\x7e]{1,255}$/;

function refundIdsOf({ refunds }: OrderView): string[] {
  const ids = refunds.flatMap(({ id, refundId }) => (refundId === null ? [id] : [id, refundId]));
  return [...new Set(ids)].filter((id) => SEARCHABLE_ID.test(id));
}

function disputesOf({ disputes }: Ledger): object[] {
  return Object.values(disputes)
    .filter(({ disputeId, paymentId }) =>
      [disputeId, paymentId].every((id) => SEARCHABLE_ID.test(id)),
    )
    .map(({ disputeId, paymentId, amountMinor, currency, status, respondBy }) => ({
      ...{ disputeId, paymentId, amountMinor, currency, status },
      ...(respondBy === undefined ? {} : { respondBy: new Date(respondBy).toISOString() }),
    }));
}
