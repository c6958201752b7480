/** Reads the record that a closed order left, for the run that something late begins. */
import type { Ledger } from '../domain/ledger.ts';
import type { Database } from '../store/database.ts';
import { loadRecord, UnknownOrderError } from '../store/orders/record.ts';

/** @throws UnknownOrderError */
export function createLoadRecord({ database }: { database: Database }) {
  return async ({ orderId }: { orderId: string }): Promise<Ledger> => {
    const ledger = await loadRecord(database, orderId);
    if (ledger === null) throw new UnknownOrderError(orderId);
    return ledger;
  };
}
