/** Writes the order's record, or answers the ledger that is there instead; a repeat changes nothing. */
import type { OutcomeRecord } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { type OrderRecord, writeRecord } from '../store/orders/record.ts';

/** Told of the outcomes that a write has brought; one that was answered twice tells them twice. */
export type OnRecorded = (records: readonly OutcomeRecord[]) => void;

export type WriteRecord = (record: OrderRecord) => Promise<Ledger | null>;

export function createWriteRecord(deps: {
  database: Database;
  onRecorded: OnRecorded | undefined;
}): WriteRecord {
  const { database, onRecorded } = deps;
  return async (record) => {
    const other = await writeRecord(database, record);
    if (other === null) onRecorded?.(record.records);
    failpoint('record.afterWriteBeforeReturn');
    return other;
  };
}
