/** Histories: every run replays on the workflow as it is, and none of its tasks ever failed. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import proto from '@temporalio/proto';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { createDataConverter } from '../../src/temporal/data-converter.ts';
import { workflowBundle } from '../../src/temporal/workflow-bundle.ts';
import type { Violation } from '../evidence.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';

const { WorkflowTaskFailedCause } = proto.temporal.api.enums.v1;

/**
 * A signal came while the run was closing, and the server hands it over; or an operator has ended the run
 * during a task, or has reset it.
 */
const AS_DESIGNED: readonly unknown[] = [
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_FORCE_CLOSE_COMMAND,
  WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_RESET_WORKFLOW,
];

type History = ReturnType<typeof historyFromJSON>;

interface Replayable {
  workflowId: string;
  history: History;
}

export const everyRunReplays: Invariant = {
  name: 'I11 every history replays',
  check: async ({ evidence: { historiesFolder }, orders }: Remains) => {
    const files = (await readdir(historiesFolder)).filter((file) => file.endsWith('.json'));
    const exported = new Set(files.map(workflowIdOf));
    const missing = [...orders.keys()].filter((id) => !exported.has(id));
    const found = missing.map((id) => wrong(id, 'its history was not exported'));
    const histories = readAll(historiesFolder, files, found);
    const options = {
      workflowBundle: await workflowBundle(),
      dataConverter: createDataConverter(null),
    };
    // What a replaying worker says of its own life is no news. It is gone when the replay is over.
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
      if (error !== undefined) found.push(wrong(workflowId, `does not replay: ${error.message}`));
    return found;
  },
};

/** One after the other, as all of them at once may be too many for memory; what is wrong goes to `found`. */
async function* readAll(
  folder: string,
  files: readonly string[],
  found: Violation[],
): AsyncGenerator<Replayable> {
  for (const file of files) {
    try {
      const history = historyFromJSON(JSON.parse(await readFile(path.join(folder, file), 'utf8')));
      found.push(...failedTasksIn(file, history));
      yield { workflowId: workflowIdOf(file), history };
    } catch (error) {
      found.push(wrong(file, `cannot be read: ${error}`));
    }
  }
}

function workflowIdOf(file: string): string {
  return file.split('.')[0] ?? file;
}

function failedTasksIn(file: string, { events }: History): Violation[] {
  return (events ?? []).flatMap(({ eventId, workflowTaskFailedEventAttributes: failed }) =>
    failed && !AS_DESIGNED.includes(failed.cause)
      ? [wrong(file, `the workflow task of event ${eventId} failed, cause ${failed.cause}`)]
      : [],
  );
}
