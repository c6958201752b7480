/** Histories: every run replays on the workflow as it is, and none of its tasks ever failed. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Worker } from '@temporalio/worker';
import { PAYLOAD_CONVERTER_PATH } from '../../src/payload-converter-path.ts';
import { workflowBundle } from '../../src/workflow-bundle.ts';
import type { Violation } from '../evidence.ts';
import { type Invariant, type Remains, wrong } from './remains.ts';

/** A signal came while the run was closing: the server hands it over and asks again, as designed. */
const HARMLESS = 'WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND';

interface History {
  events: {
    eventId: string;
    workflowTaskFailedEventAttributes?: { cause?: string };
  }[];
}

export const everyRunReplays: Invariant = {
  name: 'I11 every history replays',
  check: async ({ evidence: { historiesFolder }, orders }: Remains) => {
    const files = (await readdir(historiesFolder)).filter((file) => file.endsWith('.json'));
    const exported = new Set(files.map((file) => file.split('.')[0]));
    const missing = [...orders.keys()].filter((id) => !exported.has(id));
    const read = (file: string) => readHistory(path.join(historiesFolder, file));
    return [
      ...missing.map((id) => wrong(id, 'its history was not exported')),
      ...(await failedTasks(files, read)),
      ...(await failedReplays(files, read)),
    ];
  },
};

async function readHistory(file: string): Promise<History> {
  return JSON.parse(await readFile(file, 'utf8')) as History;
}

async function failedTasks(
  files: readonly string[],
  read: (file: string) => Promise<History>,
): Promise<Violation[]> {
  const found: Violation[] = [];
  for (const file of files)
    for (const { eventId, workflowTaskFailedEventAttributes: failed } of (await read(file)).events)
      if (failed !== undefined && failed.cause !== HARMLESS)
        found.push(wrong(file, `the workflow task of event ${eventId} failed: ${failed.cause}`));
  return found;
}

async function failedReplays(
  files: readonly string[],
  read: (file: string) => Promise<History>,
): Promise<Violation[]> {
  async function* histories() {
    for (const file of files)
      yield { workflowId: file.split('.')[0] ?? file, history: await read(file) };
  }
  const options = {
    workflowBundle: await workflowBundle(),
    dataConverter: { payloadConverterPath: PAYLOAD_CONVERTER_PATH },
  };
  const found: Violation[] = [];
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories()))
    if (error !== undefined) found.push(wrong(workflowId, `does not replay: ${error.message}`));
  return found;
}
