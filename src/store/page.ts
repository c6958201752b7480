/**
 * Pages of a list by position, not by number, so that rows which arrive meanwhile shift nothing. A
 * cursor is opaque to callers; whatever else they send as one is refused.
 */
import { createHash } from 'node:crypto';

/** Where a page ended: the last row's time in epoch milliseconds, and its id. */
export interface Position {
  atMs: number;
  id: string;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** What is listed, and by which filters, in whatever order they are given: a cursor goes on with the same query alone. */
export interface ListQuery {
  list:
    | 'orders'
    | 'order_events'
    | 'parked_events'
    | 'differences'
    | 'papers'
    | 'personal_data'
    | 'stuck_effects'
    | 'disputes';
  filter: Readonly<Record<string, unknown>>;
}

/** The cursor is none that was given out; it must be left away or taken from the last page. */
export class CursorError extends Error {
  override readonly name = 'CursorError';

  constructor(
    message = 'the cursor is not valid: use nextCursor of the page before, or none for the first page',
  ) {
    super(message);
  }
}

/** The end of the year 9999: JavaScript writes later ones with a sign, which PostgreSQL does not read. */
const MAX_TIME_MS = Date.UTC(10_000, 0) - 1;

/** Enough to distinguish the queries of one caller; a cursor is no secret. */
const QUERY_MARK_LENGTH = 8;

/** Makes a page of one row more than its limit: that row says whether there is a next page. */
export function pageOf<Item>(
  found: Item[],
  { limit, query }: { limit: number; query: ListQuery },
  positionOf: (item: Item) => Position,
): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || found.length <= limit) return { items, nextCursor: null };
  const { atMs, id } = positionOf(last);
  const cursor = JSON.stringify([atMs, id, markOf(query)]);
  return { items, nextCursor: Buffer.from(cursor).toString('base64url') };
}

/** @throws CursorError when the text is not a cursor, or one of another query. */
export function readCursor(cursor: string, query: ListQuery): Position {
  const [atMs, id, mark] = readParts(cursor);
  const isTime = Number.isSafeInteger(atMs) && Number(atMs) >= 0 && Number(atMs) <= MAX_TIME_MS;
  if (!isTime || typeof id !== 'string' || id.includes('\0')) throw new CursorError();
  // A cursor of the release before has no mark; it may be in use while a release is rolled out.
  if (mark !== undefined && mark !== markOf(query))
    throw new CursorError(
      'the cursor is of another query: send the parameters of the page before, or no cursor',
    );
  return { atMs: Number(atMs), id };
}

/** By what the query means: the order of parameters and those that are absent make no difference. */
function markOf({ list, filter }: ListQuery): string {
  const given = Object.entries(filter)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const text = JSON.stringify([list, given]);
  return createHash('sha256').update(text).digest('base64url').slice(0, QUERY_MARK_LENGTH);
}

function readParts(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(parts) && (parts.length === 2 || parts.length === 3)) return parts;
  } catch {
    // Not JSON: refused below like everything else that is not a cursor.
  }
  throw new CursorError();
}
