/** Writes the order's record; a repeat or a late one changes nothing. */
import type { Database } from '../store/database.ts';
import { type OrderRecord, writeRecord } from '../store/record.ts';
import { asActivityFailure } from './failures.ts';

export function createWriteRecord({ database }: { database: Database }) {
  return (record: OrderRecord): Promise<void> =>
    asActivityFailure(() => writeRecord(database, record));
}
