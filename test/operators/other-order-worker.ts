/**
 * A worker whose workflow starts a timer for each `verify`, which the present code does not: what it writes into an
 * order's history, no other worker can replay. With `BUILD_ID` it passes for that build, and does no activities but
 * local ones, so that it completes one task for each signal.
 */
import { startChangedWorker } from '../support/changed-worker.ts';

const ENQUEUE = 'inbox.push({';
const TIMER =
  "if (signal === 'verify') void (0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.sleep)(86400000);";

const { BUILD_ID: buildId } = process.env;
await startChangedWorker({
  at: ENQUEUE,
  becomes: `${TIMER}\n${ENQUEUE}`,
  options: { enableNonLocalActivities: buildId === undefined, ...(buildId && { buildId }) },
});
