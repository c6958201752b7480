/** The order's record in the database: outcome records under their own number, never overwritten. */
import type { OutcomeRecord } from '../../src/domain/events.ts';
import { demand } from './world.ts';

export interface RecordStore {
  /** By sequence number. */
  records: Map<number, OutcomeRecord>;
  write(records: OutcomeRecord[]): void;
}

export function createRecordStore(): RecordStore {
  const kept: RecordStore['records'] = new Map();
  return {
    records: kept,
    write(records) {
      for (const record of records) {
        const known = kept.get(record.seq);
        demand(
          known === undefined || known.eventId === record.eventId,
          'one outcome under one number',
          () => `${JSON.stringify(known)} then ${JSON.stringify(record)}`,
        );
        kept.set(record.seq, known ?? record);
      }
    },
  };
}
