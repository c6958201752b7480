/** Virtual time: what is to happen when. Time passes only from one entry to the next, never by itself. */

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

interface Entry {
  at: number;
  what: () => void;
}

export interface Agenda {
  /** Epoch milliseconds. */
  now(): number;
  after(delayMs: number, what: () => void): void;
  /** Lets the next entry happen; false when there is none. */
  step(): boolean;
}

export function createAgenda(startsAt: number): Agenda {
  let now = startsAt;
  /** Latest first, so that the next one is taken from the end. */
  const entries: Entry[] = [];
  return {
    now: () => now,
    after(delayMs, what) {
      const at = now + Math.max(0, delayMs);
      let place = entries.length;
      while (place > 0 && (entries[place - 1]?.at ?? 0) <= at) place -= 1;
      entries.splice(place, 0, { at, what });
    },
    step() {
      const entry = entries.pop();
      if (entry === undefined) return false;
      now = entry.at;
      entry.what();
      return true;
    },
  };
}
