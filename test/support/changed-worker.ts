/** The worker as it is, with one change to the code of its workflows: as of another release. */
import { readFile } from 'node:fs/promises';
import { Worker, type WorkerOptions, type WorkflowBundlePath } from '@temporalio/worker';

interface CodeChange {
  /** Stands once in the bundle. */
  at: string;
  becomes: string;
  options?: Partial<WorkerOptions>;
}

/** @throws Error from the worker's start when the place is not there once */
export async function startChangedWorker({ at, becomes, options }: CodeChange): Promise<void> {
  const create = Worker.create.bind(Worker);
  Worker.create = async (own: WorkerOptions) => {
    const { codePath } = own.workflowBundle as WorkflowBundlePath;
    const code = await readFile(codePath, 'utf8');
    if (code.split(at).length !== 2) throw new Error(`not found once in the bundle: ${at}`);
    return create({ ...own, ...options, workflowBundle: { code: code.replace(at, becomes) } });
  };
  await import('../../src/worker.ts');
}
