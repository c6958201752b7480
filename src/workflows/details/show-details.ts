import { setCurrentDetails } from '@temporalio/workflow';
import type { Run } from '../run.ts';
import { workflowDetailsOf } from './workflow-details.ts';

/** Shows operators how the order stands, in Temporal's UI and command line. */
export function showDetails({ ledger, failing }: Run): void {
  setCurrentDetails(workflowDetailsOf(ledger, failing));
}
