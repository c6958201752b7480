/**
 * A worker whose workflow starts a timer for each `verify`, which the present code does not: what it writes into an
 * order's history, no other worker can replay. With `BUILD_ID` it passes for that build, and does no activities but
 * local ones, so that it completes one task for each signal.
 */
import { readFile } from 'node:fs/promises';
import { Worker, type WorkerOptions, type WorkflowBundlePath } from '@temporalio/worker';

const ENQUEUE = 'inbox.push({';
const TIMER =
  "if (signal === 'verify') void (0,_temporalio_workflow__WEBPACK_IMPORTED_MODULE_0__.sleep)(86400000);";

const create = Worker.create.bind(Worker);
Worker.create = async (options: WorkerOptions) => {
  const { codePath } = options.workflowBundle as WorkflowBundlePath;
  const code = await readFile(codePath, 'utf8');
  if (code.split(ENQUEUE).length !== 2) throw new Error('the handler of signals was not found');
  const { BUILD_ID: buildId } = process.env;
  return create({
    ...options,
    enableNonLocalActivities: buildId === undefined,
    workflowBundle: { code: code.replace(ENQUEUE, `${TIMER}\n${ENQUEUE}`) },
    ...(buildId && { buildId }),
  });
};

await import('../../src/worker.ts');
