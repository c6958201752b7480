/** Writes the order's record; a repeat or a late one changes nothing. */
import type { OutcomeRecord } from '../domain/events.ts';
import { failpoint } from '../failpoints.ts';
import type { Database } from '../store/database.ts';
import { type OrderRecord, writeRecord } from '../store/record.ts';

/** Told of the outcomes that a write has brought; one that was answered twice tells them twice. */
export type OnRecorded = (records: readonly OutcomeRecord[]) => void;

export function createWriteRecord(deps: {
  database: Database;
  onRecorded: OnRecorded | undefined;
}): (record: OrderRecord) => Promise<void> {
  const { database, onRecorded } = deps;
  return async (record) => {
    await writeRecord(database, record);
    onRecorded?.(record.records);
    failpoint('record.afterWriteBeforeReturn');
  };
}
