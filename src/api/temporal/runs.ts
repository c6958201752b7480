/** Orders' runs as Temporal lists them, and their histories as they are read: for the reaper's parts. */
import type { Client } from '@temporalio/client';
import { ORDER_WORKFLOW } from '../../workflows/inbox/messages.ts';

/** Of visibility's query language: the runs of orders. */
export const ORDERS = `WorkflowType = '${ORDER_WORKFLOW}'`;

export interface OrderRun {
  orderId: string;
  runId: string;
}

type HistoryPage = Awaited<ReturnType<Client['workflowService']['getWorkflowExecutionHistory']>>;
export type HistoryEvent = NonNullable<NonNullable<HistoryPage['history']>['events']>[number];

export async function listRuns(
  { workflowService, options: { namespace } }: Client,
  query: string,
  pageSize: number,
): Promise<OrderRun[]> {
  const { executions } = await workflowService.listWorkflowExecutions({
    namespace,
    query,
    pageSize,
  });
  return executions.map(({ execution }) => ({
    orderId: execution?.workflowId ?? '',
    runId: execution?.runId ?? '',
  }));
}

export async function countRuns(
  { workflowService, options: { namespace } }: Client,
  query: string,
): Promise<number> {
  return Number((await workflowService.countWorkflowExecutions({ namespace, query })).count);
}

/** A history of 10,000 signals is some fifty pages, and one page some hundred kilobytes. */
const EVENTS_PER_PAGE = 200;

/** The events of a run, read page by page for as long as somebody wants the next one. */
export async function* historyOf(
  { workflowService, options: { namespace } }: Client,
  { orderId: workflowId, runId }: OrderRun,
  order: 'oldest first' | 'newest first' = 'oldest first',
): AsyncGenerator<HistoryEvent, void> {
  const read =
    order === 'oldest first' ? 'getWorkflowExecutionHistory' : 'getWorkflowExecutionHistoryReverse';
  let nextPageToken: Uint8Array | undefined;
  do {
    const page = await workflowService[read]({
      namespace,
      execution: { workflowId, runId },
      maximumPageSize: EVENTS_PER_PAGE,
      ...(nextPageToken && { nextPageToken }),
    });
    yield* page.history?.events ?? [];
    nextPageToken = page.nextPageToken;
  } while (nextPageToken && nextPageToken.length > 0);
}
