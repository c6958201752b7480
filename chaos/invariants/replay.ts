/** Histories: every run replays on the workflow as it is, and none of its tasks ever failed. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { PAYLOAD_CONVERTER_PATH } from '../../src/payload-converter-path.ts';
import { workflowBundle } from '../../src/workflow-bundle.ts';
import type { Violation } from '../evidence.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';

/** A signal came while the run was closing: the server hands it over and asks again, as designed. */
const UNHANDLED_COMMAND = 1;

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
      dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH },
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
    failed && failed.cause !== UNHANDLED_COMMAND
      ? [wrong(file, `the workflow task of event ${eventId} failed, cause ${failed.cause}`)]
      : [],
  );
}
