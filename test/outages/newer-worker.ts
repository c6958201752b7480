/**
 * A worker of a later release, whose workflow takes a way that the present one does not know: the code as it is, with
 * one change behind `patched` at the beginning of each run.
 */
import { startChangedWorker } from '../support/changed-worker.ts';

const BEGINNING = 'async function order(input) {';
const CHANGE =
  "(0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.patched)('of-a-later-release');";

await startChangedWorker({ at: BEGINNING, becomes: `${BEGINNING}\n    ${CHANGE}` });
