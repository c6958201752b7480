/** Writes the order's record, or answers the ledger that is there instead; a repeat changes nothing. */
import type { OutcomeRecord } from '../domain/events.ts';
import type { Ledger } from '../domain/ledger.ts';
import { failpoint } from '../process/failpoints.ts';
import type { Database } from '../store/database.ts';
import { type CameToState, type OrderRecord, writeRecord } from '../store/orders/record.ts';
import { type StepRows, writeStep } from '../store/orders/step.ts';

/** Told of the outcomes that a write has brought; one that was answered twice tells them twice. */
export type OnRecorded = (records: readonly OutcomeRecord[]) => void;

export type WriteRecord = (record: OrderRecord) => Promise<Ledger | null>;

/** Writes the record and a step's effects in one commit; false where nothing was written. */
export type WriteStep = (
  record: OrderRecord,
  step: { came: CameToState; rows: StepRows },
) => Promise<boolean>;

export interface Writers {
  writeRecord: WriteRecord;
  writeStep: WriteStep;
}

export function createWriters(deps: {
  database: Database;
  onRecorded: OnRecorded | undefined;
}): Writers {
  const { database, onRecorded } = deps;

  function note({ records }: OrderRecord, isWritten: boolean): void {
    if (isWritten) onRecorded?.(records);
    failpoint('record.afterWriteBeforeReturn');
  }

  return {
    writeRecord: async (record) => {
      const other = await writeRecord(database, record);
      note(record, other === null);
      return other;
    },
    writeStep: async (record, step) => {
      const isWritten = await writeStep(database, record, step);
      note(record, isWritten);
      return isWritten;
    },
  };
}
