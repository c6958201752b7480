/**
 * The order's record in the database, where the step could not write it: a database that is down delays effects,
 * never the intake of signals. One write is in flight at a time, and what happens meanwhile goes into the next.
 */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Ledger } from '../domain/ledger.ts';
import { onRecordWritten } from './completions.ts';
import type { Run } from './run.ts';
import type { OrderRecord } from './step.ts';

/** Ten seconds after the database is back, at the latest, readers see everything again. */
const untilDone = proxyActivities<Activities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export function writeInBackground(run: Run, record: OrderRecord): void {
  const { ledger, records } = record;
  const summary = "write the order's record";
  void untilDone.writeRecord.executeWithOptions({ summary }, [record]).then((other) => {
    onRecordWritten(run, { revision: ledger.revision, records: records.length, other });
  });
}

/** The ledger of an order that was closed, as its last run left it. */
export async function ledgerFromRecord(orderId: string): Promise<Ledger> {
  const summary = 'open the order again from its record';
  const ledger = await untilDone.loadRecord.executeWithOptions({ summary }, [{ orderId }]);
  return { ...ledger, closed: false };
}
