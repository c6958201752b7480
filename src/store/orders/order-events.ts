/**
 * The outcome of every input that an order has had. Only record.ts writes them; here they are read, together with the
 * repeats that never reached the order, its runs that Temporal ended or lost, and what was changed of its customer's data.
 */
import { and, asc, eq, isNotNull, type SQL, sql } from 'drizzle-orm';
import type { CommandAnswer, Outcome, Source } from '../../domain/events.ts';
import type { Database } from '../database.ts';
import { CursorError, type ListQuery, type Page, pageOf, readCursor } from '../page.ts';
import { prepared } from '../prepared.ts';
import { orderEvents } from '../schema/orders.ts';
import {
  type DuplicateDeliveries,
  listDuplicates,
  type RepeatPosition,
} from './duplicate-deliveries.ts';
import { type LostRun, type LostRunPosition, listLostRuns, lostRunText } from './lost-runs.ts';
import { type ChangePosition, changesOfOrder, type PersonalDataChange } from './personal-data.ts';

export interface StoredEvent {
  /** The order's own count; null for what the order was not told. */
  seq: number | null;
  at: Date;
  source: Source | 'temporal';
  type: string;
  eventId: string;
  outcome: Outcome;
  reason: string;
  /** The order's version once this had been dealt with. */
  version: number;
  /** Who decided, by the name or id of the key, and why; null where nobody did. */
  actor: string | null;
  note: string | null;
  answer: CommandAnswer | null;
}

const { seq, at, source, type, eventId, outcome, reason, version, actor, note, answer } =
  orderEvents;
/** The columns of a `StoredEvent`. */
export const STORED_EVENT = {
  seq,
  at,
  source,
  type,
  eventId,
  outcome,
  reason,
  version,
  actor,
  note,
  answer,
};

/** Where a page begins: behind the position of `cursor`, or at the order's first event. */
export interface EventPage {
  limit: number;
  cursor?: string | undefined;
  /** What somebody decided, and nothing else. */
  decisions?: boolean | undefined;
}

/**
 * What happened to the order, oldest first. The order's own events come before repeats of the same millisecond, those
 * before lost runs, and those before changes of personal data. A repeat that is counted again moves to its last time, and is
 * then on a later page.
 *
 * @throws CursorError when the cursor is not one that this gave out.
 */
export async function listEvents(
  database: Database,
  orderId: string,
  { limit, cursor, decisions }: EventPage,
): Promise<Page<StoredEvent>> {
  const query: ListQuery = { list: 'order_events', filter: { orderId, decisions } };
  const position = cursor === undefined ? undefined : readEventCursor(cursor, query);
  // One more than the page says whether there is a next one.
  const wanted = limit + 1;
  const [events, duplicates, runs, changes] = await Promise.all([
    database.db
      .select(STORED_EVENT)
      .from(orderEvents)
      .where(
        and(
          eq(orderEvents.orderId, orderId),
          position && eventsBehind(position),
          decisions ? isNotNull(actor) : undefined,
        ),
      )
      .orderBy(asc(at), asc(seq))
      .limit(wanted),
    decisions
      ? []
      : listDuplicates(database, orderId, {
          limit: wanted,
          behind: position && repeatBehind(position),
        }),
    decisions
      ? []
      : listLostRuns(database, orderId, {
          limit: wanted,
          behind: position && runBehind(position),
        }),
    changesOfOrder(database, orderId, {
      limit: wanted,
      behind: position && changeBehind(position),
    }),
  ]);
  const dropped = await withVersions(database, orderId, duplicates.map(droppedEvent));
  const lost = await withVersions(database, orderId, runs.map(lostRunEvent));
  const changed = await withVersions(database, orderId, changes.map(changeEvent));
  // The sort is stable: of the same time, events stay in front of repeats, those of lost runs, and those of changes.
  const merged = [...events, ...dropped, ...lost, ...changed].sort(
    (a, b) => a.at.getTime() - b.at.getTime(),
  );
  return pageOf(merged, { limit, query }, (event) => ({
    atMs: event.at.getTime(),
    id: positionIdOf(event),
  }));
}

/** Behind an event of the order: its `seq`. Behind anything else: the id of the event, run or change. */
type EventPosition = { atMs: number } & (
  | { seq: number }
  | { eventId: string }
  | { runId: string }
  | { changeId: number }
);

function positionIdOf({ seq, eventId, source }: StoredEvent): string {
  if (source === 'temporal') return `run:${eventId}`;
  if (seq === null && source === 'operator') return `change:${eventId}`;
  return seq === null ? `repeat:${eventId}` : `seq:${seq}`;
}

function readEventCursor(cursor: string, query: ListQuery): EventPosition {
  const { atMs, id } = readCursor(cursor, query);
  const [, kind, rest = ''] = /^(seq|repeat|run|change):(.+)$/s.exec(id) ?? [];
  if (kind === 'run') return { atMs, runId: rest };
  if (kind === 'repeat') return { atMs, eventId: rest };
  if (/^\d{1,9}$/.test(rest)) {
    if (kind === 'seq') return { atMs, seq: Number(rest) };
    if (kind === 'change') return { atMs, changeId: Number(rest) };
  }
  throw new CursorError();
}

