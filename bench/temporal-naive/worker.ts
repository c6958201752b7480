/** The naive version's worker process, with the SDK's defaults. */
import { NativeConnection, Worker } from '@temporalio/worker';
import pg from 'pg';
import { createNaiveActivities } from './activities.ts';
import { TASK_QUEUE } from './messages.ts';

const { TEMPORAL_ADDRESS = '', TEMPORAL_NAMESPACE = '', DATABASE_URL = '' } = process.env;

const connection = await NativeConnection.connect({ address: TEMPORAL_ADDRESS });
const pool = new pg.Pool({ connectionString: DATABASE_URL });
const worker = await Worker.create({
  connection,
  namespace: TEMPORAL_NAMESPACE,
  taskQueue: TASK_QUEUE,
  workflowsPath: `${import.meta.dirname}/workflow.ts`,
  activities: createNaiveActivities(pool),
});
process.once('disconnect', () => worker.shutdown());
const running = worker.run();
process.send?.({ ready: true });
await running;
process.exit(0);
