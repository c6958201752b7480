/** The worker as it is, but for its memory: every task replays its order from the start. */
import { Worker, type WorkerOptions } from '@temporalio/worker';

const create = Worker.create.bind(Worker);
Worker.create = (options: WorkerOptions) => create({ ...options, maxCachedWorkflows: 0 });

await import('../../src/worker.ts');
