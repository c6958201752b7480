/**
 * The order's record in the database, where the step could not write it: a database that is down delays
 * the record, never the order. One write may be under way beside the loop, and whatever happens meanwhile
 * goes into the next.
 */
import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Ledger } from '../domain/ledger.ts';
import type { Run } from './run.ts';

/** Ten seconds after the database is back, at the latest, readers see everything again. */
const untilDone = proxyActivities<Activities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export function recordBeside(run: Run): void {
  const { ledger } = run;
  const records = [...run.unsent];
  run.isRecordStale = false;
  run.isRecording = true;
  const summary = "write the order's record";
  void untilDone.writeRecord.executeWithOptions({ summary }, [{ ledger, records }]).then(() => {
    run.unsent = run.unsent.slice(records.length);
    run.isRecording = false;
  });
}

/** The ledger of an order that was closed, as its last run left it. */
export async function ledgerFromRecord(orderId: string): Promise<Ledger> {
  const summary = 'open the order again from its record';
  const ledger = await untilDone.loadRecord.executeWithOptions({ summary }, [{ orderId }]);
  return { ...ledger, closed: false };
}
