/** Histories replayed against the workflow as it is now, whole or as far as a worker had come. */
import { Worker, type WorkflowBundlePath } from '@temporalio/worker';
import { DATA_CONVERTER, type SavedHistory } from './histories.ts';

const TASK_STARTED = 'EVENT_TYPE_WORKFLOW_TASK_STARTED';

type Histories = Parameters<typeof Worker.runReplayHistories>[1];

/** What went wrong with each, by its name. */
export async function replayed(
  workflowBundle: WorkflowBundlePath,
  histories: Histories,
): Promise<Map<string, Error | undefined>> {
  const errors = new Map<string, Error | undefined>();
  const options = { workflowBundle, dataConverter: DATA_CONVERTER };
  for await (const { workflowId, error } of Worker.runReplayHistories(options, histories))
    errors.set(workflowId, error);
  return errors;
}

/** The history as it was at the start of each of its workflow tasks: what a worker replays that was handed an evicted order. */
export function prefixesOf({ workflowId, history }: SavedHistory): SavedHistory[] {
  return history.events.flatMap(({ eventType }, i) =>
    eventType === TASK_STARTED
      ? [
          {
            workflowId: `${workflowId}, ${i + 1}`,
            history: { events: history.events.slice(0, i + 1) },
          },
        ]
      : [],
  );
}
