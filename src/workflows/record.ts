/**
 * Keeps the order's record in the database, beside the loop: while one write is under way, whatever
 * happens meanwhile goes into the next. A database that is down delays the record, never the order.
 */
import { proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Ledger } from '../domain/ledger.ts';
import { viewOf } from '../domain/view.ts';
import type { Run } from './run.ts';

/**
 * One statement, so it runs inside the workflow task. After a second of failing, the wait becomes a
 * timer: holding the task longer would keep signals out.
 */
const { writeRecord, loadRecord } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '5s',
  localRetryThreshold: '1s',
  retry: { initialInterval: '100ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export function keepRecord(run: Run): void {
  if (run.isRecording || !run.isRecordStale) return;
  run.isRecording = true;
  void write(run);
}

async function write(run: Run): Promise<void> {
  while (run.isRecordStale) {
    run.isRecordStale = false;
    const { ledger } = run;
    const records = [...run.unsent];
    await writeRecord({ ledger, view: viewOf(ledger), records });
    run.unsent = run.unsent.slice(records.length);
  }
  run.isRecording = false;
}

/** The ledger of an order that was closed, as its last run left it. */
export async function ledgerFromRecord(orderId: string): Promise<Ledger> {
  const ledger = await loadRecord({ orderId });
  return { ...ledger, closed: false };
}
