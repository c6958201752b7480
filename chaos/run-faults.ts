/**
 * What an operator does to the run of an order in Temporal: ends it, asks to cancel it, or sets it back to an
 * earlier task. Each resolves when the order goes on; an order that does not is found by the checks.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import pWaitFor from 'p-wait-for';
import type { Random } from './random.ts';

/** A reaper looks every five seconds, and Temporal may be away meanwhile. */
const REVIVAL_MS = 60_000;
const GLANCE_MS = 500;
const MOST_LOOKED_AT = 100;

interface Run {
  workflowId: string;
  runId: string;
}

/** Each resolves with false when it found no run for a minute that it could be done to. */
export interface RunFaults {
  terminate(): Promise<boolean>;
  cancel(): Promise<boolean>;
  reset(): Promise<boolean>;
}

/** @param cancelled gets the ids of the orders that were asked to cancel */
export function createRunFaults(client: Client, random: Random, cancelled: Set<string>): RunFaults {
  const { workflow, workflowService, options } = client;

  async function pickRun(): Promise<Run | undefined> {
    const runs: Run[] = [];
    for await (const run of workflow.list({ query: "ExecutionStatus = 'Running'" })) {
      runs.push(run);
      if (runs.length === MOST_LOOKED_AT) break;
    }
    return runs.length === 0 ? undefined : random.pick(runs);
  }

  /** Another run, or an order that has come to rest. */
  async function untilItGoesOn(workflowId: string, runId: string): Promise<void> {
    const goesOn = async (): Promise<boolean> => {
      const present = await workflow.getHandle(workflowId).describe();
      return present.runId !== runId || present.status.name === 'COMPLETED';
    };
    await pWaitFor(() => goesOn().catch(() => false), { interval: GLANCE_MS, timeout: REVIVAL_MS });
  }

  async function terminate({ workflowId, runId }: Run): Promise<boolean> {
    await workflow.getHandle(workflowId, runId).terminate('chaos');
    await untilItGoesOn(workflowId, runId).catch(() => {});
    return true;
  }

  /** The button "Request Cancellation": the order takes it as an operator's cancel. */
  async function cancel({ workflowId, runId }: Run): Promise<boolean> {
    // Before it is sent: what the order does about it may be seen before the answer.
    cancelled.add(workflowId);
    await workflow.getHandle(workflowId, runId).cancel();
    return true;
  }

  async function reset({ workflowId, runId }: Run): Promise<boolean> {
    const { events } = await workflow.getHandle(workflowId, runId).fetchHistory();
    const tasks = (events ?? []).filter((event) => event.workflowTaskCompletedEventAttributes);
    if (tasks.length === 0) return false;
    await workflowService.resetWorkflowExecution({
      namespace: options.namespace,
      workflowExecution: { workflowId, runId },
      reason: 'chaos',
      requestId: randomUUID(),
      workflowTaskFinishEventId: random.pick(tasks).eventId ?? null,
    });
    await untilItGoesOn(workflowId, runId).catch(() => {});
    return true;
  }

  /** While Temporal is away, or where the run has just ended by itself, another one is picked. */
  const insisting = (act: (run: Run) => Promise<boolean>) => async (): Promise<boolean> => {
    const giveUpAt = Date.now() + REVIVAL_MS;
    while (Date.now() < giveUpAt) {
      const run = await pickRun().catch(() => undefined);
      if (run !== undefined && (await act(run).catch(() => false))) return true;
      await sleep(GLANCE_MS);
    }
    return false;
  };
  return { terminate: insisting(terminate), cancel: insisting(cancel), reset: insisting(reset) };
}
