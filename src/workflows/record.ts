/**
 * Keeps the order's record in the database. A database that is down delays the record, never the order:
 * one write may be under way beside the loop, and whatever happens meanwhile goes into the next.
 */
import { proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';
import type { Ledger } from '../domain/ledger.ts';
import { viewOf } from '../domain/view.ts';
import type { Run } from './run.ts';

/** One statement: tried once inside the workflow task. */
const insideTask = proxyLocalActivities<Activities>({
  startToCloseTimeout: '2s',
  retry: { maximumAttempts: 1 },
});

/** Ten seconds after the database is back, at the latest, readers see everything again. */
const untilDone = proxyActivities<Activities>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '200ms', backoffCoefficient: 2, maximumInterval: '10s' },
});

export interface Writing {
  run: Run;
  request: Parameters<Activities['writeRecord']>[0];
}

/** What is to be written now; null when the record is up to date or a write is under way. */
export function beginRecord(run: Run): Writing | null {
  if (!run.isRecordStale || run.isRecording) return null;
  const { ledger, unsent } = run;
  run.isRecordStale = false;
  run.isRecording = true;
  return { run, request: { ledger, view: viewOf(ledger), records: [...unsent] } };
}

/** @returns whether it is written; if not, `recordBeside` is to see to it */
export async function recordInsideTask({ run, request }: Writing): Promise<boolean> {
  try {
    await insideTask.writeRecord(request);
  } catch {
    return false;
  }
  endRecord(run, request.records.length);
  return true;
}

export async function recordBeside({ run, request }: Writing): Promise<void> {
  const summary = "write the order's record";
  await untilDone.writeRecord.executeWithOptions({ summary }, [request]);
  endRecord(run, request.records.length);
}

function endRecord(run: Run, written: number): void {
  run.unsent = run.unsent.slice(written);
  run.isRecording = false;
}

/** The ledger of an order that was closed, as its last run left it. */
export async function ledgerFromRecord(orderId: string): Promise<Ledger> {
  const summary = 'open the order again from its record';
  const ledger = await untilDone.loadRecord.executeWithOptions({ summary }, [{ orderId }]);
  return { ...ledger, closed: false };
}
