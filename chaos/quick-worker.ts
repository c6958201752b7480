/**
 * The worker as it is, but for one thing: an order whose worker has died goes to another one after two
 * seconds instead of ten. A run kills a worker every few seconds, and would else do little but wait for that.
 */
import { Worker, type WorkerOptions } from '@temporalio/worker';

const STICKY_MS = 2_000;

const create = Worker.create.bind(Worker);
Worker.create = (options: WorkerOptions) =>
  create({ ...options, stickyQueueScheduleToStartTimeout: STICKY_MS });

await import('../src/worker.ts');
