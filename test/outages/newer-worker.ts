/**
 * A worker of a later release, whose workflow takes a way that the present one does not know: the code as it is, with
 * one change behind `patched` at the beginning of each run.
 */
import { readFile } from 'node:fs/promises';
import { Worker, type WorkerOptions, type WorkflowBundlePath } from '@temporalio/worker';

const BEGINNING = 'async function order(input) {';
const CHANGE =
  "(0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.patched)('of-a-later-release');";

const create = Worker.create.bind(Worker);
Worker.create = async (options: WorkerOptions) => {
  const { codePath } = options.workflowBundle as WorkflowBundlePath;
  const code = await readFile(codePath, 'utf8');
  if (code.split(BEGINNING).length !== 2) throw new Error('the order workflow was not found');
  const newer = code.replace(BEGINNING, `${BEGINNING}\n    ${CHANGE}`);
  return create({ ...options, workflowBundle: { code: newer } });
};

await import('../../src/worker.ts');
