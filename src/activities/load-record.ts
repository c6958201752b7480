/** Reads the record that a closed order left, for the run that something late begins. */
import type { Ledger } from '../domain/ledger.ts';
import type { Database } from '../store/database.ts';
import { loadRecord, UnknownOrderError } from '../store/record.ts';
import { asActivityFailure } from './failures.ts';

export function createLoadRecord({ database }: { database: Database }) {
  return ({ orderId }: { orderId: string }): Promise<Ledger> =>
    asActivityFailure(async () => {
      const ledger = await loadRecord(database, orderId);
      if (ledger === null) throw new UnknownOrderError(orderId);
      return ledger;
    });
}
