/**
 * Pages of a list by position, not by number, so that rows which arrive meanwhile shift nothing. A
 * cursor is opaque to callers; whatever else they send as one is refused.
 */

/** Where a page ended: the last row's time in epoch milliseconds, and its id. */
export interface Position {
  atMs: number;
  id: string;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** The cursor is none that was given out; it must be left away or taken from the last page. */
export class CursorError extends Error {
  override readonly name = 'CursorError';

  constructor() {
    super('the cursor is not valid: use nextCursor of the page before, or none for the first page');
  }
}

/** The times that PostgreSQL can compare with a JavaScript date. */
const MAX_TIME_MS = 8.64e15;

/** Makes a page of one row more than its limit: that row says whether there is a next page. */
export function pageOf<Item>(
  found: Item[],
  limit: number,
  positionOf: (item: Item) => Position,
): Page<Item> {
  const items = found.slice(0, limit);
  const last = items.at(-1);
  if (last === undefined || found.length <= limit) return { items, nextCursor: null };
  const { atMs, id } = positionOf(last);
  const nextCursor = Buffer.from(JSON.stringify([atMs, id])).toString('base64url');
  return { items, nextCursor };
}

/** @throws CursorError when the text is not a cursor. */
export function readCursor(cursor: string): Position {
  const [atMs, id] = readPair(cursor);
  const isTime = Number.isSafeInteger(atMs) && Number(atMs) >= 0 && Number(atMs) <= MAX_TIME_MS;
  if (!isTime || typeof id !== 'string' || id.includes('\0')) throw new CursorError();
  return { atMs: Number(atMs), id };
}

function readPair(cursor: string): unknown[] {
  try {
    const pair: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(pair) && pair.length === 2) return pair;
  } catch {
    // Not JSON: refused below like everything else that is not a pair.
  }
  throw new CursorError();
}
