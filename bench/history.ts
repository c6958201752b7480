/**
 * What an order has cost its engine, counted from its history: events, and what Temporal Cloud would
 * bill as actions.
 */
import type { Client, WorkflowHandle } from '@temporalio/client';
import type { History } from './side.ts';

type HistoryEvents = NonNullable<Awaited<ReturnType<WorkflowHandle['fetchHistory']>>['events']>;
type HistoryEvent = HistoryEvents[number];

/** How the SDK marks the result of a local activity. */
const LOCAL_ACTIVITY_MARKER = 'core_local_activity';

/** @param orderId the workflow id; only the latest run is counted */
export async function historyOf(client: Client, orderId: string): Promise<History> {
  const { events } = await client.workflow.getHandle(orderId).fetchHistory();
  return countHistory(events ?? []);
}

export function countHistory(events: readonly HistoryEvent[]): History {
  const signals = events.filter((event) => event.workflowExecutionSignaledEventAttributes).length;
  return {
    events: events.length,
    signals,
    actions: events.filter(isAction).length + localActivityGroups(events),
  };
}

/** Retries are billed too, and a history shows them only in the event of the last one. */
function isAction(event: HistoryEvent): boolean {
  return Boolean(
    event.workflowExecutionStartedEventAttributes ??
      event.workflowExecutionSignaledEventAttributes ??
      event.activityTaskScheduledEventAttributes ??
      event.timerStartedEventAttributes ??
      event.upsertWorkflowSearchAttributesEventAttributes,
  );
}

/** All local activities of one workflow task are one action. */
function localActivityGroups(events: readonly HistoryEvent[]): number {
  const tasks = events.flatMap(({ markerRecordedEventAttributes: marker }) =>
    marker?.markerName === LOCAL_ACTIVITY_MARKER
      ? [String(marker.workflowTaskCompletedEventId)]
      : [],
  );
  return new Set(tasks).size;
}
