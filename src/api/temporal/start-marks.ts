/**
 * Notes which orders were started, many in one write and a moment later: an order that is clicked by then has it in its
 * record, and is not written for it. What is lost is started again by the sweeper, which changes nothing.
 */
import type { Database } from '../../store/database.ts';
import { markStarted } from '../../store/orders/orders.ts';

/** The sweeper leaves an order alone for five times as long. */
const WRITE_AFTER_MS = 1_000;

export interface StartMarks {
  /** Of an order that Temporal has taken. */
  note(orderId: string): void;
}

export function createStartMarks(database: Database): StartMarks {
  let noted = new Set<string>();

  function write(): void {
    const ids = [...noted];
    noted = new Set();
    void markStarted(database, ids).catch(() => undefined);
  }

  return {
    note(orderId) {
      if (noted.size === 0) setTimeout(write, WRITE_AFTER_MS).unref();
      noted.add(orderId);
    },
  };
}