function eventsBehind(position: EventPosition): SQL {
  const time = new Date(position.atMs).toISOString();
  return 'seq' in position
    ? sql`(${at}, ${seq}) > (${time}::timestamptz, ${position.seq})`
    : sql`${at} > ${time}::timestamptz`;
}

/** Repeats of the time of a lost run or a change come before it. */
function repeatBehind(position: EventPosition): RepeatPosition {
  const at = new Date(position.atMs);
  if ('runId' in position || 'changeId' in position)
    return { at: new Date(position.atMs + 1), eventId: null };
  return { at, eventId: 'seq' in position ? null : position.eventId };
}

/** So do lost runs of the time of a change. */
function runBehind(position: EventPosition): LostRunPosition {
  if ('changeId' in position) return { at: new Date(position.atMs + 1), runId: null };
  return { at: new Date(position.atMs), runId: 'runId' in position ? position.runId : null };
}

function changeBehind(position: EventPosition): ChangePosition {
  const at = new Date(position.atMs);
  return { at, changeId: 'changeId' in position ? position.changeId : null };
}

/**
 * With the order's version at the time of each; they are in the order of that time. One look at the order's events,
 * however many there are.
 */
async function withVersions(
  { db }: Database,
  orderId: string,
  events: readonly Omit<StoredEvent, 'version'>[],
): Promise<StoredEvent[]> {
  if (events.length === 0) return [];
  // Events of the same millisecond were before.
  const ends = events.map((event) => new Date(event.at.getTime() + 1).toISOString());
  const { rows } = await db.execute<{ bucket: number; version: number }>(sql`
    select width_bucket(${at}, ${sql.param(ends)}::timestamptz[]) as bucket,
      max(${version}) as version
    from ${orderEvents} where ${orderEvents.orderId} = ${orderId} group by 1`);
  const versionIn = new Map(rows.map((row) => [row.bucket, row.version]));
  let latest = 1;
  return events.map((event, index) => {
    latest = Math.max(latest, versionIn.get(index) ?? 1);
    return { ...event, version: latest };
  });
}

/** What a repeat of an input left on record says nothing of the input. */
export const isFirstDelivery = sql`${orderEvents.answer} ->> 'redelivered' is distinct from 'true'`;

const READ_OUTCOME = prepared((db) =>
  db
    .select(STORED_EVENT)
    .from(orderEvents)
    .where(
      and(
        eq(orderEvents.orderId, sql.placeholder('orderId')),
        eq(eventId, sql.placeholder('id')),
        isFirstDelivery,
      ),
    )
    .orderBy(asc(seq))
    .limit(1)
    .prepare('read-outcome'),
);

/** What came of an input, once that is known; a repeat of it may be on record before. */
export async function readOutcome(
  database: Database,
  orderId: string,
  id: string,
): Promise<StoredEvent | null> {
  const [first] = await READ_OUTCOME(database).execute({ orderId, id });
  return first ?? null;
}

function droppedEvent(repeats: DuplicateDeliveries): Omit<StoredEvent, 'version'> {
  const { eventId, type, count, lastAt } = repeats;
  // A gateway's event has an id of its own; a click or a verify that only repeats is known by its name.
  const isCommand = eventId === type;
  return {
    seq: null,
    at: lastAt,
    source: isCommand ? 'client' : 'webhook',
    type,
    eventId,
    outcome: 'duplicate',
    reason: isCommand
      ? `answered from the record ${count === 1 ? 'once' : `${count} times`}`
      : `already accepted; delivered ${count === 1 ? 'once more' : `${count} more times`}`,
    actor: null,
    note: null,
    answer: null,
  };
}

function lostRunEvent({
  runId,
  noticedAt,
  ...run
}: LostRun & { noticedAt: Date }): Omit<StoredEvent, 'version'> {
  return {
    seq: null,
    at: noticedAt,
    source: 'temporal',
    type: `run.${run.how}`,
    eventId: runId,
    outcome: 'applied',
    reason: lostRunText(run),
    actor: null,
    note: null,
    answer: null,
  };
}

const CHANGES: Readonly<Record<PersonalDataChange['kind'], { type: string; reason: string }>> = {
  correction: {
    type: 'customer.corrected',
    reason: 'the e-mail address of the customer was corrected',
  },
  erasure: {
    type: 'customer.erased',
    reason: 'the personal data of the customer are erased, here once the order needs them no more',
  },
};

function changeEvent({
  id,
  kind,
  actor,
  note,
  at,
}: PersonalDataChange & { id: number }): Omit<StoredEvent, 'version'> {
  return {
    seq: null,
    at,
    source: 'operator',
    ...CHANGES[kind],
    eventId: String(id),
    outcome: 'applied',
    actor,
    note,
    answer: null,
  };
}
